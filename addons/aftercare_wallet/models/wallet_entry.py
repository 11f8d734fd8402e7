from odoo import api, fields, models
from odoo.exceptions import UserError


class WalletEntry(models.Model):
    """One movement of one bucket of a wallet; never changed afterwards."""

    _name = 'wallet.entry'
    _description = 'Wallet Entry'
    _order = 'account_id, seq desc'
    _rec_name = 'kind'

    account_id = fields.Many2one(
        'wallet.account', string="Wallet", required=True, readonly=True, ondelete='restrict'
    )
    partner_id = fields.Many2one(
        'res.partner', string="Customer", readonly=True, ondelete='restrict', index=True
    )
    company_id = fields.Many2one('res.company', readonly=True, required=True)
    currency_id = fields.Many2one('res.currency', readonly=True, required=True)
    seq = fields.Integer(string="No.", required=True, readonly=True)
    kind = fields.Selection(
        [
            ('topup', "Recharge"),
            ('topup_reversal', "Recharge taken back"),
            ('spend', "Payment"),
            ('spend_refund', "Refund"),
            ('reserve', "Reserved"),
            ('reserve_release', "Reservation released"),
            ('bonus_grant', "Bonus granted"),
            ('bonus_expire', "Bonus expired"),
            ('commission', "Commission"),
            ('commission_reversal', "Commission taken back"),
            ('commission_to_cash', "Commission to balance"),
            ('adjust', "Adjustment"),
            ('withdraw_hold', "Withdrawal requested"),
            ('withdraw_paid', "Withdrawal paid"),
            ('withdraw_release', "Withdrawal released"),
            ('transfer_in', "Transfer received"),
            ('transfer_out', "Transfer sent"),
        ],
        required=True,
        readonly=True,
    )
    bucket = fields.Selection(
        [
            ('cash', "Balance"),
            ('bonus', "Bonus"),
            ('commission', "Commission"),
            ('held', "Held"),
            ('bonus_held', "Held Bonus"),
        ],
        required=True,
        readonly=True,
    )
    amount = fields.Monetary(required=True, readonly=True)
    balance_after = fields.Monetary(readonly=True)
    key = fields.Char(required=True, readonly=True)
    line = fields.Integer(readonly=True)
    lot_id = fields.Many2one('wallet.bonus.lot', readonly=True, ondelete='restrict')
    res_model = fields.Char(string="Origin Model", readonly=True)
    res_id = fields.Many2oneReference(string="Origin", model_field='res_model', readonly=True)
    move_id = fields.Many2one('account.move', string="Journal Entry", readonly=True, ondelete='restrict')
    operator_id = fields.Many2one('res.users', string="By", readonly=True, ondelete='restrict')
    reason = fields.Char(readonly=True)

    _key_uniq = models.Constraint('UNIQUE(key, line)', "Booked already.")
    _seq_uniq = models.Constraint('UNIQUE(account_id, seq)', "Booked already.")

    # === CRUD METHODS === #
    def write(self, vals):
        raise UserError(self.env._("The book of the wallets can not be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The book of the wallets can not be changed."))
