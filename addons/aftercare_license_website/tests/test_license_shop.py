from odoo import http
from odoo.addons.aftercare_license_sale.tests.common import LicenseSaleCommon
from odoo.tests import HttpCase, JsonRpcException, freeze_time, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestLicenseShop(LicenseSaleCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env['website'].search([], limit=1)
        cls.website.user_id.sudo().company_ids = cls.env.company
        cls.products.write({'is_published': True, 'website_id': False, 'sale_ok': True})
        cls.template = cls.product_annual.product_tmpl_id
        country = cls.env.ref('base.be')
        cls.customer.write(
            {
                'street': "Rue 1",
                'city': "Brussels",
                'zip': "1000",
                'country_id': country.id,
                'phone': "+3225551234",
            }
        )
        cls.dummy_provider.write({'is_published': True, 'state': 'test'})

    def _rpc(self, url, **params):
        return self.make_jsonrpc_request(url, params)

    def _add(self, product=None, **params):
        product = product or self.product_annual
        return self._rpc(
            '/shop/cart/add',
            product_template_id=product.product_tmpl_id.id,
            product_id=product.id,
            **{'quantity': 1, **params},
        )

    def _get_cart(self, partner=None):
        self.env.invalidate_all()
        return self.env['sale.order'].search(
            [
                ('partner_id', '=', (partner or self.customer).id),
                ('website_id', '!=', False),
            ],
            order='id desc',
            limit=1,
        )

    def _pay_cart(self, order):
        """Start the payment as the payment page does, and let the provider say that it is done."""
        self.url_open('/shop/checkout')
        self._rpc(
            f'/shop/payment/transaction/{order.id}',
            provider_id=self.dummy_provider.id,
            payment_method_id=self.payment_method_id,
            token_id=None,
            flow='direct',
            tokenization_requested=False,
            landing_route='/shop/payment/validate',
            access_token=order._portal_ensure_token(),
            amount=order.amount_total,
        )
        tx = order.transaction_ids
        for _number in range(5):
            tx._set_done()
            tx._post_process()

    # === BUYING === #
    def test_buy_as_a_portal_customer(self):
        self.authenticate('license_portal', 'license_portal')
        self._add(license_domain="https://www.Shop-Example.com/de")
        order = self._get_cart()
        self.assertEqual(order.order_line.license_domain_normalized, 'shop-example.com')
        cart = self.url_open('/shop/cart').text
        self.assertIn("o_shop_license_input", cart)
        self.assertIn("Shop-Example.com", cart)
        self._pay_cart(order)
        license = order.license_ids
        self.assertEqual(len(license), 1)
        self.assertEqual((license.state, license.domain), ('active', 'shop-example.com'))
        self.url_open('/shop/payment/validate')
        page = self.url_open('/shop/confirmation').text
        self.assertIn("Your licence is ready", page)
        self.assertIn(f'/my/licenses/{license.id}', page)

    def test_product_page_asks_for_the_domain(self):
        page = self.url_open(self.template.website_url).text
        self.assertIn("o_shop_license_input", page)
        page = self.url_open(self.product_service.product_tmpl_id.website_url).text
        self.assertNotIn("o_shop_license_input", page)

    def test_sales_volume_on_page_and_list(self):
        self.template.sales_volume = 1128
        self.template.public_categ_ids = self.env['product.public.category'].create(
            {
                'name': "Test child",
                'parent_id': self.env['product.public.category'].create({'name': "Test top"}).id,
            }
        )
        for url in (self.template.website_url, f'/shop?search={self.template.name}'):
            page = self.url_open(url).text
            self.assertIn("o_sales_volume", page)
            self.assertIn("1,128", page)
        page = self.url_open('/shop?order=sales_volume+desc').text
        self.assertIn("Best Sellers", page)
        slug = self.env['ir.http']._slug(self.template.public_categ_ids)
        self.assertIn(self.template.name, self.url_open(f'/shop/category/{slug}').text)

    def test_bad_domain_does_not_get_into_the_cart(self):
        self.authenticate('license_portal', 'license_portal')
        with mute_logger('odoo.http'), self.assertRaises(JsonRpcException):
            self._add(license_domain="github.io")
        self.assertFalse(self._get_cart().order_line)

    def test_other_domain_is_another_line(self):
        self.authenticate('license_portal', 'license_portal')
        self._add(license_domain="a.example.com")
        self._add(license_domain="b.example.com")
        self._add(license_domain="a.example.com")
        self.assertEqual(
            self._get_cart().order_line.mapped('product_uom_qty'),
            [2.0, 1.0],
        )

    # === PREVIEW === #
    def test_preview(self):
        self._create_license('taken.example.com', partner=self.other_customer)

        def preview(text, **params):
            return self._rpc(
                '/shop/license/preview', product_id=self.product_annual.id, text=text, **params
            )

        good = preview("https://www.müller.de/x")
        self.assertEqual(good['hosts'], [{'name': 'xn--mller-kva.de', 'display': 'müller.de'}])
        self.assertFalse(good['error'])
        self.assertTrue(good['warnings'])
        self.assertIn("ending under which", preview("co.uk")['error'])
        taken = preview("taken.example.com")['error']
        self.assertIn("please contact us", taken)
        self.assertNotIn("Other", taken)
        self.assertIn("2 domains", preview("a.com\nb.com")['error'])
        self.assertFalse(preview("a.com\nb.com", quantity=2)['error'])
        self.assertFalse(self._get_cart())

    def test_preview_of_hidden_products_is_refused(self):
        self.template.is_published = False
        with self.assertRaises(JsonRpcException):
            self._rpc('/shop/license/preview', product_id=self.product_annual.id, text="a.com")

    # === CART === #
    def test_domain_is_edited_in_the_cart_until_payment(self):
        self.authenticate('license_portal', 'license_portal')
        self._add()
        order = self._get_cart()
        line = order.order_line
        answer = self._rpc('/shop/license/domain', line_id=line.id, text="ex_ample.com")
        self.assertIn("underscore", answer['error'])
        self.assertFalse(line.license_domain)
        answer = self._rpc('/shop/license/domain', line_id=line.id, text="www.example.com")
        self.assertFalse(answer['error'])
        self.assertEqual(self._get_cart().order_line.license_domain_normalized, 'example.com')
        self._pay_cart(order)
        with self.assertRaises(JsonRpcException):
            self._rpc('/shop/license/domain', line_id=line.id, text="late.example.com")
        self.assertEqual(order.license_ids.domain, 'example.com')

    def test_line_of_another_cart_is_refused(self):
        self.authenticate('license_other', 'license_other')
        self._add(license_domain="theirs.example.com")
        line = self._get_cart(self.other_customer).order_line
        self.authenticate('license_portal', 'license_portal')
        self._add()
        for line_id in (line.id, 0, 999999999):
            with self.assertRaises(JsonRpcException):
                self._rpc('/shop/license/domain', line_id=line_id, text="mine.example.com")
        self.env.invalidate_all()
        self.assertEqual(line.license_domain, "theirs.example.com")

    def test_checkout_wants_the_domain_that_the_policy_needs(self):
        self.authenticate('license_portal', 'license_portal')
        self._add()
        order = self._get_cart()
        response = self.url_open('/shop/checkout', allow_redirects=False)
        self.assertTrue(response.headers['Location'].endswith('/shop/cart'))
        self.assertIn("Test SEO: please enter the domain", self.url_open('/shop/cart').text)
        with mute_logger('odoo.http'), self.assertRaises(JsonRpcException):
            self._pay_cart(order)
        self.assertFalse(order.transaction_ids)
        self._rpc('/shop/license/domain', line_id=order.order_line.id, text="example.com")
        response = self.url_open('/shop/checkout', allow_redirects=False)
        self.assertNotIn('/shop/cart', response.headers.get('Location', ''))

    def test_checkout_notices_a_domain_taken_meanwhile(self):
        self.authenticate('license_portal', 'license_portal')
        self._add(license_domain="example.com")
        self._create_license('example.com', partner=self.other_customer)
        response = self.url_open('/shop/checkout', allow_redirects=False)
        self.assertTrue(response.headers['Location'].endswith('/shop/cart'))

    def test_domain_may_wait_where_the_first_use_binds(self):
        self.policy_annual.allow_first_activation = True
        self.authenticate('license_portal', 'license_portal')
        self._add()
        order = self._get_cart()
        self._pay_cart(order)
        self.assertEqual(order.license_ids.state, 'active')
        self.assertFalse(order.license_ids.domain)

    # === RENEWAL === #
    def test_renewal_goes_through_the_cart(self):
        with freeze_time('2026-06-15 08:00:00'):
            license = self._create_license('example.com')
        end = license.date_expiry
        self.authenticate('license_portal', 'license_portal')
        self._add(license_domain="second.example.com")
        url = f'/my/licenses/{license.id}/renew'
        for terms in ('1', '2'):
            response = self.url_open(
                url,
                data={'csrf_token': http.Request.csrf_token(self), 'terms': terms},
                allow_redirects=False,
            )
            self.assertTrue(response.headers['Location'].endswith('/shop/cart'))
        order = self._get_cart()
        renewal = order.order_line.filtered('license_id')
        self.assertEqual((renewal.product_uom_qty, renewal.price_unit), (2.0, 60.0))
        self.assertEqual(len(order.order_line), 2)
        self.assertIn(license.name, self.url_open('/shop/cart').text)
        self._pay_cart(order)
        self.assertEqual(license.date_expiry.year, end.year + 2)
        self.assertEqual(len(order.license_ids), 1)
        page = self.url_open('/shop/confirmation').text
        self.assertIn(f'/my/licenses/{license.id}', page)

    def test_license_of_another_customer_is_refused(self):
        license = self._create_license('example.com')
        self.authenticate('license_other', 'license_other')
        response = self.url_open(
            f'/my/licenses/{license.id}/renew',
            data={'csrf_token': http.Request.csrf_token(self), 'terms': '1'},
        )
        self.assertEqual(response.status_code, 404)
        with mute_logger('odoo.http'), self.assertRaises(JsonRpcException):
            self._add(license_id=license.id)
        self.assertFalse(self._get_cart(self.other_customer).order_line)

    def test_signed_link_of_somebody_else_pays_an_order_of_its_own(self):
        license = self._create_license('example.com')
        self.authenticate('license_other', 'license_other')
        response = self.url_open(
            f'/my/licenses/{license.id}/renew',
            data={
                'csrf_token': http.Request.csrf_token(self),
                'terms': '1',
                'token': license._sign_renewal(),
            },
            allow_redirects=False,
        )
        self.assertIn('/my/orders/', response.headers['Location'])
        self.assertFalse(self._get_cart(self.other_customer))
        self.env.invalidate_all()
        self.assertEqual(license.renewal_line_ids.order_id.partner_id, self.customer)
