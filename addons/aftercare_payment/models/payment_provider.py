from odoo import api, models


class PaymentProvider(models.Model):
    _inherit = 'payment.provider'

    @api.model
    def _get_direct_merchant_codes(self):
        """Return the codes of the providers that use a merchant account of our own."""
        return set()
