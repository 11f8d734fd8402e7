from odoo import http
from odoo.addons.aftercare_wallet_sale.tests.common import WalletSaleCommon
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestCheckout(WalletSaleCommon, HttpCase):
    """Members use their balance at the checkout of the shop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env['website'].sudo().search([], limit=1)
        cls.website.company_id = cls.company
        cls.website.user_id.write(
            {'company_ids': [(4, cls.company.id)], 'company_id': cls.company.id}
        )
        cls.service.website_published = True
        cls.cart = cls._create_cart()

    @classmethod
    def _create_cart(cls, partner=None):
        return cls._create_order(
            partner=partner, website_id=cls.website.id, state='draft', company_id=cls.company.id
        )

    def _login(self, user=None):
        login = (user or self.member).login
        self.authenticate(login, f'{login}-password')

    def _choose(self, amount='', use='1'):
        csrf = http.Request.csrf_token(self)
        return self.url_open(
            '/shop/payment/wallet',
            data={'csrf_token': csrf, 'amount': amount, 'use': use},
            allow_redirects=False,
        )

    def _get_page(self):
        self.url_open('/shop/checkout')  # the step before, which knows the cart afterwards
        return self.url_open('/shop/payment').text

    def _pay(self, amount, provider=None, **kwargs):
        provider = provider or self.provider
        return self.make_jsonrpc_request(
            f'/shop/payment/transaction/{self.cart.id}',
            {
                'access_token': self.cart._portal_ensure_token(),
                'provider_id': provider.id,
                'payment_method_id': provider.payment_method_ids[:1].id,
                'token_id': None,
                'amount': amount,
                'flow': 'redirect',
                'tokenization_requested': False,
                'landing_route': '/shop/payment/validate',
                **kwargs,
            },
        )

    def _find(self, values):
        self.env.invalidate_all()
        return (
            self.env['payment.transaction'].sudo().search([('reference', '=', values['reference'])])
        )

    def test_part_from_the_wallet(self):
        self._login()
        page = self._get_page()
        self.assertIn("o_wallet_box", page)
        self.assertIn('data-amount="100.0"', page)
        self.assertNotIn('data-provider-code="wallet"', page)
        self.assertEqual(
            self._choose('30').headers['Location'].rsplit('/', 2)[-2:], ['shop', 'payment']
        )
        page = self._get_page()
        self.assertIn('data-amount="70.0"', page)
        self.assertIn("o_order_wallet_rest", page)
        values = self._pay(70)
        self.assertEqual(values['amount'], 70)
        self.assertWallet(cash=0, held=30)
        tx = self._find(values)
        self.assertEqual((tx.amount, tx.wallet_part_id.amount), (70, 30))
        tx._set_done()
        self.env.flush_all()
        self.make_jsonrpc_request('/payment/status/poll', {})
        self.env.invalidate_all()
        self.assertEqual((self.cart.state, self.cart.amount_paid), ('sale', 100))
        self.assertWallet(cash=0, held=0)
        self.assertBooksAgree()
        confirmation = self.url_open('/shop/payment/validate')
        self.assertIn('/shop/confirmation', confirmation.url)
        self.assertIn("from your balance", confirmation.text)
        self.assertNotIn("can not be confirmed", confirmation.text)

    def test_order_invoiced_in_parts_is_shown(self):
        self.env['ir.config_parameter'].set_param('sale.automatic_invoice', 'True')
        self.env.ref('base.group_user').implied_ids += self.env.ref('uom.group_uom')
        self.cart.require_payment = False  # the first part confirms the order
        self._login()
        self._choose('30')
        self._get_page()
        self._find(self._pay(70))._set_done()
        self.env.flush_all()
        self.make_jsonrpc_request('/payment/status/poll', {})
        self.env.invalidate_all()
        self.assertTrue(self.cart.order_line.filtered('is_downpayment'))
        confirmation = self.url_open('/shop/payment/validate')
        self.assertEqual(confirmation.status_code, 200)
        self.assertIn(self.cart.name, confirmation.text)
        self.assertNotIn("Down Payment", confirmation.text)

    def test_confirmation_of_a_late_payment(self):
        self._login()
        self._choose('30')
        self._get_page()
        tx = self._find(self._pay(70))
        self._expire_reservations(self.cart)
        self._create_order()._pay_from_wallet(30)
        self._confirm(tx)
        page = self.url_open('/shop/payment/validate').text
        self.assertIn("left to pay", page)
        self.assertIn("30.00", page)
        self.assertIn(f'/my/orders/{self.cart.id}', page)
        self.env.invalidate_all()
        self.assertEqual((self.cart.state, self.cart.amount_paid), ('sent', 70))

    def test_everything_with_one_click(self):
        self._create_wallet(self.customer, cash=90)
        self._login()
        page = self._get_page()
        self.assertIn('data-provider-code="wallet"', page)
        self.assertNotIn('data-provider-code="none"', page)
        values = self._pay(100, self.wallet_provider, flow='direct')
        self.assertEqual(values['state'], 'done')
        self.env.invalidate_all()
        self.assertEqual((self.cart.state, self.cart.amount_paid), ('sale', 100))
        self.assertWallet(cash=20)
        self.assertBooksAgree()
        self.assertIn('/shop/confirmation', self.url_open('/shop/payment/validate').url)

    def test_another_way(self):
        self._create_wallet(self.customer, cash=90)
        self._login()
        self._choose(use='0')
        page = self._get_page()
        self.assertIn('data-amount="100.0"', page)
        self.assertNotIn('data-provider-code="wallet"', page)
        self.assertEqual(self._pay(100)['amount'], 100)
        self.assertWallet(cash=120, held=0)

    @mute_logger('odoo.http')
    def test_amounts_are_checked(self):
        self._login()
        self._choose('30')
        for amount in (100, 69.99, 70.01, -70, 1):
            with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
                self._pay(amount)
        self.assertWallet(cash=30, held=0)
        for amount in ('x', '-1', '30.999', '1e1'):
            self.assertIn('wallet_error=amount', self._choose(amount).headers['Location'])
        self._choose(use='0')
        with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self._pay(70)

    @mute_logger('odoo.http')
    def test_cart_changed_after_the_choice(self):
        self._login()
        self._choose('30')
        self.cart.order_line.product_uom_qty = 2
        with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self._pay(70)
        self.assertEqual(self._pay(170)['amount'], 170)
        self.assertWallet(cash=0, held=30)

    def test_customer_comes_back_and_pays_again(self):
        self._login()
        self._choose('30')
        first = self._find(self._pay(70))
        page = self._get_page()
        self.assertIn('data-amount="70.0"', page, "what is set aside is still his")
        second = self._find(self._pay(70))
        self.assertEqual(first.wallet_part_id.state, 'cancel')
        self.assertWallet(cash=0, held=30)
        self._confirm(second)
        self.assertWallet(cash=0, held=0)

    @mute_logger('odoo.http')
    def test_cart_of_somebody_else(self):
        self._create_wallet(self.customer, cash=500)
        self._login(self.other)
        self.assertIn('/shop/cart', self._choose('30').headers['Location'])
        self.env.invalidate_all()
        self.assertFalse(self.cart.wallet_amount)
        # who has the link pays, but not from the wallet of the customer
        self.cart._set_wallet_choice(30)
        self.assertEqual(self._pay(100)['amount'], 100)
        self.assertWallet(cash=530, held=0)

    def test_visitors_have_no_wallet(self):
        self.authenticate(None, None)
        self.assertIn('/web/login', self._choose('30').headers['Location'])
