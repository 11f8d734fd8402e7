from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import WalletCommon


@tagged('post_install', '-at_install')
class TestReservation(WalletCommon):
    """I12: what is held is what open withdrawals and reservations hold."""

    def setUp(self):
        super().setUp()
        self._top_up(100)
        self.account._grant_bonus(30, self._key(), origin=self.owner, days=0)
        self.tx = self.account._create_transaction(50)

    def test_money_is_set_aside(self):
        reservation = self.account._reserve(self.tx, 50)
        self.assertEqual(self._get_balances(), {'cash': 80, 'held': 20, 'bonus_held': 30})
        self.assertEqual((reservation.amount, reservation.bonus), (50, 30))
        self.assertEqual(self._get_owed(), 100)
        self._assert_agrees()
        # what is set aside can not be spent
        with self.assertRaises(WalletError), self.env.cr.savepoint():
            self.account._pay(80.01)
        self.account._pay(80)

    def test_second_call_returns_the_first(self):
        first = self.account._reserve(self.tx, 50)
        self.assertEqual(self.account._reserve(self.tx, 50), first)
        self.assertEqual(self.account.held, 20)

    def test_not_enough(self):
        tx = self.account._create_transaction(130.01)
        with self.assertRaises(WalletError) as raised:
            self.account._reserve(tx, 130.01)
        self.assertEqual(raised.exception.code, 'INSUFFICIENT_FUNDS')
        self.assertEqual(self._get_balances(), {'cash': 100, 'bonus': 30})

    def test_use_pays_with_what_was_set_aside(self):
        reservation = self.account._reserve(self.tx, 50)
        reservation._use()
        self.assertEqual(self.tx.state, 'done')
        self.assertEqual(reservation.state, 'used')
        self.assertEqual(self._get_balances(), {'cash': 80})
        self.assertEqual((self.tx.wallet_cash, self.tx.wallet_bonus), (20, 30))
        reservation._use()
        reservation._release()
        self.assertEqual(self._get_balances(), {'cash': 80})
        self.assertEqual(self._get_owed(), 80)
        self._assert_agrees()
        # and the bonus finds its lot again
        self.tx._refund(50)
        self.assertEqual(self._get_balances(), {'cash': 100, 'bonus': 30})
        self.assertEqual(self.account.lot_ids.remaining, 30)
        self._assert_agrees()

    def test_release_gives_back(self):
        reservation = self.account._reserve(self.tx, 50)
        reservation._release()
        self.assertEqual(self._get_balances(), {'cash': 100, 'bonus': 30})
        self.assertEqual(self.account.lot_ids.remaining, 30)
        self.assertEqual(reservation.state, 'released')
        self.assertEqual(self.tx.state, 'cancel')
        reservation._release()
        with self.assertRaises(WalletError):
            reservation._use()
        self.assertEqual(self._get_balances(), {'cash': 100, 'bonus': 30})
        self._assert_agrees()

    def test_released_after_half_an_hour(self):
        with freeze_time('2026-03-01 10:00:00'):
            reservation = self.account._reserve(self.tx, 50)
        Reservation = self.env['wallet.reservation']
        with freeze_time('2026-03-01 10:29:00'):
            Reservation._cron_release()
            self.assertEqual(reservation.state, 'open')
        with freeze_time('2026-03-01 10:31:00'):
            Reservation._cron_release()
            self.assertEqual(reservation.state, 'released')
            self.assertEqual(self._get_balances(), {'cash': 100, 'bonus': 30})

    def test_frozen_meanwhile(self):
        reservation = self.account._reserve(self.tx, 50)
        self.account._set_frozen(True, "Test")
        reservation._release()
        self.assertEqual(self._get_balances(), {'cash': 100, 'bonus': 30})

    def test_other_amount_than_reserved_is_refused(self):
        self.account._reserve(self.tx, 40)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.account._spend(self.tx)
        self.assertEqual(self.tx.state, 'draft')

    def test_one_that_fails_holds_up_no_other(self):
        with freeze_time('2026-03-01 10:00:00'):
            first = self.account._reserve(self.tx, 50)
            second = self.account._reserve(self.account._create_transaction(10), 10)
        original = self.registry['wallet.reservation']._release

        def _release(reservations):
            if first in reservations:
                raise UserError("Broken")
            return original(reservations)

        self.patch(self.registry['wallet.reservation'], '_release', _release)
        with freeze_time('2026-03-01 11:00:00'), self.assertLogs(level='ERROR'):
            self.env['wallet.reservation']._cron_release()
        self.assertEqual((first.state, second.state), ('open', 'released'))
