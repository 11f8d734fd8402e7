from datetime import date
from decimal import Decimal

import psycopg2
from psycopg2 import errors

from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import WalletCommon


@tagged('post_install', '-at_install')
class TestBook(WalletCommon):
    def _adjust(self, amounts, key=None, account=None, **values):
        return (account or self.account)._book(
            'adjust', amounts, key or self._key(), reason="Test", operator=self.manager, **values
        )

    def _assert_refused(self, code, function, *args, **kwargs):
        before = self._get_balances()
        count = self.Entry.search_count([])
        with self.assertRaises(WalletError) as raised:
            function(*args, **kwargs)
        self.assertEqual(raised.exception.code, code)
        self.assertEqual(self._get_balances(), before)
        self.assertEqual(self.Entry.search_count([]), count)
        return str(raised.exception)

    # === ACCOUNTS === #

    def test_wallet_belongs_to_the_commercial_partner(self):
        self.assertEqual(self.account.partner_id, self.owner)
        self.assertEqual(self.Account._get_for(self.owner), self.account)
        self.assertEqual(self.account.currency_id, self.currency)
        self.assertEqual(self.account.company_id, self.company)

    def test_one_wallet_for_each_currency_made_when_missing(self):
        self.assertFalse(self.Account._get_for(self.owner, self.euro, create=False))
        in_euro = self.Account._get_for(self.owner, self.euro)
        self.assertNotEqual(in_euro, self.account)
        self.assertEqual(self.Account._get_for(self.customer, self.euro), in_euro)
        self.assertFalse(self.Account._get_for(self.env['res.partner']))

    @mute_logger('odoo.sql_db')
    def test_second_wallet_is_refused_by_the_database(self):
        with self.assertRaises(errors.UniqueViolation), self.env.cr.savepoint():
            self.Account.create({'partner_id': self.owner.id, 'currency_id': self.currency.id})

    def test_balance_can_not_be_written(self):
        for vals in ({'cash': 5}, {'bonus': 5}, {'seq': 3}, {'currency_id': self.euro.id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self.account.write(vals)
        with self.assertRaises(UserError):
            self.Account.create(
                {'partner_id': self.other.id, 'currency_id': self.euro.id, 'cash': 1}
            )

    def test_used_wallet_can_not_be_deleted(self):
        self._adjust({'cash': 10})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.account.unlink()
        self.Account._get_for(self.owner, self.euro).unlink()

    # === I1: NEVER BELOW ZERO === #

    def test_no_bucket_goes_below_zero(self):
        self._adjust({'cash': 10})
        for bucket in ('cash', 'bonus', 'commission', 'held', 'bonus_held'):
            with self.subTest(bucket=bucket):
                self._assert_refused('INSUFFICIENT_FUNDS', self._adjust, {bucket: -10.01})
        self._adjust({'cash': -10})
        self.assertFalse(self._get_balances())

    @mute_logger('odoo.sql_db')
    def test_database_refuses_below_zero(self):
        for column in ('cash', 'bonus', 'held', 'bonus_held'):
            with self.subTest(column=column), self.assertRaises(errors.CheckViolation):
                with self.env.cr.savepoint():
                    self.env.cr.execute(
                        f'UPDATE wallet_account SET {column} = -1 WHERE id = %s',
                        [self.account.id],
                    )

    def test_commission_goes_below_zero_by_a_reversal_only(self):
        self.account._credit_commission(30, self._key(), origin=self.owner)
        self._assert_refused(
            'INSUFFICIENT_FUNDS', self.account._commission_to_cash, 30.01, self._key()
        )
        self.account._commission_to_cash(20, self._key())
        self.account._credit_commission(-30, self._key(), origin=self.owner)
        self.assertEqual(self._get_balances(), {'cash': 20, 'commission': -20})
        # what comes in makes up for it
        self.account._credit_commission(5, self._key(), origin=self.owner)
        self.assertEqual(self._get_balances(), {'cash': 20, 'commission': -15})
        self._assert_refused('INSUFFICIENT_FUNDS', self.account._commission_to_cash, 1, self._key())
        self._assert_agrees()

    # === I2, I3: SUMS, NUMBERS, CHAIN === #

    def test_entries_tell_the_balance(self):
        self._adjust({'cash': 100})
        self._adjust({'bonus': 20})
        self._adjust({'cash': -30, 'held': 30})
        self._adjust({'cash': 5})
        entries = self.account.entry_ids.sorted('seq')
        self.assertEqual(entries.mapped('seq'), [1, 2, 3, 4, 5])
        self.assertEqual(self.account.seq, 5)
        self.assertEqual(
            [(entry.bucket, entry.amount, entry.balance_after) for entry in entries],
            [
                ('cash', 100, 100),
                ('bonus', 20, 20),
                ('cash', -30, 70),
                ('held', 30, 30),
                ('cash', 5, 75),
            ],
        )
        self.assertEqual(self._get_balances(), {'cash': 75, 'bonus': 20, 'held': 30})
        self.assertEqual(self.account.available, 95)

    def test_available_counts_balance_and_bonus(self):
        self._adjust({'cash': 10})
        self._adjust({'bonus': 5})
        self._adjust({'commission': 3})
        self.assertEqual(self.account.available, 15)

    # === I4: APPEND-ONLY === #

    def test_entry_is_never_changed_by_the_orm(self):
        entry = self._adjust({'cash': 10})
        for method, args in (('write', [{'amount': 5}]), ('unlink', [])):
            with self.subTest(method=method), self.assertRaises(UserError):
                getattr(entry.sudo(), method)(*args)
        with self.assertRaises(UserError):
            self.Entry.sudo().create({'account_id': self.account.id})

    @mute_logger('odoo.sql_db')
    def test_entry_is_never_changed_by_sql(self):
        entry = self._adjust({'cash': 10})
        for query in (
            'UPDATE wallet_entry SET amount = 1000 WHERE id = %s',
            'DELETE FROM wallet_entry WHERE id = %s',
        ):
            with self.subTest(query=query), self.assertRaises(psycopg2.Error) as raised:
                with self.env.cr.savepoint():
                    self.env.cr.execute(query, [entry.id])
            self.assertIn('append-only', str(raised.exception))
        with self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
            self.env.cr.execute('TRUNCATE wallet_entry CASCADE')
        self.assertEqual(entry.amount, 10)

    # === I5: ONE KEY, ONE EFFECT === #

    def test_same_key_has_one_effect(self):
        first = self._adjust({'cash': 10}, key='once')
        again = self._adjust({'cash': 10}, key='once')
        other_amount = self._adjust({'cash': -99}, key='once')
        self.assertEqual(again, first)
        self.assertEqual(other_amount, first)
        self.assertEqual(self._get_balances(), {'cash': 10})
        with self.assertRaises(UserError):
            self._adjust({'cash': 10}, key='once', account=self.other_account)
        self.assertFalse(self._get_balances(self.other_account))

    @mute_logger('odoo.sql_db')
    def test_database_refuses_a_key_twice(self):
        self._adjust({'cash': 10}, key='once')
        with self.assertRaises(errors.UniqueViolation), self.env.cr.savepoint():
            self.env.cr.execute(
                'INSERT INTO wallet_entry (account_id, company_id, currency_id, seq, kind, bucket,'
                ' amount, balance_after, key, line, reason, operator_id)'
                ' SELECT account_id, company_id, currency_id, 99, kind, bucket, amount,'
                " balance_after, key, line, reason, operator_id FROM wallet_entry"
                " WHERE key = 'once'"
            )

    # === I7: EXPLAINED === #

    def test_entry_needs_origin_or_reason_and_author(self):
        for values in ({}, {'reason': "Because"}, {'operator': self.manager}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.account._book('adjust', {'cash': 1}, self._key(), **values)
        entry = self.account._book('adjust', {'cash': 1}, self._key(), origin=self.owner)
        self.assertEqual((entry.res_model, entry.res_id), ('res.partner', self.owner.id))
        entry = self._adjust({'cash': 1})
        self.assertEqual((entry.reason, entry.operator_id), ("Test", self.manager))

    # === AMOUNTS === #

    def test_amounts_are_exact(self):
        self._adjust({'cash': 0.1})
        self._adjust({'cash': 0.2})
        self._adjust({'cash': 0.1 + 0.2})
        self._adjust({'cash': Decimal('0.1')})
        self._adjust({'cash': 1.005})
        self.env.cr.execute(
            'SELECT cash::text FROM wallet_account WHERE id = %s', [self.account.id]
        )
        self.assertEqual(self.env.cr.fetchone()[0], '1.71')
        self._adjust({'cash': -1.71})
        self.assertFalse(self._get_balances())

    def test_what_is_no_amount_is_refused(self):
        for amount in (0, 0.001, float('nan'), float('inf'), True, '10', None, Decimal('NaN')):
            with self.subTest(amount=amount):
                self._assert_refused('INVALID_AMOUNT', self._adjust, {'cash': amount})
        for amount in (1e12, -1e12, Decimal(10) ** 30):
            with self.subTest(amount=amount):
                self._assert_refused('LIMIT_EXCEEDED', self._adjust, {'cash': amount})
        with self.assertRaises(ValueError):
            self._adjust({'pocket': 1})

    def test_large_amount_to_the_cent(self):
        self._adjust({'cash': 99_999_999_999.99})
        self._adjust({'cash': 0.01})
        self.assertEqual(self._get_balances(), {'cash': 100_000_000_000})
        self._adjust({'cash': -0.01})
        self.assertEqual(self._get_balances(), {'cash': 99_999_999_999.99})

    def test_currency_without_decimals(self):
        yen = self.env.ref('base.JPY')
        yen.active = True
        account = self.Account._get_for(self.owner, yen)
        self._adjust({'bonus': 100.4}, account=account)
        self.assertEqual(self._get_balances(account), {'bonus': 100})

    # === I10: COMPANY AND CURRENCY === #

    def test_other_currency_is_refused(self):
        in_euro = self.Account._get_for(self.owner, self.euro)
        with self.assertRaises(WalletError) as raised:
            self.account._transfer(
                in_euro, {'cash': 1}, self._key(), reason="Test", operator=self.manager
            )
        self.assertEqual(raised.exception.code, 'WRONG_CURRENCY')
        tx = self._create_topup(50, wallet_account_id=in_euro.id)
        self.assertEqual(tx.currency_id, self.currency)
        with self.assertRaises(WalletError) as raised:
            tx._set_done()
            tx._post_process()
        self.assertEqual(raised.exception.code, 'WRONG_CURRENCY')

    # === FROZEN === #

    def test_frozen_wallet_takes_in_and_gives_nothing(self):
        self._adjust({'cash': 100})
        self.account.with_user(self.manager)._set_frozen(True, "Stolen telephone")
        message = self._assert_refused(
            'FROZEN',
            self.account._book,
            'withdraw_hold',
            {'cash': -10, 'held': 10},
            self._key(),
            origin=self.owner,
        )
        self.assertIn("frozen", message)
        self._top_up(50)
        self.assertEqual(self._get_balances(), {'cash': 150})
        self.assertIn("Stolen telephone", self.account.message_ids[0].body)
        self.account.with_user(self.manager)._set_frozen(False, "It was found")
        self.account._book(
            'withdraw_hold', {'cash': -10, 'held': 10}, self._key(), origin=self.owner
        )

    def test_only_managers_freeze_and_say_why(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.staff)._set_frozen(True, "Because")
        with self.assertRaises(UserError):
            self.account.with_user(self.manager)._set_frozen(True, " ")
        self.env['wallet.account.freeze'].with_user(self.manager).create(
            {'account_ids': self.account.ids, 'is_frozen': True, 'reason': "Because"}
        ).action_apply()
        self.assertTrue(self.account.is_frozen)

    # === BONUS === #

    @freeze_time('2026-03-01')
    def test_bonus_is_used_first_in_first_out(self):
        late = self.account._grant_bonus(
            10, self._key(), reason="Late", operator=self.manager, days=90
        )
        soon = self.account._grant_bonus(
            10, self._key(), reason="Soon", operator=self.manager, days=30
        )
        never = self.account._grant_bonus(
            10, self._key(), reason="Never", operator=self.manager, days=0
        )
        self.assertEqual(soon.lot_id.date_expiry, date(2026, 3, 31))
        self.assertFalse(never.lot_id.date_expiry)
        entries = self._adjust({'bonus': -15})
        self.assertEqual(
            [(entry.lot_id, entry.amount, entry.balance_after) for entry in entries],
            [(soon.lot_id, -10, 20), (late.lot_id, -5, 15)],
        )
        lots = late.lot_id + soon.lot_id + never.lot_id
        self.assertEqual(lots.mapped('remaining'), [5, 0, 10])
        self._adjust({'bonus': -15})
        self.assertEqual(lots.mapped('remaining'), [0, 0, 0])
        self._assert_agrees()

    def test_bonus_expires_after_its_last_day(self):
        with freeze_time('2026-03-01'):
            lot = self.account._grant_bonus(
                10, self._key(), origin=self.owner, reason="Welcome", days=30
            ).lot_id
            self.account._grant_bonus(5, self._key(), origin=self.owner, days=0)
        with freeze_time('2026-03-31'):
            self.assertFalse(self.account._expire_bonus())
        with freeze_time('2026-04-01'):
            self.Account._cron_expire_bonus()
            self.assertEqual(self._get_balances(), {'bonus': 5})
            self.assertEqual(lot.remaining, 0)
            entry = self.account.entry_ids[:1]
            self.assertEqual((entry.kind, entry.amount), ('bonus_expire', -10))
            self.Account._cron_expire_bonus()
            self.assertEqual(self._get_balances(), {'bonus': 5})
        self._assert_agrees()

    @freeze_time('2026-03-01')
    def test_bonus_is_more_than_nothing(self):
        for amount in (0, -5, float('nan')):
            with self.subTest(amount=amount):
                self._assert_refused(
                    'INVALID_AMOUNT',
                    self.account._grant_bonus,
                    amount,
                    self._key(),
                    origin=self.owner,
                )

    @freeze_time('2026-03-01')
    def test_customer_is_reminded_of_a_bonus_once(self):
        self.company.wallet_bonus_reminder_days = 7
        self.account._grant_bonus(10, self._key(), origin=self.owner, days=7)
        self.other_account._grant_bonus(10, self._key(), origin=self.owner, days=8)
        for _run in range(2):
            self.Account._cron_expire_bonus()
        logs = self.env['notification.log'].search(
            [('event_id.code', '=', 'wallet_bonus_expiring'), ('channel', '=', 'mail')]
        )
        self.assertEqual(logs.mapped('res_id'), self.account.ids)

    # === TRANSFER === #

    def test_transfer_moves_money_and_bonus(self):
        self._adjust({'cash': 100})
        lot = self.account._grant_bonus(10, self._key(), origin=self.owner, days=10).lot_id
        owed = self._get_owed()
        entries = self.account._transfer(
            self.other_account,
            {'cash': 40, 'bonus': 4},
            'move',
            reason="Gift",
            operator=self.manager,
        )
        self.assertEqual(self._get_balances(), {'cash': 60, 'bonus': 6})
        self.assertEqual(self._get_balances(self.other_account), {'cash': 40, 'bonus': 4})
        self.assertEqual(self.other_account.lot_ids.date_expiry, lot.date_expiry)
        self.assertEqual(set(entries.mapped('kind')), {'transfer_in', 'transfer_out'})
        self.assertEqual(self._get_owed(), owed)
        again = self.account._transfer(self.other_account, {'cash': 40}, 'move', reason="Gift")
        self.assertEqual(set(again.ids), set(entries.ids))
        self._assert_refused(
            'INSUFFICIENT_FUNDS',
            self.account._transfer,
            self.other_account,
            {'cash': 60.01},
            self._key(),
            reason="Gift",
            operator=self.manager,
        )
        self._assert_refused(
            'INVALID_AMOUNT',
            self.account._transfer,
            self.other_account,
            {'cash': -5},
            self._key(),
            reason="Gift",
            operator=self.manager,
        )
        self._assert_agrees()

    # === COST === #

    def test_booking_costs_few_statements(self):
        # three of the wallet's own, and one where recharges are invoiced
        move = self._adjust({'cash': 1000}).move_id
        self.account._book('spend', {'cash': -1}, 'warm', origin=self.owner, move=move)
        self.env.flush_all()
        with self.assertQueryCount(4):
            self.account._book('spend', {'cash': -1}, 'cost', origin=self.owner, move=move)
