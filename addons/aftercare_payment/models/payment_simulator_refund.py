from odoo import fields, models


class PaymentSimulatorRefund(models.Model):
    """A refund as the simulated gateway keeps it."""

    _name = 'payment.simulator.refund'
    _description = "Simulated Gateway Refund"
    _order = 'id'
    _rec_name = 'reference'

    order_id = fields.Many2one(
        'payment.simulator.order', required=True, index=True, ondelete='cascade'
    )
    reference = fields.Char(required=True)
    amount = fields.Integer(required=True, help="In fen.")
    gateway_number = fields.Char(compute='_compute_gateway_number')

    _reference_uniq = models.Constraint(
        'UNIQUE(order_id, reference)', "A merchant's refund number is used once."
    )

    def _compute_gateway_number(self):
        for refund in self:
            refund.gateway_number = f'SIMR{refund.create_date:%Y%m%d}{refund.id:08d}'
