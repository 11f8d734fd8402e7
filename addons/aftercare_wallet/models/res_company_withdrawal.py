from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    wallet_withdraw_cash = fields.Boolean(
        string="Withdraw the Balance, Too",
        help="Otherwise only commissions can be withdrawn: recharged money goes back the way it "
        "came, by a refund.",
    )
    wallet_withdraw_min = fields.Monetary(
        string="Smallest Withdrawal", currency_field='currency_id', default=100.0
    )
    wallet_withdraw_fee_percent = fields.Float(
        string="Withdrawal Fee (%)", digits=(5, 2), default=0.0
    )
    wallet_withdraw_fee_min = fields.Monetary(
        string="Smallest Withdrawal Fee", currency_field='currency_id', default=0.0
    )
    wallet_withdraw_daily = fields.Integer(
        string="Withdrawals a Day", default=3, help="Of one customer in 24 hours; 0: no limit."
    )
    wallet_withdraw_approval_limit = fields.Monetary(
        string="Two Approvals Above",
        currency_field='currency_id',
        help="Greater withdrawals are approved by two people; 0: one is enough.",
    )
    wallet_payee_cooling_hours = fields.Integer(
        string="Waiting Time of New Payees",
        default=24,
        help="Hours between the change of an account and the first withdrawal to it.",
    )
    wallet_withdraw_user_id = fields.Many2one(
        'res.users',
        string="Reviewer of Withdrawals",
        domain="[('share', '=', False)]",
        help="Gets an activity for each request.",
    )
    wallet_payout_journal_id = fields.Many2one(
        'account.journal',
        string="Withdrawals Are Paid From",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
    )

    _wallet_withdraw_check = models.Constraint(
        'CHECK(LEAST(wallet_withdraw_min, wallet_withdraw_fee_percent, wallet_withdraw_fee_min, '
        'wallet_withdraw_daily, wallet_withdraw_approval_limit, wallet_payee_cooling_hours) >= 0 '
        'AND wallet_withdraw_fee_percent < 100)',
        "Limits and fees of withdrawals can not be negative.",
    )
