from odoo import api, fields, models


class PaymentProvider(models.Model):
    _inherit = 'payment.provider'

    code = fields.Selection(
        selection_add=[('alipay', "Alipay")], ondelete={'alipay': 'set default'}
    )

    @api.model
    def _get_direct_merchant_codes(self):
        return super()._get_direct_merchant_codes() | {'alipay'}
