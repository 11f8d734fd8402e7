from odoo import api, fields, models
from odoo.exceptions import AccessError

MANAGER_GROUP = 'aftercare_wallet.aftercare_wallet_group_manager'


class WalletOrderRefund(models.TransientModel):
    """Refunds what was paid for an order to the wallet of its customer."""

    _name = 'wallet.order.refund'
    _description = 'Refund of an Order to the Wallet'

    order_id = fields.Many2one('sale.order', required=True, readonly=True)
    partner_id = fields.Many2one(related='order_id.partner_id')
    currency_id = fields.Many2one(related='order_id.currency_id')
    amount_left = fields.Monetary(string="Can Be Refunded", related='order_id.wallet_refundable')
    amount = fields.Monetary(
        compute='_compute_amount', store=True, readonly=False, required=True, precompute=True
    )
    reason = fields.Char()

    # === COMPUTE METHODS === #
    @api.depends('order_id')
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.order_id.wallet_refundable

    # === ACTION METHODS === #
    def action_apply(self):
        """Refund; the wallet's own payments first, then those of other providers."""
        self.ensure_one()
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only managers of the wallets refund to them."))
        order = self.order_id
        order.check_access('read')
        refunds = order.with_context(payment_backend_action=True)._refund_to_wallet(self.amount)
        # sudo: sale.order - managers of wallets need not write orders
        order.sudo().message_post(
            body=self.env._(
                "%(amount)s were refunded to the wallet. %(reason)s",
                amount=order.currency_id.format(self.amount),
                reason=self.reason or '',
            ),
            author_id=self.env.user.partner_id.id,
        )
        return refunds._build_action_feedback_notification()
