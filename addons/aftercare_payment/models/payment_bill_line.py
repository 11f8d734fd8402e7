from odoo import api, fields, models


class PaymentBillLine(models.Model):
    """One payment or refund: as the gateway billed it, and as we recorded it."""

    _name = 'payment.bill.line'
    _description = "Payment Bill Line"
    _order = 'bill_id, result desc, moment, id'
    _rec_name = 'reference'

    bill_id = fields.Many2one('payment.bill', required=True, index=True, ondelete='cascade')
    provider_id = fields.Many2one(related='bill_id.provider_id', store=True, index=True)
    company_id = fields.Many2one(related='bill_id.company_id', store=True, index=True)
    date = fields.Date(related='bill_id.date', store=True)
    currency_id = fields.Many2one(related='bill_id.currency_id')
    kind = fields.Selection([('payment', "Payment"), ('refund', "Refund")], required=True)
    result = fields.Selection(
        [
            ('matched', "Agrees"),
            ('different', "Amounts differ"),
            ('missing_there', "Not on the bill"),
            ('missing_here', "Not confirmed here"),
        ],
        required=True,
    )
    reference = fields.Char(index=True)
    gateway_number = fields.Char(string="Gateway Reference")
    amount_there = fields.Monetary(string="Billed")
    amount_here = fields.Monetary(string="Recorded")
    difference = fields.Monetary(compute='_compute_difference')
    fee = fields.Monetary()
    moment = fields.Datetime(string="Time")
    transaction_id = fields.Many2one('payment.transaction', index='btree_not_null')
    partner_id = fields.Many2one(related='transaction_id.partner_id')

    # === COMPUTE METHODS === #
    @api.depends('amount_there', 'amount_here')
    def _compute_difference(self):
        for line in self:
            line.difference = line.amount_there - line.amount_here

    # === ACTION METHODS === #
    def action_ask_gateway(self):
        """Ask the gateway about what is not confirmed here, then compare the day again."""
        bills = self.bill_id
        bills._check_may_reconcile()
        self.transaction_id.action_ask_gateway()
        # sudo: payment.bill - the lines come from the gateway, nobody writes them
        bills.sudo().action_download()
