from odoo import http
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import WalletSaleCommon


@tagged('post_install', '-at_install')
class TestPortalOrder(WalletSaleCommon, HttpCase):
    """Members pay their orders from the wallet on the portal page of the order."""

    def _login(self, user=None):
        login = (user or self.member).login
        self.authenticate(login, f'{login}-password')

    def _post(self, url, **data):
        csrf = http.Request.csrf_token(self)
        return self.url_open(url, data={'csrf_token': csrf, **data}, allow_redirects=False)

    def _choose(self, amount='', use='1', order=None):
        return self._post(f'/my/orders/{(order or self.order).id}/wallet', amount=amount, use=use)

    def _get_page(self, order=None):
        return self.url_open((order or self.order).get_portal_url()).text

    def _pay(self, amount, provider=None, order=None, **kwargs):
        order = order or self.order
        provider = provider or self.provider
        return self.make_jsonrpc_request(
            f'/my/orders/{order.id}/transaction',
            {
                'access_token': order._portal_ensure_token(),
                'provider_id': provider.id,
                'payment_method_id': provider.payment_method_ids[:1].id,
                'token_id': None,
                'amount': amount,
                'flow': 'redirect',
                'tokenization_requested': False,
                'landing_route': order.get_portal_url(),
                **kwargs,
            },
        )

    def test_part_from_the_wallet(self):
        self._login()
        page = self._get_page()
        self.assertIn("o_wallet_box", page)
        self.assertIn('data-amount="100.0"', page)
        self.assertIn("30.00", page)
        response = self._choose('30')
        self.assertIn('allow_payment=yes', response.headers['Location'])
        page = self._get_page()
        self.assertIn('data-amount="70.0"', page)
        self.assertIn("Left to pay", page)
        values = self._pay(70)
        self.assertEqual(values['amount'], 70)
        self.assertWallet(cash=0, held=30)
        self.env.invalidate_all()
        tx = (
            self.env['payment.transaction'].sudo().search([('reference', '=', values['reference'])])
        )
        self.assertEqual(tx.wallet_part_id.amount, 30)
        self.assertIn("o_wallet_box", self._get_page(), "what is set aside can be used again")
        self._confirm(tx)
        self.assertEqual(self.order.state, 'sale')
        self.assertWallet(cash=0, held=0)
        self.assertBooksAgree()

    def test_all_from_the_wallet(self):
        self._create_wallet(self.customer, cash=200)
        self._login()
        page = self._get_page()
        self.assertIn('data-provider-code="wallet"', page)
        self.assertNotIn('data-provider-code="none"', page)
        self.assertIn("Pay another way", page)
        values = self._pay(100, self.wallet_provider, flow='direct')
        self.assertEqual(values['state'], 'done')
        self.env.invalidate_all()
        self.assertEqual((self.order.state, self.order.amount_paid), ('sale', 100))
        self.assertWallet(cash=130)
        self.assertBooksAgree()

    def test_another_way(self):
        self._create_wallet(self.customer, cash=200)
        self._login()
        self._choose(use='0')
        page = self._get_page()
        self.assertNotIn('data-provider-code="wallet"', page)
        self.assertIn('data-amount="100.0"', page)
        self._pay(100)
        self.assertWallet(cash=230, held=0)

    @mute_logger('odoo.http')
    def test_odd_amounts(self):
        self._login()
        for amount in ('', '-5', '1e1', 'NaN', '30.001', '9' * 14, '<b>'):
            response = self._choose(amount)
            self.assertIn('wallet_error=amount', response.headers['Location'], amount)
        self.env.invalidate_all()
        self.assertFalse(self.order.wallet_amount)
        self._choose('5000')
        self.assertIn('data-amount="70.0"', self._get_page(), "as far as the balance goes")
        self._pay(70)
        self.assertWallet(cash=0, held=30)
        self._choose('10')
        self.assertWallet(cash=30, held=0)
        for amount in (70, 89.99, 1, -90):
            with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
                self._pay(amount)
        self.assertWallet(cash=30, held=0)
        self._pay(100)
        self.assertWallet(cash=30, held=0)

    @mute_logger('odoo.http')
    def test_balance_spent_meanwhile(self):
        self._login()
        self._choose('30')
        self._create_order()._pay_from_wallet(20)
        with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self._pay(70)
        self.assertWallet(cash=10, held=0)

    @mute_logger('odoo.http')
    def test_wallet_of_somebody_else(self):
        order = self._create_order(partner=self.other.partner_id)
        self._create_wallet(self.other.partner_id, cash=500)
        self._login()
        self.assertEqual(self._choose('10', order=order).status_code, 404)
        token = order._portal_ensure_token()
        response = self._post(
            f'/my/orders/{order.id}/wallet', amount='10', use='1', access_token=token
        )
        self.assertEqual(response.status_code, 404)
        page = self.url_open(f'/my/orders/{order.id}?access_token={token}').text
        self.assertNotIn("o_wallet_box", page)
        order._set_wallet_choice(50)
        self.assertTrue(self._pay(100, order=order))
        self.assertWallet(self.env['wallet.account']._get_for(self.other.partner_id), cash=500)

    def test_visitors_see_no_wallet(self):
        self._create_wallet(self.customer, cash=500)
        self.authenticate(None, None)
        self.order._portal_ensure_token()
        page = self._get_page()
        self.assertNotIn("o_wallet_box", page)
        self.assertNotIn("530.00", page)

    def test_switched_off_or_frozen(self):
        self._login()
        self.wallet_provider.sudo().is_published = False
        self.assertNotIn("o_wallet_box", self._get_page())
        self.wallet_provider.sudo().is_published = True
        self.account._set_frozen(True, "Test")
        self.assertNotIn("o_wallet_box", self._get_page())

    def test_rest_of_a_late_payment(self):
        tx = self._create_rest(self.order, 30)
        self._expire_reservations()
        self._create_order()._pay_from_wallet(30)
        self._confirm(tx)
        self._login()
        page = self._get_page()
        self.assertIn('data-amount="30.0"', page)
        self._confirm(
            self.env['payment.transaction']
            .sudo()
            .search([('reference', '=', self._pay(30)['reference'])])
        )
        self.assertEqual((self.order.state, self.order.amount_paid), ('sale', 100))
