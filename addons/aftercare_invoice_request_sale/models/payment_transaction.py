from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    # === BUSINESS METHODS === #
    def _refresh_paid_documents(self):
        """Override: the orders, too."""
        super()._refresh_paid_documents()
        self.sale_order_ids._refresh_invoice_sources()

    def _fetch_shares(self):
        """Override: the orders, too."""
        super()._fetch_shares()
        self.sale_order_ids.mapped('amount_total')
