from odoo import fields, models


class PaymentNotice(models.Model):
    """What a gateway announced, with a valid signature."""

    _name = 'payment.notice'
    _description = "Payment Notice"
    _order = 'id desc'

    provider_id = fields.Many2one('payment.provider', required=True, readonly=True, index=True)
    transaction_id = fields.Many2one('payment.transaction', readonly=True, index='btree_not_null')
    reference = fields.Char(readonly=True)
