from odoo.tests import tagged

from .test_concurrency import ConcurrencyCase


@tagged('post_install', '-at_install')
class TestWithdrawalConcurrency(ConcurrencyCase):
    """Two requests at once do not take the same money twice."""

    @classmethod
    def _forget(cls, cr):
        cr.execute('SELECT id FROM wallet_withdrawal WHERE partner_id = ANY(%s)', [cls.partner_ids])
        ids = [row[0] for row in cr.fetchall()]
        cr.execute(
            "DELETE FROM mail_message WHERE model = 'wallet.withdrawal' AND res_id = ANY(%s)",
            [ids],
        )
        cr.execute('DELETE FROM wallet_withdrawal WHERE id = ANY(%s)', [ids])
        cr.execute('SELECT id FROM wallet_payee WHERE partner_id = ANY(%s)', [cls.partner_ids])
        payee_ids = [row[0] for row in cr.fetchall()]
        cr.execute(
            "DELETE FROM mail_message WHERE model = 'wallet.payee' AND res_id = ANY(%s)",
            [payee_ids],
        )
        cr.execute('DELETE FROM wallet_payee WHERE id = ANY(%s)', [payee_ids])
        return super()._forget(cr)

    def _prepare(self, commission):
        """Return the ids of a wallet and a payee."""
        account_id = self._create_account()
        with self._open_env() as env:
            account = env['wallet.account'].browse(account_id)
            partner = account.partner_id
            account._book(
                'commission', {'commission': commission}, f'{account_id}:due', origin=partner
            )
            payee = env['wallet.payee'].create(
                {
                    'partner_id': partner.id,
                    'company_id': account.company_id.id,
                    'kind': 'alipay',
                    'holder': "Racer",
                    'number': 'racer@example.com',
                }
            )
            payee.changed_at = '2020-01-01 00:00:00'
            return account_id, payee.id

    def _ask(self, account_id, payee_id, amount):
        def ask(env):
            return (
                env['wallet.withdrawal']
                ._create_request(
                    env['wallet.account'].browse(account_id),
                    amount,
                    env['wallet.payee'].browse(payee_id),
                )
                .id
            )

        return ask

    def test_two_requests_of_more_than_there_is(self):
        """Due 182.00: of two requests for 150 at once one is accepted."""
        account_id, payee_id = self._prepare(182)
        results, errors, _tries = self._race([self._ask(account_id, payee_id, 150)] * 2)
        self.assertEqual(len(results), 1)
        self.assertEqual([error.code for error in errors], ['INSUFFICIENT_FUNDS'])
        with self._open_env() as env:
            account = env['wallet.account'].browse(account_id)
            self.assertEqual((account.commission, account.held), (32, 150))

    def test_two_requests_that_fit(self):
        account_id, payee_id = self._prepare(300)
        results, errors, _tries = self._race([self._ask(account_id, payee_id, 150)] * 2)
        self.assertFalse(errors)
        self.assertEqual(len(set(results)), 2)
        with self._open_env() as env:
            account = env['wallet.account'].browse(account_id)
            self.assertEqual((account.commission, account.held), (0, 300))

    def test_cancelled_by_one_and_rejected_by_the_other(self):
        account_id, payee_id = self._prepare(150)
        with self._open_env() as env:
            withdrawal_id = self._ask(account_id, payee_id, 150)(env)

        def cancel(env):
            env['wallet.withdrawal'].browse(withdrawal_id)._cancel()
            return 'cancelled'

        def reject(env):
            env['wallet.withdrawal'].browse(withdrawal_id)._reject("Test")
            return 'rejected'

        results, errors, _tries = self._race([cancel, reject])
        self.assertEqual(len(results), 1)
        self.assertEqual([error.code for error in errors], ['BAD_STATE'])
        with self._open_env() as env:
            account = env['wallet.account'].browse(account_id)
            self.assertEqual((account.commission, account.held), (150, 0))
            self.assertEqual(env['wallet.withdrawal'].browse(withdrawal_id).state, results[0])
