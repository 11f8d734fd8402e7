from odoo import api, fields, models
from odoo.exceptions import AccessError


class WalletRefund(models.TransientModel):
    """Refunds a payment to the customer's wallet, or takes a recharge back from it."""

    _name = 'wallet.refund'
    _description = 'Refund to Wallet'

    operation = fields.Selection(
        [('refund', "Refund to Wallet"), ('chargeback', "Charge Back")],
        required=True,
        default='refund',
    )
    transaction_id = fields.Many2one('payment.transaction', string="Payment", required=True)
    partner_id = fields.Many2one(related='transaction_id.partner_id')
    currency_id = fields.Many2one(related='transaction_id.currency_id')
    amount_left = fields.Monetary(string="Can Be Refunded", compute='_compute_amount_left')
    amount = fields.Monetary(
        compute='_compute_amount', store=True, readonly=False, required=True, precompute=True
    )
    spent = fields.Monetary(
        compute='_compute_spent', help="This part was spent; the customer will owe it."
    )

    # === COMPUTE METHODS === #
    @api.depends('transaction_id')
    def _compute_amount_left(self):
        for wizard in self:
            # sudo: payment.transaction - the amounts alone
            tx = wizard.transaction_id.sudo()
            wizard.amount_left = tx.amount + sum(tx._get_wallet_refunds().mapped('amount'))

    @api.depends('amount_left')
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.amount_left

    @api.depends('amount', 'operation')
    def _compute_spent(self):
        for wizard in self:
            account = wizard.transaction_id.sudo().wallet_account_id
            is_chargeback = wizard.operation == 'chargeback'
            wizard.spent = max(0, wizard.amount - account.cash) if is_chargeback else 0

    # === ACTION METHODS === #
    def action_apply(self):
        """Do it; return a notification."""
        self.ensure_one()
        if not self.env.user.has_group('aftercare_wallet.aftercare_wallet_group_manager'):
            raise AccessError(self.env._("Only managers of the wallets refund to them."))
        self.transaction_id.check_access('read')
        # sudo: payment.transaction - a refund is a transaction, which staff can not create
        tx = self.transaction_id.sudo().with_context(payment_backend_action=True)
        if self.operation == 'chargeback':
            refund = tx._charge_back_wallet(self.amount)
        else:
            account = tx.wallet_account_id or self.env['wallet.account']._get_for(
                tx.partner_id, tx.currency_id, tx.company_id
            )
            refund = account.sudo()._refund(tx, self.amount)
        return refund._build_action_feedback_notification()
