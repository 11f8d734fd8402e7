from datetime import timedelta

from odoo import api, fields, models

from ..tools.errors import WalletError

MINUTES = 30


class WalletReservation(models.Model):
    """Money set aside while the rest of a payment is made another way."""

    _name = 'wallet.reservation'
    _description = 'Wallet Reservation'
    _order = 'id desc'
    _rec_name = 'transaction_id'

    account_id = fields.Many2one(
        'wallet.account', string="Wallet", required=True, readonly=True, ondelete='restrict'
    )
    transaction_id = fields.Many2one(
        'payment.transaction', required=True, readonly=True, ondelete='restrict', index=True
    )
    company_id = fields.Many2one(related='account_id.company_id')
    currency_id = fields.Many2one(related='account_id.currency_id')
    amount = fields.Monetary(readonly=True, required=True)
    bonus = fields.Monetary(string="Of It Bonus", readonly=True)
    state = fields.Selection(
        [('open', "Open"), ('used', "Used"), ('released', "Released")],
        default='open',
        required=True,
        readonly=True,
    )
    expires_at = fields.Datetime(
        readonly=True, default=lambda self: fields.Datetime.now() + timedelta(minutes=MINUTES)
    )

    _open_uniq = models.UniqueIndex(
        "(transaction_id) WHERE state = 'open'", "This payment has a reservation already."
    )
    _account_open_idx = models.Index("(account_id) WHERE state = 'open'")
    _due_idx = models.Index("(expires_at) WHERE state = 'open'")

    # === BUSINESS METHODS === #
    @api.model
    def _find_open(self, tx):
        """Return the open reservation of a transaction, or an empty record."""
        return self.search([('transaction_id', '=', tx.id), ('state', '=', 'open')], limit=1)

    def _get_key(self):
        self.ensure_one()
        return f'wallet.reservation,{self.id}'

    def _get_amounts(self):
        """Return what is held, as dict bucket → amount."""
        self.ensure_one()
        return {'held': self.amount - self.bonus, 'bonus_held': self.bonus}

    def _use(self):
        """Pay with what was set aside: the transaction is done; once.

        :return: ``wallet.entry`` recordset
        :raise WalletError: when it was released before
        """
        self.ensure_one()
        if self.state == 'released':
            raise WalletError(
                self.env._("What was set aside for this payment is free again."), 'NOT_POSSIBLE'
            )
        return self.account_id._spend(self.transaction_id)

    def _release(self):
        """Give back what was set aside; what was used or released already is left alone."""
        entries = self.env['wallet.entry']
        for reservation in self.filtered(lambda reservation: reservation.state == 'open'):
            account, held = reservation.account_id, reservation._get_amounts()
            taken = self.env['wallet.entry'].search([('key', '=', reservation._get_key())])
            entries += account._book(
                'reserve_release',
                {
                    'held': -held['held'],
                    'cash': held['held'],
                    'bonus_held': -held['bonus_held'],
                    'bonus': held['bonus_held'],
                },
                f'{reservation._get_key()}:release',
                origin=reservation,
                reason=reservation.transaction_id.reference,
                lots={entry.lot_id: -entry.amount for entry in taken if entry.lot_id},
                force=True,
            )
            reservation.state = 'released'
            reservation.transaction_id.filtered(
                lambda tx: tx.provider_code == 'wallet' and tx.state in ('draft', 'pending')
            )._set_canceled(state_message=self.env._("The rest was not paid in time."))
        return entries

    @api.model
    def _cron_release(self):
        """Release what was set aside for payments that did not come."""
        # sudo: wallet.reservation - the scheduled action serves all companies
        Reservation = self.sudo()
        self.env['wallet.account']._cron_run(
            [('state', '=', 'open'), ('expires_at', '<=', fields.Datetime.now())],
            Reservation,
            lambda reservations: reservations._release(),
        )
