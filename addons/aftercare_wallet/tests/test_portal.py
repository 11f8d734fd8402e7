import json

from odoo import http
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import hmac

from .common import WalletCommon


@tagged('post_install', '-at_install')
class TestPortal(WalletCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lang = cls.env['res.lang']._activate_lang('en_US')
        if 'website' in cls.env:
            websites = cls.env['website'].search([])
            websites.language_ids += lang
            websites.company_id = cls.company
        cls._top_up(500)
        cls._top_up(77, cls.other_account)

    def setUp(self):
        super().setUp()
        self.authenticate('wallet_portal', 'wallet_portal')
        self.opener.cookies['frontend_lang'] = 'en_US'

    def _rpc(self, url, **params):
        response = self.url_open(
            url,
            data=json.dumps({'jsonrpc': '2.0', 'method': 'call', 'params': params}),
            headers={'Content-Type': 'application/json'},
        )
        return response.json()

    def _get_token(self, *values):
        text = '|'.join(str(value) for value in values)
        return hmac(self.env(su=True), 'generate_access_token', text)

    def _create_recharge(self, amount=100.0, token=None, **params):
        return self._rpc(
            '/my/wallet/recharge/transaction',
            **{
                'provider_id': self.gateway.id,
                'payment_method_id': self.gateway.payment_method_ids.id,
                'token_id': None,
                'amount': amount,
                'flow': 'redirect',
                'tokenization_requested': False,
                'landing_route': '/my/wallet',
                'is_validation': False,
                'access_token': token
                or self._get_token(self.customer.id, float(amount), self.currency.id),
                'csrf_token': http.Request.csrf_token(self),
                **params,
            },
        )

    # === WALLET === #

    def test_home_leads_to_the_wallet(self):
        self.assertIn('/my/wallet', self.url_open('/my').text)
        counters = self._rpc('/my/counters', counters=['wallet_count'])
        self.assertEqual(counters['result']['wallet_count'], 1)

    def test_page_shows_own_money_only(self):
        response = self.url_open('/my/wallet')
        self.assertEqual(response.status_code, 200)
        self.assertIn('no-store', response.headers['Cache-Control'])
        self.assertIn('500.00', response.text)
        self.assertNotIn('77.00', response.text)
        self.assertIn('name="wallet_actions"', response.text)
        self.assertIn('name="wallet_sections"', response.text)
        page = self.url_open(f'/my/wallet?account={self.other_account.id}').text
        self.assertNotIn('77.00', page)
        self.assertIn('500.00', page)

    def test_login_is_needed(self):
        self.authenticate(None, None)
        for url in ('/my/wallet', '/my/wallet/recharge'):
            with self.subTest(url=url):
                self.assertIn('/web/login', self.url_open(url).url)

    def test_customer_without_a_wallet(self):
        user = self._create_user('wallet_fresh', 'base.group_portal', "Fresh")
        self.authenticate('wallet_fresh', 'wallet_fresh')
        page = self.url_open('/my/wallet')
        self.assertEqual(page.status_code, 200)
        self.assertIn("Nothing has happened yet", page.text)
        self.assertFalse(self.Account._get_for(user.partner_id, create=False))

    def test_book_filters_and_searches(self):
        invoice = self._create_invoice(20)
        self._pay_invoice(invoice)
        self.account._grant_bonus(5, self._key(), origin=self.owner, reason="Welcome")
        for query, shown, hidden in (
            ('', "TOPUP", None),
            ('filterby=spend', invoice.name, "Welcome"),
            ('filterby=bonus', "Welcome", invoice.name),
            ('filterby=topup', 'o_wallet_entry ', invoice.name),
            ('search=welcome', "Welcome", invoice.name),
            (f'search={invoice.name}', invoice.name, "Welcome"),
            ('filterby=nonsense', "Welcome", None),
            ('filterby=withdraw', "Nothing of this kind yet", invoice.name),
        ):
            with self.subTest(query=query):
                page = self.url_open(f'/my/wallet?{query}').text
                if shown != "TOPUP":
                    self.assertIn(shown, page)
                if hidden:
                    self.assertNotIn(hidden, page)
        for query in ('search=%00', 'search=%25_', f"search={'x' * 5000}", 'account=1e9', 'tx=x'):
            with self.subTest(query=query):
                self.assertEqual(self.url_open(f'/my/wallet?{query}').status_code, 200)
        page = self.url_open('/my/wallet?search=<script>').text
        self.assertNotIn('<script>”', page)

    def test_pages_of_the_book(self):
        move = self.account.entry_ids.move_id
        for index in range(45):
            self.account._book('adjust', {'cash': 1}, f'page:{index}', origin=self.owner, move=move)
        counts = [
            self.url_open(f'/my/wallet/page/{page}').text.count('o_wallet_entry ')
            for page in (1, 2, 3, 4)
        ]
        self.assertEqual(counts, [20, 20, 6, 6])
        page = self.url_open('/my/wallet/page/3?filterby=topup').text
        self.assertEqual(page.count('o_wallet_entry '), 1)

    def test_frozen_wallet_says_so(self):
        self.account._set_frozen(True, "Test")
        self.assertIn("Your wallet is frozen", self.url_open('/my/wallet').text)

    @freeze_time('2026-03-01')
    def test_expiring_bonus(self):
        self.account._grant_bonus(33, self._key(), origin=self.owner, days=9)
        page = self.url_open('/my/wallet').text
        self.assertIn('33.00', page)
        self.assertIn('03/10/2026', page)

    # === RECHARGE === #

    def test_recharge_page(self):
        self.env['wallet.topup.tier'].create({'amount_from': 200, 'bonus': 15})
        page = self.url_open('/my/wallet/recharge').text
        self.assertIn('amount=200.00', page)
        self.assertIn('15.00', page)
        self.assertNotIn('o_payment_form', page)
        page = self.url_open('/my/wallet/recharge?amount=250').text
        self.assertIn('id="o_payment_form"', page)
        self.assertIn('data-transaction-route="/my/wallet/recharge/transaction"', page)
        self.assertIn('data-provider-code="none"', page)
        self.assertNotIn('data-provider-code="wallet"', page)

    def test_recharge_page_refuses_what_is_no_amount(self):
        for amount in ('5', '99999', 'abc', '-50', '1e3', '0', '10.001', 'nan', '', '%00'):
            with self.subTest(amount=amount):
                response = self.url_open(f'/my/wallet/recharge?amount={amount}')
                self.assertEqual(response.status_code, 200)
                self.assertNotIn('id="o_payment_form"', response.text)
        self.assertIn("at least", self.url_open('/my/wallet/recharge?amount=5').text)

    def test_recharge(self):
        result = self._create_recharge(100)['result']
        tx = self.env['payment.transaction'].search([('reference', '=', result['reference'])])
        self.assertTrue(tx.is_wallet_topup)
        self.assertEqual(tx.wallet_account_id, self.account)
        self.assertEqual((tx.amount, tx.state), (100, 'draft'))
        self.assertTrue(tx.reference.startswith('TOPUP-'))
        page = self.url_open(tx.landing_route).text
        self.assertNotIn("are in your wallet", page)
        tx._set_pending()
        self.assertIn("under way", self.url_open(tx.landing_route).text)
        tx._set_done()
        tx._post_process()
        page = self.url_open(tx.landing_route).text
        self.assertIn("are in your wallet", page)
        self.assertIn('600.00', page)

    def test_recharge_of_somebody_else_is_not_shown(self):
        tx = self._top_up(5, self.other_account)
        page = self.url_open(f'/my/wallet?tx={tx.id}').text
        self.assertNotIn("are in your wallet", page)

    @mute_logger('odoo.http')
    def test_forged_recharge_is_refused(self):
        count = self.env['payment.transaction'].search_count([])
        good = self._get_token(self.customer.id, 100.0, self.currency.id)
        for params in (
            {'token': 'x'},
            {'amount': 1000.0, 'token': good},
            {'token': self._get_token(self.other.id, 100.0, self.currency.id)},
            {'amount': 5.0},
            {'amount': 6000.0},
            {'amount': -100.0},
            {'amount': float('nan')},
            {'partner_id': self.other.id},
            {'currency_id': self.euro.id},
            {'wallet_account_id': self.other_account.id},
            {
                'provider_id': self.wallet_provider.id,
                'payment_method_id': self.wallet_provider.payment_method_ids.id,
            },
        ):
            with self.subTest(params=params):
                self.assertIn('error', self._create_recharge(**params))
        self.assertEqual(self.env['payment.transaction'].search_count([]), count)

    # === PAY === #

    def _pay(self, invoice, **params):
        return self._rpc(
            f'/invoice/transaction/{invoice.id}',
            **{
                'provider_id': self.wallet_provider.id,
                'payment_method_id': self.wallet_provider.payment_method_ids.id,
                'token_id': None,
                'amount': invoice.amount_residual,
                'flow': 'direct',
                'tokenization_requested': False,
                'landing_route': invoice.get_portal_url(),
                'is_validation': False,
                'access_token': invoice._portal_ensure_token(),
                'csrf_token': http.Request.csrf_token(self),
                **params,
            },
        )

    def test_portal_invoice_is_paid_from_the_wallet(self):
        self.env['ir.config_parameter'].set_param('account_payment.enable_portal_payment', 'True')
        invoice = self._create_invoice(120)
        page = self.url_open(invoice.get_portal_url()).text
        self.assertIn('data-provider-code="wallet"', page)
        self.assertIn('data-is-enough', page)
        result = self._pay(invoice)['result']
        self.assertEqual(result['state'], 'done')
        self.assertEqual(invoice.payment_state, 'paid')
        self.assertEqual(self._get_balances(), {'cash': 380})
        self.assertIn('380.00', self.url_open('/my/wallet').text)

    @mute_logger('odoo.http')
    def test_insufficient_wallet_says_so(self):
        self.env['ir.config_parameter'].set_param('account_payment.enable_portal_payment', 'True')
        invoice = self._create_invoice(500.01)
        page = self.url_open(invoice.get_portal_url()).text
        self.assertNotIn('data-is-enough', page)
        form = self.env['ir.qweb']._render(
            'aftercare_wallet.payment_inline_form',
            {
                'provider_sudo': self.wallet_provider.with_user(self.user_portal).sudo(),
                'partner_id': self.customer.id,
                'currency': self.currency,
                'amount': 500.01,
            },
        )
        self.assertIn("is not enough for this payment", form)
        self.assertIn('/my/wallet/recharge', form)
        error = self._pay(invoice)['error']
        self.assertIn("500.00", error['data']['message'])
        self.assertEqual(invoice.payment_state, 'not_paid')
        self.assertFalse(invoice.transaction_ids)

    @mute_logger('odoo.http')
    def test_visitor_with_a_link_can_not_pay_from_the_wallet(self):
        self.env['ir.config_parameter'].set_param('account_payment.enable_portal_payment', 'True')
        invoice = self._create_invoice(120)
        self.authenticate(None, None)
        page = self.url_open(invoice.get_portal_url()).text
        self.assertNotIn('data-provider-code="wallet"', page)
        self.assertIn('error', self._pay(invoice))
        self.authenticate('wallet_other', 'wallet_other')
        self.other_account._book('adjust', {'bonus': 500}, self._key(), origin=self.owner)
        self.assertEqual(self._get_balances(), {'cash': 500})

    def test_cost_does_not_grow_with_the_book(self):
        self.url_open('/my/wallet')
        move = self.account.entry_ids.move_id
        self.env.cr.execute('SELECT 1')
        for index in range(100):
            self.account._book('adjust', {'cash': 1}, f'cost:{index}', origin=self.owner, move=move)
        Entry = self.env['wallet.entry'].with_user(self.user_portal)
        top = self.account.seq
        Entry.search([('account_id', '=', self.account.id), ('seq', '>', top - 20)])
        with self.assertQueryCount(2):
            Entry.search(
                [
                    ('account_id', '=', self.account.id),
                    ('seq', '<=', top),
                    ('seq', '>', top - 20),
                ],
                order='seq desc',
            ).mapped('reason')
