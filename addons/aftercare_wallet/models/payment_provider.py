from odoo import fields, models


class PaymentProvider(models.Model):
    _inherit = 'payment.provider'

    code = fields.Selection(
        selection_add=[('wallet', "Wallet")], ondelete={'wallet': 'set default'}
    )
