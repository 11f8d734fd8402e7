from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import WalletCommon


@tagged('post_install', '-at_install')
class TestAccounting(WalletCommon):
    """I6: what customers have is what the company owes, in its books."""

    def _credit(self, amount, account=None):
        return (account or self.account)._book(
            'adjust', {'cash': amount}, self._key(), reason="Test", operator=self.manager
        )

    def test_accounts_and_journals_are_made_once(self):
        company = self.company
        liability = company.wallet_liability_account_id
        self.assertEqual(liability.account_type, 'liability_current')
        self.assertFalse(liability.reconcile)
        self.assertEqual(company.wallet_journal_id.default_account_id, liability)
        self.assertEqual(company.wallet_journal_id.type, 'bank')
        self.assertEqual(company.wallet_entry_journal_id.type, 'general')
        before = self.env['account.account'].search_count([])
        company._ensure_wallet_accounting()
        self.assertEqual(self.env['account.account'].search_count([]), before)
        codes = self.env['account.account'].search(
            [('name', '=', "Customer Prepayments (Wallets)")]
        )
        self.assertEqual(codes.filtered(lambda account: company in account.company_ids), liability)

    def test_nothing_but_the_wallet_uses_its_journal(self):
        lines = self.company.wallet_journal_id.inbound_payment_method_line_ids
        self.assertEqual(lines.mapped('code'), ['wallet'])
        self.assertEqual(lines.payment_account_id, self.company.wallet_liability_account_id)
        self.assertFalse(self.company.wallet_journal_id.outbound_payment_method_line_ids)
        payment = self.env['account.payment'].create(
            {
                'partner_id': self.owner.id,
                'amount': 10,
                'journal_id': self.company.wallet_journal_id.id,
                'payment_method_line_id': lines.id,
            }
        )
        with self.assertRaises(UserError):
            payment.action_post()

    def test_without_a_chart_the_error_is_clear(self):
        bare = self.env['res.company'].create({'name': "Bare Ltd"})
        self.env.user.company_ids += bare
        env = self.env(context=dict(self.env.context, allowed_company_ids=bare.ids))
        account = env['wallet.account']._get_for(self.owner, company=bare)
        with self.assertRaises(WalletError) as raised:
            account._book('adjust', {'cash': 1}, 'bare', origin=self.owner)
        self.assertEqual(raised.exception.code, 'NO_ACCOUNTING')
        self.assertIn("chart of accounts of Bare Ltd", str(raised.exception))
        # a bonus is no debt yet
        account._grant_bonus(5, 'bare', origin=self.owner)
        self.assertEqual(account.bonus, 5)

    def test_entry_has_a_posted_move_of_its_amount(self):
        entry = self._credit(100)
        move = entry.move_id
        self.assertEqual(move.state, 'posted')
        self.assertEqual(
            self._get_lines(move),
            {
                self.company.wallet_liability_account_id: -100,
                self.company.wallet_adjust_account_id: 100,
            },
        )
        self.assertEqual(move.line_ids.partner_id, self.owner)
        self.assertEqual(self._get_owed(), 100)
        self._assert_agrees()

    def test_counterpart_can_be_chosen(self):
        income = self.env['account.account'].search(
            [('account_type', '=', 'income'), ('company_ids', 'in', self.company.ids)], limit=1
        )
        entry = self.account._book(
            'adjust',
            {'cash': 10},
            self._key(),
            reason="Test",
            operator=self.manager,
            counterpart=income,
        )
        self.assertEqual(self._get_lines(entry.move_id)[income], 10)

    def test_commission_is_an_expense_and_a_debt(self):
        entry = self.account._credit_commission(80, self._key(), origin=self.owner)
        self.assertEqual(
            self._get_lines(entry.move_id),
            {
                self.company.wallet_commission_expense_account_id: 80,
                self.company.wallet_commission_account_id: -80,
            },
        )
        entries = self.account._commission_to_cash(30, self._key())
        self.assertEqual(
            self._get_lines(entries.move_id),
            {
                self.company.wallet_commission_account_id: 30,
                self.company.wallet_liability_account_id: -30,
            },
        )
        self.account._book(
            'withdraw_hold', {'commission': -20, 'held': 20}, self._key(), origin=self.owner
        )
        self.assertEqual(self._get_owed(), 50)
        self.assertEqual(self._get_owed(self.company.wallet_commission_account_id), 30)

    def test_money_that_stays_a_debt_needs_no_move(self):
        self._credit(50)
        entries = self.account._book(
            'withdraw_hold', {'cash': -20, 'held': 20}, self._key(), origin=self.owner
        )
        self.assertFalse(entries.move_id)
        self.assertEqual(self._get_owed(), 50)
        # but somebody has to say what is held
        self.assertEqual(set(self._reconcile()), {'held'})

    def test_money_without_a_move_is_refused(self):
        with self.assertRaises(UserError):
            self.account._book('topup', {'cash': 10}, self._key(), origin=self.owner)
        self.assertFalse(self._get_balances())

    def test_own_move_counts(self):
        self._credit(50)
        self.account._book(
            'withdraw_hold', {'cash': -20, 'held': 20}, self._key(), origin=self.owner
        )
        bank = self.gateway.journal_id.default_account_id
        move = self.account._post_move(
            [
                (self.company.wallet_liability_account_id, 20),
                (bank, -18.5),
                (self.company.wallet_fee_account_id, -1.5),
            ],
            "Payout",
        )
        self.account._book(
            'withdraw_paid', {'held': -20}, self._key(), origin=self.owner, move=move
        )
        self.assertEqual(self._get_owed(), 30)
        self._assert_agrees()

    def test_move_of_the_book_can_not_be_changed(self):
        move = self._credit(50).move_id
        with self.assertRaises(UserError):
            move.button_draft()
        with self.assertRaises(UserError):
            move.button_cancel()
        payment = self._top_up(20).payment_id
        with self.assertRaises(UserError):
            payment.action_draft()
        self.assertEqual(move.state, 'posted')

    def test_wallet_in_another_currency(self):
        self.env['res.currency.rate'].create(
            {
                'name': '2020-01-01',
                'rate': 0.3,
                'currency_id': self.euro.id,
                'company_id': self.company.id,
            }
        )
        account = self.Account._get_for(self.owner, self.euro)
        entry = self._credit(10.01, account)
        line = entry.move_id.line_ids.filtered(
            lambda line: line.account_id == self.company.wallet_liability_account_id
        )
        self.assertEqual(line.amount_currency, -10.01)
        self.assertEqual(line.currency_id, self.euro)
        self.assertEqual(line.balance, -33.37)
        self._credit(7)
        self._assert_agrees()

    def test_each_company_has_its_own_book(self):
        second = self._create_company(name="Second", currency_id=self.currency.id)
        self.env.user.company_ids += second
        self.env['account.chart.template'].try_loading(
            'generic_coa', company=second, install_demo=False
        )
        env = self.env(context=dict(self.env.context, allowed_company_ids=second.ids))
        account = env['wallet.account']._get_for(self.owner, company=second)
        self.assertNotEqual(account, self.account)
        entry = account._book('adjust', {'cash': 5}, 'second', origin=self.owner)
        self.assertEqual(entry.move_id.company_id, second)
        self.assertNotEqual(
            second.wallet_liability_account_id, self.company.wallet_liability_account_id
        )
        self.assertFalse(self._get_balances())

    def test_trial_balance_after_a_life(self):
        """Recharge, pay in part with a bonus, refund, commission, payout: it all agrees."""
        tax = self.env['account.tax'].search(
            [('company_id', '=', self.company.id), ('type_tax_use', '=', 'sale')], limit=1
        )
        self.env['wallet.topup.tier'].create({'amount_from': 500, 'bonus': 50})
        self._top_up(500)
        invoice = self._create_invoice(200, tax=tax)
        tx = self._pay_invoice(invoice)
        self.assertEqual(invoice.payment_state, 'paid')
        self.account._refund(tx, 30)
        self.account._credit_commission(40, self._key(), origin=self.owner)
        self.account._commission_to_cash(15, self._key())
        self._top_up(20, self.other_account)
        self._assert_agrees()
        self.assertEqual(
            self._get_owed(),
            round(sum((self.account + self.other_account).mapped('cash')), 2),
        )
        self.assertEqual(self._get_owed(self.company.wallet_commission_account_id), 25)

    def test_reconciled_invoice_has_its_full_tax(self):
        tax = self.env['account.tax'].create(
            {'name': "VAT", 'amount': 15, 'company_id': self.company.id}
        )
        self._top_up(200)
        invoice = self._create_invoice(100, tax=tax)
        self._pay_invoice(invoice)
        self.assertEqual(invoice.amount_total, 115)
        self.assertEqual(invoice.amount_tax, 15)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(invoice.payment_state, 'paid')
        self.assertEqual(self._get_balances(), {'cash': 85})

    def test_provider_turned_on_before_the_chart(self):
        bare = self.env['res.company'].create({'name': "Bare Ltd"})
        provider = self.wallet_provider.copy({'company_id': bare.id})
        with self.assertRaises(WalletError):
            provider.state = 'enabled'

    def test_settings_switch_the_provider(self):
        self.wallet_provider.state = 'disabled'
        settings = self.env['res.config.settings'].create({})
        self.assertFalse(settings.wallet_payment_enabled)
        settings.wallet_payment_enabled = True
        settings.execute()
        self.assertEqual(self.wallet_provider.state, 'enabled')
        self.assertTrue(self.wallet_provider.is_published)
        method = self.wallet_provider.payment_method_ids
        self.assertTrue(method.active)
        self.env['res.config.settings'].create({'wallet_payment_enabled': False}).execute()
        self.assertEqual(self.wallet_provider.state, 'disabled')
        with self.assertRaises(WalletError):
            self.account._pay(1, invoice_ids=[Command.set([])])
