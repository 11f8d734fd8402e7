from odoo import http
from odoo.addons.aftercare_wallet.tests.common import WalletCommon
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged


class InvoiceWalletCommon(WalletCommon):
    """Recharges, payments from the wallet, and what can be invoiced of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Source = cls.env['invoice.source']
        cls.company.write({'invoice_request_moment': 'consumption', 'wallet_bonus_percent': 100})
        cls.env['wallet.topup.tier'].search([]).unlink()
        cls.title = cls.env['invoice.title'].create(
            {
                'partner_id': cls.customer.id,
                'name': "Lan Ltd",
                'email': 'office@lan.example.com',
            }
        )

    def _find(self):
        """Return dict of model → what can be invoiced."""
        found = {}
        for each in self.Source._find_documents(self.customer, self.company):
            model = each['document']._name
            found[model] = found.get(model, 0.0) + each['amount_left']
        return found

    def _ask(self, *documents):
        return self.env['invoice.request']._request_documents(
            self.customer,
            list(documents),
            {'title_id': self.title.id, 'kind': 'electronic_normal'},
        )

    def _spend(self, amount):
        invoice = self._create_invoice(amount)
        return invoice, self._pay_invoice(invoice)


@tagged('post_install', '-at_install')
class TestInvoiceWallet(InvoiceWalletCommon):
    # === CONSUMPTION === #

    def test_consumption_is_invoiced(self):
        tx = self._top_up(100)
        self.assertEqual(self._find(), {})
        self.assertFalse(tx.is_recharge_invoiced)
        self._spend(60)
        self.assertEqual(self._find(), {'account.move': 60.0})

    def test_a_recharge_can_not_be_asked_for_then(self):
        tx = self._top_up(100)
        with self.assertRaises(UserError):
            self._ask(tx)

    # === RECHARGE === #

    def test_the_recharge_is_invoiced(self):
        self.company.invoice_request_moment = 'recharge'
        tx = self._top_up(100)
        self.assertEqual(self._find(), {'payment.transaction': 100.0})
        self.assertEqual(self.account.recharge_cash, 100)
        self._spend(60)
        self.assertEqual(self._find(), {'payment.transaction': 100.0}, "Not what it pays for.")
        request = self._ask(tx)
        self.assertEqual(request.amount, 100.0)
        self.assertIn(tx.reference, request.document_names)
        self.assertEqual(self._find(), {})

    def test_what_no_recharge_has_brought_is_invoiced_when_spent(self):
        self.company.invoice_request_moment = 'recharge'
        self.account._credit_commission(50, self._key(), reason="Test", operator=self.manager)
        self.account._commission_to_cash(50, self._key())
        self._top_up(30)
        invoice, payment = self._spend(80)
        self.assertEqual(payment.wallet_recharge_cash, 30)
        self.assertEqual(self._find(), {'payment.transaction': 30.0, 'account.move': 50.0})
        self.assertEqual(self._ask(invoice).amount, 50.0)

    # === NEVER BOTH === #

    def test_the_setting_changes_to_recharge(self):
        self._top_up(100)
        self.company.invoice_request_moment = 'recharge'
        self._top_up(40)
        self._spend(140)
        self.assertEqual(self._find(), {'payment.transaction': 40.0, 'account.move': 100.0})

    def test_the_setting_changes_to_consumption(self):
        self.company.invoice_request_moment = 'recharge'
        self._top_up(100)
        self.company.invoice_request_moment = 'consumption'
        self._top_up(40)
        self._spend(140)
        self.assertEqual(self._find(), {'payment.transaction': 100.0, 'account.move': 40.0})

    def test_the_sum_is_what_was_paid_whatever_the_order(self):
        for moment, amount in (('recharge', 50), ('consumption', 70), ('recharge', 30)):
            self.company.invoice_request_moment = moment
            self._top_up(amount)
            self._spend(40)
        self._spend(30)
        self.assertEqual(sum(self._find().values()), 150.0)

    # === BONUS === #

    def test_bonus_is_never_invoiced(self):
        for moment in ('consumption', 'recharge'):
            with self.subTest(moment=moment):
                self.company.invoice_request_moment = moment
                before = sum(self._find().values())
                self.account._grant_bonus(20, self._key(), reason="Welcome", origin=self.company)
                self._top_up(80)
                self._spend(100)
                self.assertEqual(sum(self._find().values()) - before, 80.0)

    # === REFUNDS === #

    def test_a_refunded_recharge(self):
        self.company.invoice_request_moment = 'recharge'
        tx = self._top_up(100)
        request = self._ask(tx)
        tx._charge_back_wallet(40)
        self.assertEqual(request.amount, 60.0)
        self.assertEqual(self.account.recharge_cash, 60)
        tx._charge_back_wallet(60)
        self.assertEqual(request.state, 'cancelled')
        self.assertEqual(self.account.recharge_cash, 0)

    def test_a_refund_to_the_wallet_keeps_where_it_is_invoiced(self):
        self.company.invoice_request_moment = 'recharge'
        self._top_up(60)
        self.company.invoice_request_moment = 'consumption'
        self._top_up(40)
        _invoice, payment = self._spend(100)
        self.assertEqual(self._find(), {'payment.transaction': 60.0, 'account.move': 40.0})
        self.account._refund(payment, 50)
        self.assertEqual(self.account.recharge_cash, 30)
        self._spend(50)
        self.assertEqual(sum(self._find().values()), 100.0)

    def test_wallets_that_are_joined(self):
        self.company.invoice_request_moment = 'recharge'
        self._top_up(60)
        self.account._transfer(
            self.other_account, {'cash': 50}, self._key(), reason="Test", operator=self.manager
        )
        self.account.invalidate_recordset()
        self.assertEqual((self.account.recharge_cash, self.other_account.recharge_cash), (10, 50))

    def test_an_adjustment_leaves_no_more_than_there_is(self):
        self.company.invoice_request_moment = 'recharge'
        self._top_up(60)
        self.account._book(
            'adjust', {'cash': -40}, self._key(), reason="Test", operator=self.manager
        )
        self.assertEqual(self.account.recharge_cash, 20)

    def test_the_same_key_counts_once(self):
        self.company.invoice_request_moment = 'recharge'
        tx = self._top_up(60)
        self.account._topup(tx)
        self.assertEqual(self.account.recharge_cash, 60)


@tagged('post_install', '-at_install')
class TestInvoiceWalletPortal(InvoiceWalletCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.authenticate('wallet_portal', 'wallet_portal')
        lang = self.env['res.lang']._activate_lang('en_US')
        if 'website' in self.env:
            self.env['website'].search([]).language_ids += lang
        self.opener.cookies['frontend_lang'] = 'en_US'

    def test_a_member_asks_for_the_invoice_of_a_recharge(self):
        self.company.invoice_request_moment = 'recharge'
        tx = self._top_up(100)
        foreign = self._top_up(70, self.other_account)
        self.assertIn('/my/invoice-requests/new', self.url_open('/my/wallet').text)
        page = self.url_open('/my/invoice-requests/new').text
        self.assertIn(f'payment.transaction,{tx.id}"', page)
        self.assertNotIn(f'payment.transaction,{foreign.id}"', page)
        data = {
            'csrf_token': http.Request.csrf_token(self),
            'title_id': str(self.title.id),
            'kind': 'electronic_normal',
            'email': 'lan@example.com',
        }
        response = self.url_open(
            '/my/invoice-requests/new',
            data=data | {'document': f'payment.transaction,{foreign.id}'},
        )
        self.assertIn("can not be invoiced any more", response.text)
        response = self.url_open(
            '/my/invoice-requests/new', data=data | {'document': f'payment.transaction,{tx.id}'}
        )
        self.assertIn('done=submitted', response.url)
        request = self.env['invoice.request'].search([('partner_id', '=', self.customer.id)])
        self.assertEqual(request.amount, 100.0)
