from odoo import fields, models


class PaymentBill(models.Model):
    """What a gateway billed for one day, compared with our transactions."""

    _name = 'payment.bill'
    _description = "Payment Bill"
    _order = 'date desc, id desc'

    provider_id = fields.Many2one('payment.provider', required=True, readonly=True, index=True)
    date = fields.Date(required=True, readonly=True)
    line_ids = fields.One2many('payment.bill.line', 'bill_id', readonly=True)
