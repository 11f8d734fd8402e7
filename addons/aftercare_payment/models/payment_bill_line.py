from odoo import fields, models


class PaymentBillLine(models.Model):
    """One payment or refund on a gateway's bill, or missing on it."""

    _name = 'payment.bill.line'
    _description = "Payment Bill Line"
    _order = 'bill_id, id'

    bill_id = fields.Many2one('payment.bill', required=True, index=True, ondelete='cascade')
    transaction_id = fields.Many2one('payment.transaction', readonly=True, index='btree_not_null')
    reference = fields.Char(readonly=True)
