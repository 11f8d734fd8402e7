from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = 'account.partial.reconcile'

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._get_reconciled_moves()._refresh_paid_documents()
        return partials

    def unlink(self):
        moves = self._get_reconciled_moves()
        res = super().unlink()
        moves.exists()._refresh_paid_documents()
        return res

    # === BUSINESS METHODS === #
    def _get_reconciled_moves(self):
        """Return the entries that these matches are about."""
        # sudo: account.move - whoever matches payments need not see invoice requests
        return (self.debit_move_id | self.credit_move_id).sudo().move_id
