from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    wallet_payment_enabled = fields.Boolean(
        string="Pay from the Wallet",
        compute='_compute_wallet_payment_enabled',
        inverse='_inverse_wallet_payment_enabled',
    )
    wallet_topup_min = fields.Monetary(related='company_id.wallet_topup_min', readonly=False)
    wallet_topup_max = fields.Monetary(related='company_id.wallet_topup_max', readonly=False)
    wallet_balance_max = fields.Monetary(related='company_id.wallet_balance_max', readonly=False)
    wallet_topup_amounts = fields.Char(related='company_id.wallet_topup_amounts', readonly=False)
    wallet_topup_requires_paid = fields.Boolean(
        related='company_id.wallet_topup_requires_paid', readonly=False
    )
    wallet_bonus_days = fields.Integer(related='company_id.wallet_bonus_days', readonly=False)
    wallet_bonus_percent = fields.Float(related='company_id.wallet_bonus_percent', readonly=False)
    wallet_bonus_reminder_days = fields.Integer(
        related='company_id.wallet_bonus_reminder_days', readonly=False
    )
    wallet_low_balance = fields.Monetary(related='company_id.wallet_low_balance', readonly=False)
    wallet_approval_limit = fields.Monetary(
        related='company_id.wallet_approval_limit', readonly=False
    )
    wallet_liability_account_id = fields.Many2one(
        related='company_id.wallet_liability_account_id', readonly=False
    )
    wallet_commission_account_id = fields.Many2one(
        related='company_id.wallet_commission_account_id', readonly=False
    )
    wallet_bonus_account_id = fields.Many2one(
        related='company_id.wallet_bonus_account_id', readonly=False
    )
    wallet_commission_expense_account_id = fields.Many2one(
        related='company_id.wallet_commission_expense_account_id', readonly=False
    )
    wallet_fee_account_id = fields.Many2one(
        related='company_id.wallet_fee_account_id', readonly=False
    )
    wallet_adjust_account_id = fields.Many2one(
        related='company_id.wallet_adjust_account_id', readonly=False
    )

    # === COMPUTE METHODS === #
    @api.depends('company_id')
    def _compute_wallet_payment_enabled(self):
        for settings in self:
            provider = settings.company_id._get_wallet_provider()
            settings.wallet_payment_enabled = provider and provider.state != 'disabled'

    def _inverse_wallet_payment_enabled(self):
        for settings in self:
            provider = settings.company_id._get_wallet_provider()
            if not provider and settings.wallet_payment_enabled:
                provider = settings.company_id._create_wallet_provider()
            is_enabled = bool(provider) and provider.state != 'disabled'
            if is_enabled != settings.wallet_payment_enabled:
                state = 'enabled' if settings.wallet_payment_enabled else 'disabled'
                provider.write({'state': state, 'is_published': settings.wallet_payment_enabled})
