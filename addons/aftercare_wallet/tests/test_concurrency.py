import random
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.aftercare_base.tests.common import RaceCase
from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.service.model import retrying
from odoo.tests import tagged

THREADS = 8


class ConcurrencyCase(RaceCase):
    """Real transactions on committed wallets, which are taken away again."""

    context = {'notification_disable': True}

    @classmethod
    def _create_records(cls, env):
        partners = env['res.partner'].create([{'name': f"Racer {i}"} for i in range(3)])
        cls.partner_ids = partners.ids

    @classmethod
    def _delete_records(cls, env):
        cls._forget(env.cr)
        env['res.partner'].browse(cls.partner_ids).unlink()

    @classmethod
    def _forget(cls, cr):
        """Delete the wallets of the test, against the trigger."""
        cr.execute('SELECT id FROM wallet_account WHERE partner_id = ANY(%s)', [cls.partner_ids])
        ids = [row[0] for row in cr.fetchall()]
        cr.execute('ALTER TABLE wallet_entry DISABLE TRIGGER USER')
        cr.execute('DELETE FROM wallet_entry WHERE account_id = ANY(%s)', [ids])
        cr.execute('ALTER TABLE wallet_entry ENABLE TRIGGER USER')
        cr.execute('DELETE FROM wallet_bonus_lot WHERE account_id = ANY(%s)', [ids])
        cr.execute('DELETE FROM wallet_account WHERE id = ANY(%s)', [ids])

    def setUp(self):
        super().setUp()
        # The journal entries have tests of their own.
        self.patch(
            self.registry['wallet.account'],
            '_post_book_move',
            lambda account, *_args: account.env['account.move'],
        )
        self.patch(
            self.registry['wallet.account'],
            '_post_transfer_move',
            lambda account, *_args: account.env['account.move'],
        )

    def _create_account(self, cash=0):
        with self._open_env() as env:
            self._forget(env.cr)
            partner = env['res.partner'].browse(self.partner_ids[0])
            account = env['wallet.account']._get_for(partner)
            if cash:
                account._book('adjust', {'cash': cash}, f'{account.id}:start', origin=partner)
            return account.id


@tagged('post_install', '-at_install')
class TestConcurrency(ConcurrencyCase):
    def _debit(self, account_id, amount, key):
        def debit(env):
            partner = env['res.partner'].browse(self.partner_ids[0])
            account = env['wallet.account'].browse(account_id)
            return account._book('adjust', {'cash': -amount}, key, origin=partner).ids

        return debit

    def test_two_debits_of_the_whole_balance(self):
        account_id = self._create_account(cash=100)
        results, errors, _tries = self._race(
            [self._debit(account_id, 100, f'{account_id}:{name}') for name in 'ab']
        )
        self.assertEqual(len(results), 1)
        self.assertEqual([error.code for error in errors], ['INSUFFICIENT_FUNDS'])
        with self._open_env() as env:
            account = env['wallet.account'].browse(account_id)
            self.assertEqual((account.cash, account.seq), (0, 2))

    def test_same_key_at_once(self):
        account_id = self._create_account(cash=100)
        results, errors, _tries = self._race(
            [self._debit(account_id, 10, f'{account_id}:same') for _time in range(2)]
        )
        self.assertFalse(errors)
        self.assertEqual(results[0], results[1])
        with self._open_env() as env:
            self.assertEqual(env['wallet.account'].browse(account_id).cash, 90)

    def test_one_wallet_when_two_make_it(self):
        def get(env):
            partner = env['res.partner'].browse(self.partner_ids[1])
            return env['wallet.account']._get_for(partner).id

        results, errors, _tries = self._race([get, get])
        self.assertFalse(errors)
        self.assertEqual(len(results), 2)
        self.assertEqual(len(set(results)), 1)

    def test_transfers_against_each_other(self):
        account_id = self._create_account(cash=100)
        with self._open_env() as env:
            partner = env['res.partner'].browse(self.partner_ids[2])
            other = env['wallet.account']._get_for(partner)
            other._book('adjust', {'cash': 100}, f'{other.id}:start', origin=partner)
            other_id = other.id

        def move(source, target, key):
            def transfer(env):
                Account = env['wallet.account']
                return (
                    Account.browse(source)
                    ._transfer(Account.browse(target), {'cash': 70}, key, origin=partner_of(env))
                    .ids
                )

            return transfer

        def partner_of(env):
            return env['res.partner'].browse(self.partner_ids[0])

        results, errors, _tries = self._race(
            [
                move(account_id, other_id, f'{account_id}:there'),
                move(other_id, account_id, f'{account_id}:back'),
            ]
        )
        self.assertFalse(errors)
        self.assertEqual(len(results), 2)
        with self._open_env() as env:
            accounts = env['wallet.account'].browse([account_id, other_id])
            self.assertEqual(accounts.mapped('cash'), [100, 100])


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                'topup',
                'spend',
                'grant',
                'spend_bonus',
                'commission',
                'reversal',
                'to_cash',
                'hold',
                'release',
                'replay',
                'transfer',
            ]
        ),
        st.integers(min_value=1, max_value=12_000),
    ),
    min_size=16,
    max_size=40,
)


@tagged('post_install', '-at_install')
class TestProperties(ConcurrencyCase):
    """Whatever eight customers and colleagues do at once, the book agrees."""

    @settings(
        max_examples=6,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(operations=OPERATIONS)
    def test_random_operations_by_eight_threads(self, operations):
        account_id = self._create_account(cash=50)
        with self._open_env() as env:
            partner = env['res.partner'].browse(self.partner_ids[2])
            other_id = env['wallet.account']._get_for(partner).id
        functions = [
            self._get_worker(account_id, other_id, number, operations[number::THREADS])
            for number in range(THREADS)
        ]
        results, errors, _tries = self._race(functions)
        self.assertFalse(errors)
        self.assertEqual(len(results), THREADS)
        self._check_invariants(account_id, sum(results), other_id)

    def _get_worker(self, account_id, other_id, number, operations):
        """Return a function that does its operations, each in a transaction of its own."""

        def work(_env):
            done = 0
            for index, (operation, cents) in enumerate(operations):
                # not the worker's first transaction, which has an old snapshot
                done += self._do(
                    operation, account_id, other_id, cents / 100, f'{account_id}:{number}:{index}'
                )
            return done

        return work

    def _do(self, operation, account_id, other_id, amount, key):
        """Do one operation, as often as it collides; return how many entries it made."""

        def attempt(env):
            account = env['wallet.account'].browse(account_id)
            partner = env['res.partner'].browse(self.partner_ids[0])
            simple = {
                'topup': ('adjust', {'cash': amount}),
                'spend': ('adjust', {'cash': -amount}),
                'spend_bonus': ('adjust', {'bonus': -amount}),
                'commission': ('commission', {'commission': amount}),
                'reversal': ('commission_reversal', {'commission': -amount}),
                'to_cash': ('commission_to_cash', {'commission': -amount, 'cash': amount}),
                'hold': ('withdraw_hold', {'cash': -amount, 'held': amount}),
                'release': ('withdraw_release', {'cash': amount, 'held': -amount}),
            }
            if operation == 'grant':
                entries = account._grant_bonus(
                    amount, key, origin=partner, days=random.Random(key).choice([0, 5, 50])
                )
            elif operation == 'replay':
                key_start = f'{account_id}:start'
                account._book('adjust', {'cash': amount}, key_start, origin=partner)
                return 0
            elif operation == 'transfer':
                other = env['wallet.account'].browse(other_id)
                account._transfer(other, {'cash': amount}, key, origin=partner)
                return 1
            else:
                kind, amounts = simple[operation]
                entries = account._book(kind, amounts, key, origin=partner)
            return len(entries)

        for _try in range(50):
            try:
                with self._open_env() as env:
                    return retrying(partial(attempt, env), env)
            except WalletError:
                return 0
            except Exception as error:
                if getattr(error, 'pgcode', None) != '40001':
                    raise
        raise AssertionError(f'{operation} found no turn')

    def _check_invariants(self, account_id, entry_count, other_id):
        with self._open_env() as env:
            account = env['wallet.account'].browse(account_id)
            entries = account.entry_ids.sorted('seq')
            self.assertEqual(len(entries), entry_count + 1, "Each effect has its entries.")
            self.assertEqual(entries.mapped('seq'), list(range(1, len(entries) + 1)))
            self.assertEqual(account.seq, len(entries))
            balance = dict.fromkeys(('cash', 'bonus', 'commission', 'held', 'bonus_held'), 0)
            for entry in entries:
                balance[entry.bucket] = round(balance[entry.bucket] + entry.amount, 2)
                self.assertEqual(entry.balance_after, balance[entry.bucket])
                if entry.bucket != 'commission' or entry.kind != 'commission_reversal':
                    self.assertTrue(entry.balance_after >= 0 or entry.amount > 0)
            for bucket, amount in balance.items():
                self.assertEqual(round(account[bucket], 2), amount)
            self.assertEqual(
                round(sum(account.lot_ids.mapped('remaining')), 2), round(account.bonus, 2)
            )
            moved = -sum(entry.amount for entry in entries if entry.kind == 'transfer_out')
            other = env['wallet.account'].browse(other_id)
            self.assertEqual(round(other.cash, 2), round(moved, 2))
            checks = env['wallet.reconciliation']._get_checks()
            for code in ('bucket', 'seq', 'chain', 'lot'):
                lines = [
                    line
                    for line in checks[code](account.company_id)
                    if line['account_id'] in (account_id, other_id)
                ]
                self.assertFalse(lines)
