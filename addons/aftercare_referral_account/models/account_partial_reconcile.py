from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = 'account.partial.reconcile'

    # === CRUD METHODS === #

    def unlink(self):
        """Override of `account`: a payment that is taken from an invoice takes the commission."""
        moves = (self.debit_move_id | self.credit_move_id).move_id
        result = super().unlink()
        moves.exists()._sync_referral()
        return result
