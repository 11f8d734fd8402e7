from odoo import fields, models


class WalletBonusLot(models.Model):
    """A bonus that was granted at once and expires at once."""

    _name = 'wallet.bonus.lot'
    _description = 'Bonus Lot'
    _order = 'account_id, date_expiry, id'

    account_id = fields.Many2one(
        'wallet.account', string="Wallet", required=True, readonly=True, ondelete='restrict'
    )
    company_id = fields.Many2one(related='account_id.company_id')
    currency_id = fields.Many2one(related='account_id.currency_id')
    amount = fields.Monetary(string="Granted", readonly=True, required=True)
    remaining = fields.Monetary(readonly=True)
    date_expiry = fields.Date(string="Expires", readonly=True)
    reason = fields.Char(readonly=True)
