from odoo import fields, models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    wallet_account_id = fields.Many2one(
        'wallet.account', string="Wallet", readonly=True, ondelete='restrict', index='btree_not_null'
    )
    wallet_cash = fields.Monetary(string="From the Balance", readonly=True)
    wallet_bonus = fields.Monetary(string="From the Bonus", readonly=True)
    is_wallet_topup = fields.Boolean(string="Recharge", readonly=True)
