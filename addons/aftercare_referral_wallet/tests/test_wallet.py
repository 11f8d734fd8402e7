from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.aftercare_referral_account.tests.common import ReferralAccountCommon
from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger


class ReferralWalletCommon(ReferralAccountCommon):
    """The same with wallets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.levels = 1
        cls.company.write(
            {
                'wallet_withdraw_min': 100,
                'wallet_withdraw_fee_percent': 2,
                'wallet_withdraw_fee_min': 1,
                'wallet_withdraw_daily': 0,
                'wallet_withdraw_approval_limit': 0,
                'wallet_payee_cooling_hours': 0,
            }
        )
        cls.company._ensure_wallet_accounting()
        provider = cls.company._get_wallet_provider() or cls.company._create_wallet_provider()
        provider.write({'state': 'enabled', 'is_published': True})
        cls.Account = cls.env['wallet.account'].sudo()
        cls.bob_wallet = cls.Account._get_for(cls.bob, company=cls.company)
        cls.carl_wallet = cls.Account._get_for(cls.carl, company=cls.company)
        cls.wallet_manager = cls._create_user(
            'referral_wallet', 'aftercare_wallet.aftercare_wallet_group_manager', "Wallet Manager"
        )

    def _earn(self, amount, release='2026-04-10'):
        """Let Bob earn 20 % of a sale, and let its hold pass."""
        invoice = self._invoice(amount)
        self._pay(invoice)
        with freeze_time(release):
            self._release()
        return self._get_commissions(invoice)

    def _create_payee(self, partner, number='6222 0210 0111 6245 702'):
        payee = (
            self.env['wallet.payee']
            .sudo()
            .create(
                {
                    'partner_id': partner.id,
                    'company_id': self.company.id,
                    'kind': 'bank',
                    'holder': partner.name,
                    'number': number,
                    'bank_name': "Test Bank",
                }
            )
        )
        payee.write({'changed_at': fields.Datetime.now() - timedelta(days=2), 'is_verified': True})
        return payee

    def _withdraw(self, amount):
        withdrawal = self.env['wallet.withdrawal']._create_request(
            self.bob_wallet, amount, self._create_payee(self.bob)
        )
        withdrawal.with_user(self.wallet_manager).action_approve()
        withdrawal._mark_paid("Bank 1")
        return withdrawal


@tagged('post_install', '-at_install')
@freeze_time('2026-03-01 10:00:00')
class TestWallet(ReferralWalletCommon):
    # === CREDIT === #
    def test_due_commission_is_credited_once(self):
        invoice = self._invoice(1000)
        self._pay(invoice)
        commission = self._get_commissions(invoice)
        self.assertEqual(self.bob_wallet.commission, 0.0, "held is not there yet")
        with freeze_time('2026-04-10'):
            self._release()
            self._release()
            commission._credit()
            self.Commission._cron_credit()
        self.bob_wallet.invalidate_recordset()
        self.assertEqual((commission.state, self.bob_wallet.commission), ('due', 200.0))
        entry = self.bob_wallet.entry_ids
        self.assertEqual((entry.kind, entry.amount), ('commission', 200.0))
        self.assertEqual((entry.res_model, entry.res_id), (commission._name, commission.id))
        self.assertEqual(entry.move_id.state, 'posted')

    def test_many_are_credited_by_the_scheduled_action(self):
        for number in range(25):
            self._book(10, key=f'many,{number}')
        with freeze_time('2026-04-10'):
            self._release()
            self.assertEqual(self.bob_wallet.commission, 0.0)
            self.Commission._cron_credit()
        self.bob_wallet.invalidate_recordset()
        self.assertEqual(self.bob_wallet.commission, 50.0)
        self.assertEqual(len(self.bob_wallet.entry_ids), 25)

    @mute_logger('odoo.addons.aftercare_referral_wallet.models.referral_commission')
    def test_one_that_fails_holds_up_no_other(self):
        first, second = self._book(100, key='a'), self._book(100, key='b')
        credit = type(self.Commission)._credit_one

        def fail(commission):
            if commission == first:
                raise ValueError
            return credit(commission)

        with freeze_time('2026-04-10'), patch.object(type(self.Commission), '_credit_one', fail):
            self._release()
        self.bob_wallet.invalidate_recordset()
        self.assertEqual(self.bob_wallet.commission, 20.0)
        self.assertEqual(
            (bool(first.wallet_credit_date), bool(second.wallet_credit_date)), (False, True)
        )
        self.Commission._cron_credit()
        self.bob_wallet.invalidate_recordset()
        self.assertEqual(self.bob_wallet.commission, 40.0)

    # === THE WORKED EXAMPLES === #
    def test_example_5_share_of_real_money(self):
        operator = self.env.ref('base.user_admin')
        self.carl_wallet._book('adjust', {'cash': 300}, 'test:cash', reason="x", operator=operator)
        self.carl_wallet._grant_bonus(100, 'test:bonus', reason="x", operator=operator)
        invoice = self._invoice(1000)
        self._pay(invoice, 600)
        self.carl_wallet._pay(400, invoice_ids=[Command.set(invoice.ids)])
        self.assertIn(invoice.payment_state, ('paid', 'in_payment'))
        commission = self._get_commissions(invoice)
        self.assertEqual((commission.base, commission.amount), (900.0, 180.0))
        self.assertAlmostEqual(commission.share, 0.9)

    def test_example_6_recharge(self):
        tx_values = {'is_wallet_topup': True, 'wallet_account_id': self.carl_wallet.id}
        self.assertTrue(tx_values)
        operator = self.env.ref('base.user_admin')
        self.carl_wallet._book('adjust', {'cash': 500}, 'test:cash', reason="x", operator=operator)
        self.assertFalse(self.Commission.search([('beneficiary_id', '=', self.bob.id)]))
        invoice = self._invoice(500)
        self.carl_wallet._pay(500, invoice_ids=[Command.set(invoice.ids)])
        self.assertEqual(self._get_amounts(invoice), [100.0], "earned when it is spent")

    def test_example_8_refund_during_the_hold_leaves_the_wallet_alone(self):
        invoice = self._invoice(1000)
        self._pay(invoice)
        self._credit(invoice)
        with freeze_time('2026-04-10'):
            self._release()
        self.assertEqual(self._get_commissions(invoice).state, 'void')
        self.assertFalse(self.bob_wallet.entry_ids)

    def test_example_9_refund_after_the_withdrawal(self):
        first = self._earn(1000)
        with freeze_time('2026-04-11'):
            self._withdraw(200)
            self.assertEqual(first.state, 'paid')
        self._earn(400)
        self.bob_wallet.invalidate_recordset()
        self.assertEqual(self.bob_wallet.commission, 80.0)
        with freeze_time('2026-04-15'):
            self._credit(first.source_move_id)
            self.bob_wallet.invalidate_recordset()
            self.assertEqual(first.reversal_ids.amount, -200.0)
            self.assertEqual(self.bob_wallet.commission, -120.0)
            with self.assertRaises(WalletError):
                self._withdraw(100)
        self._earn(1000, release='2026-05-10')
        self.bob_wallet.invalidate_recordset()
        self.assertEqual(self.bob_wallet.commission, 80.0, "what he earns next makes up for it")
        overview = self.bob._get_referral_overview()[self.bob.id]
        self.assertEqual(
            {name: overview[name] for name in ('earned', 'reversed', 'due', 'paid', 'fees')},
            {'earned': 480.0, 'reversed': 200.0, 'due': 80.0, 'paid': 200.0, 'fees': 4.0},
        )

    def test_debt_is_written_off(self):
        first = self._earn(1000)
        with freeze_time('2026-04-15'):
            self._withdraw(200)
            self._credit(first.source_move_id)
            self.Commission.with_company(self.company)._write_off(self.bob, "Goodwill")
        self.bob_wallet.invalidate_recordset()
        self.assertEqual(self.bob_wallet.commission, 0.0)

    def test_example_15_withdrawals(self):
        self._earn(910)
        self.bob_wallet.invalidate_recordset()
        self.assertEqual(self.bob_wallet.commission, 182.0)
        with freeze_time('2026-04-11'):
            withdrawal = self._withdraw(150)
            self.assertEqual((withdrawal.fee, withdrawal.net_amount), (3.0, 147.0))
            self.bob_wallet.invalidate_recordset()
            self.assertEqual(self.bob_wallet.commission, 32.0)
            for amount, code in ((32, 'BELOW_MINIMUM'), (200, 'INSUFFICIENT_FUNDS')):
                with self.assertRaises(WalletError) as caught, self.cr.savepoint():
                    self._withdraw(amount)
                self.assertEqual(caught.exception.code, code)

    # === PAID === #
    def test_oldest_commissions_are_paid_first(self):
        first, second, third = (self._earn(amount) for amount in (500, 500, 1000))
        with freeze_time('2026-04-12'):
            self._withdraw(150)
            self.assertEqual([c.state for c in (first, second, third)], ['paid', 'due', 'due'])
            self._withdraw(100)
        self.assertEqual([c.state for c in (first, second, third)], ['paid', 'paid', 'due'])
        overview = self.bob._get_referral_overview()[self.bob.id]
        self.assertEqual((overview['due'], overview['paid']), (150.0, 250.0))

    def test_commission_moved_to_the_balance_is_paid(self):
        commission = self._earn(1000)
        with freeze_time('2026-04-12'):
            self.bob_wallet._commission_to_cash(200, 'test:move')
        self.assertEqual((commission.state, self.bob_wallet.cash), ('paid', 200.0))

    def test_statement_is_credited(self):
        self._earn(1000)
        statement = self.env['referral.statement']._make(
            self.company, fields.Date.to_date('2026-04-01'), fields.Date.to_date('2026-04-30')
        )
        statement._confirm()
        self.assertEqual((statement.state, statement.total), ('credited', 200.0))

    # === SIGNALS === #
    def test_same_withdrawal_account(self):
        self._create_payee(self.bob, '6222 0000 1111 2222')
        self._create_payee(self.carl, '6222-0000-1111-2222')
        invoice = self._invoice(1000)
        self._pay(invoice)
        commission = self._get_commissions(invoice)
        self.assertEqual((commission.state, commission.void_code), ('void', 'SELF_REFERRAL'))


@tagged('post_install', '-at_install')
class TestWalletPortal(ReferralWalletCommon, HttpCase):
    def test_way_to_the_wallet(self):
        with freeze_time('2026-03-01'):
            commission = self._book(1000)
        with freeze_time('2026-04-10'):
            self._release()
        self.assertTrue(commission.wallet_credit_date)
        self.authenticate('referral_bob', 'referral_bob')
        page = self.url_open('/my/referral').text
        self.assertIn('href="/my/wallet"', page)
        self.assertIn('/my/wallet/withdraw', page)
