from odoo import api, fields, models


class WalletWithdrawalOperation(models.TransientModel):
    """Asks what is needed before withdrawals are refused, paid or returned."""

    _name = 'wallet.withdrawal.operation'
    _description = 'Withdrawal Operation'

    operation = fields.Selection(
        [
            ('reject', "Reject Withdrawal"),
            ('pay', "Paid by Hand"),
            ('return', "Returned by the Bank"),
        ],
        required=True,
    )
    withdrawal_ids = fields.Many2many('wallet.withdrawal', string="Withdrawals", required=True)
    withdrawal_count = fields.Integer(compute='_compute_withdrawal_count')
    reason = fields.Char()
    reference = fields.Char(string="Bank Reference")

    # === COMPUTE METHODS === #
    @api.depends('withdrawal_ids')
    def _compute_withdrawal_count(self):
        for wizard in self:
            wizard.withdrawal_count = len(wizard.withdrawal_ids)

    # === ACTION METHODS === #
    def action_apply(self):
        """Do it."""
        self.ensure_one()
        withdrawals = self.withdrawal_ids
        withdrawals._check_manager()
        if self.operation == 'reject':
            withdrawals._reject(self.reason)
        elif self.operation == 'pay':
            withdrawals._mark_paid(self.reference)
        else:
            withdrawals._return_payout(self.reason)
        return {'type': 'ir.actions.act_window_close'}
