from odoo import fields, models


class WalletAccountFreeze(models.TransientModel):
    """Asks why wallets are frozen or thawed."""

    _name = 'wallet.account.freeze'
    _description = 'Freeze Wallets'

    account_ids = fields.Many2many('wallet.account', string="Wallets", required=True)
    is_frozen = fields.Boolean()
    reason = fields.Char(required=True)

    # === ACTION METHODS === #
    def action_apply(self):
        self.ensure_one()
        self.account_ids._set_frozen(self.is_frozen, self.reason)
        return {'type': 'ir.actions.act_window_close'}
