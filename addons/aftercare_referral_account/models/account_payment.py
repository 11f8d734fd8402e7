from odoo import models


class AccountPayment(models.Model):
    _inherit = 'account.payment'

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `account`: a payment that posts no entry of its own tells its invoices."""
        result = super().write(vals)
        if 'state' in vals:
            self.invoice_ids._sync_referral()
        return result
