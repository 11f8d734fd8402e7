from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    # === BUSINESS METHODS === #
    def _get_invoice_excluded_amount(self):
        """Hook: return what of the payment, refunds taken off, can not be invoiced with its
        documents: gifts that were spent, and money that is invoiced elsewhere.
        """
        self.ensure_one()
        return 0.0
