from decimal import Decimal

from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import WalletCommon


@tagged('post_install', '-at_install')
class TestSpend(WalletCommon):
    def _create_tx(self, amount, account=None, **values):
        return (account or self.account)._create_transaction(amount, **values)

    def _get_compatible(self, user, partner, currency=None):
        return (
            self.env['payment.provider']
            .with_user(user)
            .sudo()
            ._get_compatible_providers(
                self.company.id, partner.id, 10, currency_id=(currency or self.currency).id
            )
        )

    # === OFFERED TO WHOM === #

    def test_offered_to_the_owner_who_is_logged_in(self):
        public = self.env.ref('base.public_user')
        for user, partner, is_offered in (
            (self.user_portal, self.customer, True),
            (self.user_portal, self.owner, True),
            (self.user_other, self.customer, False),
            (public, self.customer, False),
            (public, public.partner_id, False),
        ):
            with self.subTest(user=user.login, partner=partner.name):
                offered = self.wallet_provider in self._get_compatible(user, partner)
                self.assertEqual(offered, is_offered)

    def test_offered_in_its_currency(self):
        self.assertNotIn(
            self.wallet_provider, self._get_compatible(self.user_portal, self.customer, self.euro)
        )
        self.Account._get_for(self.customer, self.euro)
        self.assertIn(
            self.wallet_provider, self._get_compatible(self.user_portal, self.customer, self.euro)
        )

    def test_switched_off_like_any_provider(self):
        self.wallet_provider.state = 'disabled'
        self.assertNotIn(
            self.wallet_provider, self._get_compatible(self.user_portal, self.customer)
        )

    def test_form_tells_the_balance(self):
        provider = self.wallet_provider.with_user(self.user_portal).sudo()
        values = provider._get_wallet_form_values(self.customer.id, self.currency, 50)
        self.assertFalse(values['is_enough'])
        self._top_up(60)
        values = provider._get_wallet_form_values(self.customer.id, self.currency, 50)
        self.assertTrue(values['is_enough'])
        self.assertEqual((values['available'], values['left']), (60, 10))
        stranger = self.wallet_provider.with_user(self.user_other).sudo()
        values = stranger._get_wallet_form_values(self.customer.id, self.currency, 50)
        self.assertEqual(values['available'], 0)

    # === PAY === #

    def test_invoice_is_paid_in_full(self):
        self._top_up(150)
        invoice = self._create_invoice(100)
        tx = self._pay_invoice(invoice)
        self.assertEqual(tx.state, 'done')
        self.assertTrue(tx.is_post_processed)
        self.assertEqual(invoice.payment_state, 'paid')
        self.assertEqual(self._get_balances(), {'cash': 50})
        self.assertEqual((tx.wallet_cash, tx.wallet_bonus), (100, 0))
        entry = self.account.entry_ids.sorted('seq')[-1]
        self.assertEqual((entry.kind, entry.amount), ('spend', -100))
        self.assertEqual(entry.reason, invoice.name)
        self.assertEqual(entry.move_id, tx.payment_id.move_id)
        self.assertEqual(self._get_owed(), 50)
        self._assert_agrees()

    def test_customer_pays_on_the_page(self):
        self._top_up(150)
        invoice = self._create_invoice(100)
        tx = self._create_tx(100, operation='online_direct', invoice_ids=[Command.set(invoice.ids)])
        values = tx.with_user(self.user_portal).sudo()._get_processing_values()
        self.assertEqual(values['state'], 'done')
        self.assertEqual(invoice.payment_state, 'paid')

    def test_another_customer_can_not_pay_with_it(self):
        self._top_up(150)
        tx = self._create_tx(100, operation='online_direct')
        for user in (self.user_other, self.env.ref('base.public_user'), self.staff):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                tx.with_user(user).sudo()._get_processing_values()
        self.assertEqual(tx.state, 'draft')
        self.assertEqual(self._get_balances(), {'cash': 150})

    def test_bonus_is_used_first_and_is_a_discount(self):
        self._top_up(100)
        self.account._grant_bonus(30, self._key(), origin=self.owner)
        invoice = self._create_invoice(100)
        tx = self._pay_invoice(invoice)
        self.assertEqual((tx.wallet_cash, tx.wallet_bonus), (70, 30))
        receivable = self.owner.with_company(self.company).property_account_receivable_id
        self.assertEqual(
            self._get_lines(tx.payment_id.move_id),
            {
                self.company.wallet_liability_account_id: 70,
                self.company.wallet_bonus_account_id: 30,
                receivable: -100,
            },
        )
        self.assertEqual(tx.payment_id.amount, 100)
        self.assertEqual(invoice.payment_state, 'paid')
        self.assertEqual(self._get_balances(), {'cash': 30})
        self._assert_agrees()

    def test_bonus_alone(self):
        self.account._grant_bonus(100, self._key(), origin=self.owner)
        invoice = self._create_invoice(100)
        tx = self._pay_invoice(invoice)
        self.assertEqual(invoice.payment_state, 'paid')
        self.assertEqual(
            self._get_lines(tx.payment_id.move_id)[self.company.wallet_bonus_account_id], 100
        )
        self.assertFalse(self._get_balances())
        self._assert_agrees()

    def test_share_of_the_bonus(self):
        self.company.wallet_bonus_percent = 20
        self._top_up(100)
        self.account._grant_bonus(90, self._key(), origin=self.owner)
        self.assertEqual(self.account._get_payable(50), 50)
        self.assertEqual(self.account._get_payable(500), 125)
        tx = self.account._pay(50)
        self.assertEqual((tx.wallet_cash, tx.wallet_bonus), (40, 10))
        self.account._pay(self.account._get_payable(500))
        self.assertEqual(self._get_balances(), {'bonus': 65})
        with self.assertRaises(WalletError) as raised:
            self.account._pay(100)
        self.assertEqual(raised.exception.code, 'INSUFFICIENT_FUNDS')

    def test_expired_bonus_is_not_used(self):
        with freeze_time('2026-03-01'):
            self.account._grant_bonus(90, self._key(), origin=self.owner, days=5)
            self._top_up(100)
        with freeze_time('2026-03-10'):
            tx = self.account._pay(50)
            self.assertEqual((tx.wallet_cash, tx.wallet_bonus), (50, 0))
            self.assertEqual(self._get_balances(), {'cash': 50})

    def test_commission_must_be_moved_first(self):
        self.account._credit_commission(100, self._key(), origin=self.owner)
        with self.assertRaises(WalletError):
            self.account._pay(50)
        self.account._commission_to_cash(50, self._key())
        self.account._pay(50)
        self.assertEqual(self._get_balances(), {'commission': 50})

    # === I9: ALL OR NOTHING === #

    def test_not_enough_leaves_nothing(self):
        self._top_up(60)
        invoice = self._create_invoice(100)
        with self.assertRaises(WalletError) as raised, self.env.cr.savepoint():
            self._pay_invoice(invoice)
        self.assertEqual(raised.exception.code, 'INSUFFICIENT_FUNDS')
        self.assertIn("60.00", str(raised.exception))
        self.assertIn("100.00", str(raised.exception))
        self.assertEqual(self._get_balances(), {'cash': 60})
        self.assertEqual(invoice.payment_state, 'not_paid')
        self.assertFalse(invoice.transaction_ids)

    def test_document_that_fails_costs_nothing(self):
        self._top_up(200)
        invoice = self._create_invoice(100)
        Transaction = self.registry['payment.transaction']

        def fail(transactions):
            raise UserError("The order can not be confirmed.")

        self.patch(Transaction, '_post_process', fail)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._pay_invoice(invoice)
        self.assertEqual(self._get_balances(), {'cash': 200})
        self.assertFalse(invoice.transaction_ids)

    def test_second_click_pays_nothing(self):
        self._top_up(300)
        invoice = self._create_invoice(100)
        self._pay_invoice(invoice)
        with self.assertRaises(WalletError) as raised, self.env.cr.savepoint():
            self.account._pay(100, invoice_ids=[Command.set(invoice.ids)])
        self.assertIn("paid already", str(raised.exception))
        self.assertEqual(self._get_balances(), {'cash': 200})

    def test_same_transaction_pays_once(self):
        self._top_up(300)
        tx = self.account._pay(100)
        for _again in range(3):
            tx._process('wallet', {})
            tx._post_process()
            self.account._spend(tx)
        self.assertEqual(self._get_balances(), {'cash': 200})

    def test_invoice_made_after_the_payment_is_paid(self):
        self._top_up(300)
        tx = self.account._pay(100)
        invoice = self.env['account.move'].create(
            {
                'move_type': 'out_invoice',
                'partner_id': self.owner.id,
                'company_id': self.company.id,
                'invoice_date': '2026-03-02',
                'transaction_ids': [Command.set(tx.ids)],
                'invoice_line_ids': [
                    Command.create({'name': "Later", 'price_unit': 100, 'tax_ids': False})
                ],
            }
        )
        invoice.action_post()
        self.assertEqual(invoice.payment_state, 'paid')

    def test_frozen_wallet_does_not_pay(self):
        self._top_up(300)
        self.account._set_frozen(True, "Test")
        with self.assertRaises(WalletError) as raised, self.env.cr.savepoint():
            self.account._pay(100)
        self.assertEqual(raised.exception.code, 'FROZEN')
        values = (
            self.wallet_provider.with_user(self.user_portal)
            .sudo()
            ._get_wallet_form_values(self.customer.id, self.currency, 10)
        )
        self.assertTrue(values['is_frozen'])
        self.assertFalse(values['is_enough'])

    def test_payment_in_another_currency_is_refused(self):
        self._top_up(300)
        with self.assertRaises(WalletError) as raised, self.env.cr.savepoint():
            self.account._pay(10, currency_id=self.euro.id)
        self.assertEqual(raised.exception.code, 'WRONG_CURRENCY')

    def test_invoice_in_another_currency_is_refused(self):
        self._top_up(300)
        invoice = self._create_invoice(10, currency_id=self.euro.id)
        with self.assertRaises(WalletError) as raised, self.env.cr.savepoint():
            self.account._pay(10, invoice_ids=[Command.set(invoice.ids)])
        self.assertEqual(raised.exception.code, 'WRONG_CURRENCY')

    def test_wallet_of_somebody_else_is_refused(self):
        tx = self._create_tx(10)
        with self.assertRaises(WalletError):
            self.other_account._spend(tx)

    def test_low_balance_is_told_once(self):
        self.company.wallet_low_balance = 50
        self._top_up(100)
        for amount in (40, 20, 10):
            self.account._pay(amount)
        logs = self.env['notification.log'].search(
            [
                ('event_id.code', '=', 'wallet_low_balance'),
                ('channel', '=', 'mail'),
                ('res_id', '=', self.account.id),
            ]
        )
        self.assertEqual(len(logs), 1)
        self.assertIn('40.00', logs.extra['amount'])

    # === I11: REFUNDS === #

    def test_refund_goes_back_to_the_wallet(self):
        self._top_up(100)
        self.account._grant_bonus(30, self._key(), origin=self.owner)
        invoice = self._create_invoice(100)
        tx = self._pay_invoice(invoice)
        credit = self._create_move('out_refund', 40, self.owner, reversed_entry_id=invoice.id)
        refund = tx._refund(40)
        self.assertEqual(refund.state, 'done')
        self.assertEqual(refund.source_transaction_id, tx)
        self.assertEqual((refund.wallet_cash, refund.wallet_bonus), (28, 12))
        self.assertEqual(self._get_balances(), {'cash': 58, 'bonus': 12})
        self.assertEqual(credit.payment_state, 'paid')
        self.assertEqual(self.account.lot_ids.remaining, 12)
        self._assert_agrees()

    def test_refunds_in_parts_add_up(self):
        self._top_up(100)
        self.account._grant_bonus(33.33, self._key(), origin=self.owner)
        tx = self.account._pay(100)
        for amount in (33.34, 0.01, 33.32, 33.33):
            tx._refund(amount)
        self.assertEqual(self._get_balances(), {'cash': 100, 'bonus': 33.33})
        with self.assertRaises(ValidationError):
            tx._refund(0.01)
        self._assert_agrees()

    def test_never_more_than_was_paid(self):
        self._top_up(100)
        tx = self.account._pay(50)
        for amount in (50.01, -5, 0.0, 1e9):
            with self.subTest(amount=amount), self.assertRaises(ValidationError):
                tx._create_child_transaction(amount, is_refund=True)
        tx._refund(50)
        with self.assertRaises(ValidationError):
            tx._refund(1)
        self.assertEqual(self._get_balances(), {'cash': 100})

    def test_refund_wizard_of_the_payment(self):
        self._top_up(100)
        tx = self.account._pay(50)
        self.assertEqual(tx.payment_id.amount_available_for_refund, 50)
        wizard = (
            self.env['payment.refund.wizard']
            .with_context(active_id=tx.payment_id.id)
            .create({'amount_to_refund': 20})
        )
        wizard.action_refund()
        self.assertEqual(self._get_balances(), {'cash': 70})
        tx.payment_id.invalidate_recordset()
        self.assertEqual(tx.payment_id.amount_available_for_refund, 30)

    def test_bonus_that_comes_back_can_be_used(self):
        with freeze_time('2026-03-01'):
            self.account._grant_bonus(50, self._key(), origin=self.owner, days=10)
            tx = self.account._pay(50)
        with freeze_time('2026-04-01'):
            tx._refund(50)
            self.assertEqual(str(self.account.lot_ids.date_expiry), '2026-05-01')
            self.Account._cron_expire_bonus()
            self.assertEqual(self._get_balances(), {'bonus': 50})
        with freeze_time('2026-05-02'):
            self.Account._cron_expire_bonus()
            self.assertFalse(self._get_balances())
        self._assert_agrees()

    def test_card_payment_is_refunded_to_the_wallet(self):
        invoice = self._create_invoice(100)
        tx = self.env['payment.transaction'].create(
            {
                'provider_id': self.gateway.id,
                'payment_method_id': self.gateway.payment_method_ids.id,
                'amount': 100,
                'currency_id': self.currency.id,
                'partner_id': self.customer.id,
                'operation': 'online_redirect',
                'invoice_ids': [Command.set(invoice.ids)],
            }
        )
        tx._set_done()
        tx._post_process()
        credit = self._create_move('out_refund', 30, self.owner, reversed_entry_id=invoice.id)
        wizard = self.env['wallet.refund'].with_user(self.manager).create({'transaction_id': tx.id})
        self.assertEqual(wizard.amount, 100)
        wizard.amount = 30
        wizard.action_apply()
        self.assertEqual(self._get_balances(), {'cash': 30})
        self.assertEqual(credit.payment_state, 'paid')
        self.assertEqual(self._get_owed(), 30)
        with self.assertRaises(ValidationError):
            self.account._refund(tx, 70.01)
        self.account._refund(tx, 70)
        self.assertEqual(self._get_balances(), {'cash': 100})
        self._assert_agrees()

    def test_split_is_exact(self):
        self._top_up(20)
        self.account._grant_bonus(0.07, self._key(), origin=self.owner)
        self.assertEqual(self.account._split_payment(20.07), (Decimal('20.00'), Decimal('0.07')))
        self.assertEqual(self.account._get_payable(100), 20.07)
        self.assertEqual(self.account._get_payable(100, bonus_limit=0), 20)
        for amount in (0, -1, float('nan')):
            with self.subTest(amount=amount), self.assertRaises(WalletError):
                self.account._split_payment(amount)

    def test_manager_pays_an_invoice_from_the_wallet(self):
        accountant = self._create_user(
            'wallet_accountant',
            'account.group_account_invoice,aftercare_wallet.aftercare_wallet_group_manager',
            "Accountant",
        )
        clerk = self._create_user('wallet_clerk', 'account.group_account_invoice', "Clerk")
        invoice = self._create_invoice(100)
        self.assertEqual(invoice.with_user(accountant).wallet_payable, 0)
        with self.assertRaises(UserError):
            invoice.with_user(accountant).action_pay_from_wallet()
        self._top_up(60)
        with self.assertRaises(AccessError):
            invoice.with_user(clerk).action_pay_from_wallet()
        invoice.invalidate_recordset()
        invoice.with_user(accountant).action_pay_from_wallet()
        self.assertEqual(invoice.amount_residual, 40)
        self.assertFalse(self._get_balances())
        self._top_up(60)
        invoice.invalidate_recordset()
        invoice.with_user(accountant).action_pay_from_wallet()
        self.assertEqual(invoice.payment_state, 'paid')
        self.assertEqual(self._get_balances(), {'cash': 20})
        self._assert_agrees()
