from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    wallet_withdraw_cash = fields.Boolean(related='company_id.wallet_withdraw_cash', readonly=False)
    wallet_withdraw_min = fields.Monetary(
        related='company_id.wallet_withdraw_min',
        readonly=False,
    )
    wallet_withdraw_fee_percent = fields.Float(
        related='company_id.wallet_withdraw_fee_percent', readonly=False
    )
    wallet_withdraw_fee_min = fields.Monetary(
        related='company_id.wallet_withdraw_fee_min',
        readonly=False,
    )
    wallet_withdraw_daily = fields.Integer(
        related='company_id.wallet_withdraw_daily', readonly=False
    )
    wallet_withdraw_approval_limit = fields.Monetary(
        related='company_id.wallet_withdraw_approval_limit',
        readonly=False,
    )
    wallet_payee_cooling_hours = fields.Integer(
        related='company_id.wallet_payee_cooling_hours', readonly=False
    )
    wallet_withdraw_user_id = fields.Many2one(
        related='company_id.wallet_withdraw_user_id', readonly=False
    )
    wallet_payout_journal_id = fields.Many2one(
        related='company_id.wallet_payout_journal_id', readonly=False
    )
