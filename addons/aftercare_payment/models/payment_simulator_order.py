import secrets
from datetime import timedelta

from odoo import api, fields, models


class PaymentSimulatorOrder(models.Model):
    """An order as the simulated gateway keeps it, apart from our own transactions."""

    _name = 'payment.simulator.order'
    _description = "Simulated Gateway Order"
    _order = 'id desc'
    _rec_name = 'reference'

    provider_id = fields.Many2one('payment.provider', required=True, index=True, ondelete='cascade')
    token = fields.Char(required=True, default=lambda self: secrets.token_urlsafe(18))
    reference = fields.Char(required=True)
    gateway_number = fields.Char(compute='_compute_gateway_number')
    description = fields.Char()
    channel = fields.Char()
    amount = fields.Integer(required=True, help="In fen.")
    paid_amount = fields.Integer()
    state = fields.Selection(
        [('open', "Open"), ('paid', "Paid"), ('refused', "Refused"), ('closed', "Closed")],
        default='open',
        required=True,
    )
    paid_at = fields.Datetime()
    expires_at = fields.Datetime()
    refund_ids = fields.One2many('payment.simulator.refund', 'order_id')

    _token_uniq = models.Constraint('UNIQUE(token)', "A simulated order has its own address.")
    _reference_uniq = models.Constraint(
        'UNIQUE(provider_id, reference)', "A merchant's order number is used once."
    )

    # === COMPUTE METHODS === #
    def _compute_gateway_number(self):
        for order in self:
            order.gateway_number = f'SIM{order.create_date:%Y%m%d}{order.id:08d}'

    # === BUSINESS METHODS === #
    def _get_page_url(self):
        """Return the absolute address of the page on which this order can be paid."""
        self.ensure_one()
        return self.provider_id._get_absolute_url(f'/payment/simulator/{self.token}')

    def _is_payable(self):
        self.ensure_one()
        return self.state == 'open' and self.expires_at > fields.Datetime.now()

    def _pay(self, amount=None):
        """Let the simulated payer pay ``amount`` fen, by default the right one."""
        self.ensure_one()
        self.write(
            {
                'state': 'paid',
                'paid_amount': self.amount if amount is None else amount,
                'paid_at': fields.Datetime.now(),
            }
        )

    def _refund(self, reference, amount):
        """Return the refund ``reference`` over ``amount`` fen; None when there is not enough left.

        The same number again is the same refund.
        """
        self.ensure_one()
        refund = self.refund_ids.filtered(lambda line: line.reference == reference)
        if refund:
            return refund if refund.amount == amount else None
        left = self.paid_amount - sum(self.refund_ids.mapped('amount'))
        if self.state != 'paid' or not 0 < amount <= left:
            return None
        return self.refund_ids.create(
            {'order_id': self.id, 'reference': reference, 'amount': amount}
        )

    def _announce(self, refund=None):
        """Send the signed notification about this order through the provider's own verification."""
        self.ensure_one()
        provider = self.provider_id
        return provider._receive_notice(*provider._announce_as_simulator(self, refund))

    @api.autovacuum
    def _gc_old(self):
        """Forget simulated orders after 90 days."""
        limit = fields.Datetime.now() - timedelta(days=90)
        self.search([('create_date', '<', limit)], limit=10000).unlink()
