import logging
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..tools.errors import WalletError
from ..tools.money import ZERO, to_decimal

_logger = logging.getLogger(__name__)

BATCH_SIZE = 200


class WalletAccount(models.Model):
    _inherit = 'wallet.account'

    # === BUSINESS METHODS: BONUS === #
    def _grant_bonus(self, amount, key, origin=None, reason='', days=None, operator=None):
        """Give a bonus that expires.

        :param int days: for how long it can be used; 0: for ever; None: as the company sets it
        :return: ``wallet.entry`` recordset
        """
        self.ensure_one()
        if (to_decimal(amount, self.currency_id) or ZERO) <= ZERO:
            raise WalletError(self.env._("A bonus is more than nothing."), 'INVALID_AMOUNT')
        if days is None:
            days = self.company_id.wallet_bonus_days
        expiry = self.env['wallet.entry']._get_today() + timedelta(days=days) if days else False
        return self._book(
            'bonus_grant',
            {'bonus': amount},
            key,
            origin=origin,
            reason=reason,
            operator=operator,
            date_expiry=expiry,
        )

    def _expire_bonus(self):
        """Let the lots expire whose last day has gone by.

        :return: ``wallet.entry`` recordset
        """
        lots = (
            self.env['wallet.bonus.lot']
            .sudo()
            .search(
                [
                    ('account_id', 'in', self.ids),
                    ('remaining', '>', 0),
                    ('date_expiry', '<', self.env['wallet.entry']._get_today()),
                ],
                order='account_id, date_expiry, id',
            )
        )
        entries = self.env['wallet.entry']
        for lot in lots:
            entries += lot.account_id._book(
                'bonus_expire',
                {'bonus': -lot.remaining},
                f'wallet.bonus.lot,{lot.id}:expire:{lot.date_expiry}',
                origin=lot,
                reason=lot.reason or '',
                lots={lot: -lot.remaining},
                force=True,
            )
        return entries

    def _get_usable_bonus(self):
        """Return the bonus as a Decimal, without what has expired and is still in the book."""
        self.ensure_one()
        self._expire_bonus()
        return to_decimal(self.bonus, self.currency_id)

    # === BUSINESS METHODS: SCHEDULED ACTIONS === #
    @api.model
    def _cron_expire_bonus(self):
        """Let the bonus of all wallets expire, and tell whose bonus is about to."""
        Lot = self.env['wallet.bonus.lot'].sudo()
        self._cron_run(
            [('remaining', '>', 0), ('date_expiry', '<', self.env['wallet.entry']._get_today())],
            Lot,
            lambda lots: lots.account_id._expire_bonus(),
        )
        self._cron_run(Lot._get_reminder_domain(), Lot, lambda lots: lots._remind())

    @api.model
    def _cron_run(self, domain, Model, action):
        """Do something with all records of a domain: in batches, one by one when one fails."""
        cron = self.env['ir.cron']
        remaining = Model.search_count(domain)
        cron._commit_progress(remaining=remaining)
        last_id = 0
        while remaining:
            batch = Model.search(
                Domain(domain) & Domain('id', '>', last_id), order='id', limit=BATCH_SIZE
            )
            if not batch:
                break
            last_id = batch[-1].id
            self._cron_run_batch(batch, action)
            remaining = max(0, remaining - len(batch))
            if not cron._commit_progress(len(batch), remaining=remaining):
                break

    @api.model
    def _cron_run_batch(self, records, action):
        try:
            with self.env.cr.savepoint():
                action(records)
        except Exception as error:
            self.env.transaction.clear()
            if len(records) > 1:
                for record in records:
                    self._cron_run_batch(record, action)
            elif not isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                _logger.exception("%s can not be processed", records)
            # else: somebody else was faster; the next run sees what is left to do
