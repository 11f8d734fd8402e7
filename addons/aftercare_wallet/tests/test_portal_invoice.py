from odoo import http
from odoo.tests import HttpCase, tagged

from .common import WalletCommon


@tagged('post_install', '-at_install')
class TestPortalInvoice(WalletCommon, HttpCase):
    """Customers pay a part of an invoice from the wallet, and the rest another way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ir.config_parameter'].sudo().set_param(
            'account_payment.enable_portal_payment', 'True'
        )
        for user in (cls.user_portal, cls.user_other):
            user.password = f'{user.login}-password'
        cls._top_up(30)
        cls.invoice = cls._create_invoice(100)

    def _login(self, user=None):
        login = (user or self.user_portal).login
        self.authenticate(login, f'{login}-password')

    def _get_page(self):
        return self.url_open(self.invoice.get_portal_url()).text

    def _post(self, amount, residual='100.00', **data):
        csrf = http.Request.csrf_token(self)
        response = self.url_open(
            f'/my/invoices/{self.invoice.id}/wallet',
            data={'csrf_token': csrf, 'amount': amount, 'residual': residual, **data},
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return response

    def test_part_now_and_the_rest_later(self):
        self._login()
        page = self._get_page()
        self.assertIn("Pay this part now", page)
        self.assertIn('value="30.00"', page)
        self.assertIn('wallet_paid=1', self._post('30.00').headers['Location'])
        self.assertEqual(self.invoice.amount_residual, 70)
        self.assertEqual(self.invoice.payment_state, 'partial')
        self.assertEqual(self._get_balances(), {})
        self.assertNotIn("Pay this part now", self._get_page())
        self._assert_agrees()

    def test_second_click_pays_nothing(self):
        self._login()
        self._post('10')
        self.assertIn('wallet_error=NOT_POSSIBLE', self._post('10').headers['Location'])
        self.assertEqual(self.invoice.amount_residual, 90)
        self._post('10', residual='90.00')
        self.assertEqual(self.invoice.amount_residual, 80)

    def test_odd_amounts(self):
        self._login()
        for amount in ('', '0', '-10', '1e1', 'NaN', '10.001', '9' * 13):
            location = self._post(amount).headers['Location']
            self.assertIn('wallet_error=INVALID_AMOUNT', location, amount)
        location = self._post('30.01').headers['Location']
        self.assertIn('wallet_error=INSUFFICIENT_FUNDS', location)
        self.assertEqual(self.invoice.amount_residual, 100)
        self.assertEqual(self._get_balances(), {'cash': 30})

    def test_wallet_that_pays_everything_is_a_method(self):
        self._top_up(100)
        self._login()
        self.assertNotIn("Pay this part now", self._get_page())

    def test_bonus_has_its_share(self):
        self.company.wallet_bonus_percent = 50
        self.account._grant_bonus(100, self._key(), reason="Test", operator=self.manager)
        self._login()
        self.assertIn('value="60.00"', self._get_page())
        self._post('60')
        self.assertEqual(self.invoice.amount_residual, 40)
        self.assertEqual(self._get_balances(), {'bonus': 70})
        self._assert_agrees()

    def test_invoice_of_somebody_else(self):
        self._login(self.user_other)
        self._top_up(50, self.other_account)
        token = self.invoice._portal_ensure_token()
        self.assertEqual(self._post('10').status_code, 404)
        self.assertEqual(self._post('10', access_token=token).status_code, 404)
        self.assertNotIn("Pay this part now", self._get_page())
        self.assertEqual(self.invoice.amount_residual, 100)
