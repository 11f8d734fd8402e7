from odoo import fields, models


class WalletReservation(models.Model):
    """Money set aside while the rest of a payment is made another way."""

    _name = 'wallet.reservation'
    _description = 'Wallet Reservation'
    _order = 'id desc'

    account_id = fields.Many2one(
        'wallet.account', string="Wallet", required=True, readonly=True, ondelete='restrict'
    )
    transaction_id = fields.Many2one(
        'payment.transaction', readonly=True, ondelete='restrict', index=True
    )
    company_id = fields.Many2one(related='account_id.company_id')
    currency_id = fields.Many2one(related='account_id.currency_id')
    amount = fields.Monetary(readonly=True)
    bonus = fields.Monetary(readonly=True)
    state = fields.Selection(
        [('open', "Open"), ('used', "Used"), ('released', "Released")],
        default='open',
        required=True,
        readonly=True,
    )
    expires_at = fields.Datetime(readonly=True)
