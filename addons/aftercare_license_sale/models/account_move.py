from odoo import models


class AccountMove(models.Model):
    _inherit = 'account.move'

    # === BUSINESS METHODS === #
    def _invoice_paid_hook(self):
        """Override of `account` to issue the licences that the paid invoices are about."""
        res = super()._invoice_paid_hook()
        invoices = self.filtered(lambda move: move.move_type == 'out_invoice')
        # sudo: sale.order - whoever registers payments need not see orders and licences
        invoices.sudo().line_ids.sale_line_ids.order_id._issue_licenses()
        return res

    def _post(self, soft=True):
        """Override of `account` to take back what a credit note gives the money back for."""
        posted = super()._post(soft)
        # sudo: sale.order.line - accountants need not see orders and licences
        credit_notes_sudo = posted.filtered(lambda move: move.move_type == 'out_refund').sudo()
        if not self.env.context.get('aftercare_license_keep'):
            credit_notes_sudo.line_ids.sale_line_ids._take_back_credited()
        return posted
