from odoo import http
from odoo.tests import HttpCase, freeze_time, tagged

from .common import LicenseSaleCommon


@tagged('post_install', '-at_install')
class TestPortalRenew(LicenseSaleCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time('2026-06-15 08:00:00'):
            cls.license = cls._create_license('example.com')
        cls.url = f'/my/licenses/{cls.license.id}/renew'

    def _post(self, **data):
        csrf = http.Request.csrf_token(self)
        return self.url_open(self.url, data={'csrf_token': csrf, **data}, allow_redirects=False)

    def _get_orders(self):
        self.env.invalidate_all()
        return self.license.renewal_line_ids.order_id

    def test_owner_renews(self):
        self.authenticate('license_portal', 'license_portal')
        page = self.url_open(self.url).text
        self.assertIn("60.00", page)
        self.assertIn("24 months", page)
        self.assertFalse(self._get_orders(), "looking changes nothing")
        self._post(terms='2')
        order = self._get_orders()
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(self._post(terms='nonsense').status_code, 303)
        self.assertEqual(self._get_orders(), order)
        self.assertEqual(order.order_line.product_uom_qty, 1)

    def test_other_customer_is_refused(self):
        self.authenticate('license_other', 'license_other')
        self.assertEqual(self.url_open(self.url).status_code, 404)
        self.assertEqual(self._post(terms='1').status_code, 404)
        self.assertFalse(self._get_orders())

    def test_visitor_is_asked_to_log_in(self):
        self.authenticate(None, None)
        response = self.url_open(self.url, allow_redirects=False)
        self.assertIn('/web/login', response.headers['Location'])

    def test_signed_link_of_a_mail_needs_no_login(self):
        self.authenticate(None, None)
        token = self.license._sign_renewal()
        self.assertIn(token, self.license._get_renewal_url())
        self.assertIn("Test SEO", self.url_open(f'{self.url}?token={token}').text)
        response = self._post(terms='1', token=token)
        order = self._get_orders()
        self.assertIn(f'/my/orders/{order.id}?access_token=', response.headers['Location'])
        payment_page = self.url_open(order.get_portal_url())
        self.assertEqual(payment_page.status_code, 200)
        self.assertIn("o_sale_portal_paynow", payment_page.text)

    def test_link_of_another_license_is_refused(self):
        other = self._create_license('other.example.com', partner=self.other_customer)
        self.authenticate(None, None)
        for token in (other._sign_renewal(), self.license._sign_renewal()[:-4] + 'AAAA', 'x'):
            response = self.url_open(f'{self.url}?token={token}', allow_redirects=False)
            self.assertIn('/web/login', response.headers['Location'])

    def test_link_ends_with_the_ownership(self):
        token = self.license._sign_renewal()
        self.license._transfer(self.other_customer, "Sold")
        self.authenticate(None, None)
        response = self.url_open(f'{self.url}?token={token}', allow_redirects=False)
        self.assertIn('/web/login', response.headers['Location'])

    def test_revoked_license_says_so(self):
        self.license._revoke("Fraud")
        self.authenticate('license_portal', 'license_portal')
        self.assertIn("can not be renewed here", self.url_open(self.url).text)
        self.assertIn("can not be renewed", self._post(terms='1').text)
        self.assertFalse(self._get_orders())
