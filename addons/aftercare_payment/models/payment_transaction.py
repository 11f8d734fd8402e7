from odoo import fields, models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    expires_at = fields.Datetime(readonly=True, copy=False)
    paid_at = fields.Datetime(readonly=True, copy=False, index='btree_not_null')
