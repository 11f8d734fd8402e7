from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged, users

from .common import LicenseSaleCommon


@tagged('post_install', '-at_install')
@freeze_time('2026-03-10 08:00:00')
class TestRenewal(LicenseSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time('2025-06-15 08:00:00'):
            cls.license = cls._create_license('example.com')

    def _renew_line(self, **vals):
        return {'license_id': self.license.id, **vals}

    def test_paid_renewal_counts_from_the_old_end(self):
        order = self._create_order(self._renew_line())
        self.assertEqual(order.order_line.price_unit, 60.0)
        self.assertIn(self.license.name, order.order_line.name)
        tx = self._create_payment(order)
        self.assertEqual(str(self.license.date_expiry.date()), '2026-06-15')
        for _number in range(5):
            tx._set_done()
            tx._post_process()
        self.assertEqual(str(self.license.date_expiry.date()), '2027-06-15')
        self.assertFalse(order.license_ids)

    def test_quantity_is_terms(self):
        order = self._create_order(self._renew_line(product_uom_qty=2))
        self.assertEqual(order.amount_total, 120.0)
        self._pay(order)
        self.assertEqual(str(self.license.date_expiry.date()), '2028-06-15')

    def test_product_without_renewal_price_costs_its_price(self):
        self.product_annual.renewal_price = 0
        self.assertEqual(self._create_order(self._renew_line()).order_line.price_unit, 100.0)

    def test_pricelists_apply_to_renewals(self):
        pricelist = self.env['product.pricelist'].create(
            {
                'name': "Test pricelist",
                'currency_id': self.currency.id,
                'item_ids': [
                    Command.create({'compute_price': 'percentage', 'percent_price': 50.0})
                ],
            }
        )
        line = self._create_order(self._renew_line(), pricelist_id=pricelist.id).order_line
        self.assertEqual(line.price_subtotal, 30.0)
        pricelist.item_ids = [
            Command.clear(),
            Command.create({'compute_price': 'fixed', 'fixed_price': 80.0}),
        ]
        line = self._create_order(self._renew_line(), pricelist_id=pricelist.id).order_line
        self.assertEqual(line.price_unit, 60.0)
        pricelist.item_ids.fixed_price = 40.0
        line = self._create_order(self._renew_line(), pricelist_id=pricelist.id).order_line
        self.assertEqual(line.price_unit, 40.0)

    def test_license_of_another_customer_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "another customer"):
            self._create_order(self._renew_line(), partner=self.other_customer)
        order = self._create_order(self._renew_line())
        with self.assertRaisesRegex(ValidationError, "another customer"):
            order.partner_id = self.other_customer

    def test_colleagues_renew_for_each_other(self):
        self._create_order(self._renew_line(), partner=self.company_customer)

    def test_other_product_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "renewed with"):
            self._create_order(self._renew_line(product_id=self.product_hosted.id))

    def test_paid_renewal_of_a_revoked_license_goes_to_staff(self):
        order = self._create_order(self._renew_line())
        self.license._revoke("Fraud")
        tx = self._pay(order)
        self.assertEqual(tx.state, 'done')
        self.assertEqual(order.activity_ids.user_id, self.salesman)
        self.assertIn("revoked", order.license_problems)
        self.license._reinstate("Mistake")
        order._issue_licenses()
        self.assertEqual(str(self.license.date_expiry.date()), '2027-06-15')

    def test_suspended_license_gets_its_time_and_stays_suspended(self):
        self.license._suspend("Abuse")
        self._pay(self._create_order(self._renew_line()))
        self.assertEqual(self.license.state, 'suspended')
        self.assertEqual(str(self.license.date_expiry.date()), '2027-06-15')

    def test_perpetual_license_renews_its_updates(self):
        with freeze_time('2025-06-15 08:00:00'):
            license = self._create_license('shop.example.com', product=self.product_perpetual)
        order = self._create_order(
            {'license_id': license.id, 'product_id': self.product_perpetual.id}
        )
        self._pay(order)
        self.assertFalse(license.date_expiry)
        self.assertEqual(str(license.updates_until.date()), '2027-06-15')

    @users('license_salesman')
    def test_staff_quotes_renewals_of_several_customers(self):
        licenses = (
            self.license
            | self._create_license('second.example.com')
            | self._create_license('third.example.com', partner=self.other_customer)
        ).with_user(self.env.user)
        action = licenses.action_quote_renewal()
        orders = self.env['sale.order'].search(action['domain'])
        self.assertEqual(len(orders), 2)
        self.assertEqual(orders.order_line.license_id, licenses)
        self.assertEqual(set(orders.order_line.mapped('price_unit')), {60.0})

    def test_what_cannot_be_renewed_is_refused(self):
        self.license._revoke("Fraud")
        with self.assertRaisesRegex(UserError, "can not be renewed"):
            self.license.action_quote_renewal()
        self.assertFalse(self.license._get_renewal_url())

    def test_same_open_order_is_used_again(self):
        order = self.license._get_renewal_order(1)
        self.assertEqual(order.state, 'sent')
        self.assertTrue(order._has_to_be_paid())
        self.assertEqual(self.license._get_renewal_order(3), order)
        self.assertEqual(order.amount_total, 180.0)
        self._create_payment(order)._set_pending()
        self.assertNotEqual(self.license._get_renewal_order(1), order)

    def test_reminders_carry_the_link_that_renews(self):
        def render(code, license):
            rule = self.env['notification.rule'].search(
                [
                    ('event_id.code', '=', code),
                    ('audience', '=', 'customer'),
                    ('channel', '=', 'mail'),
                ],
                limit=1,
            )
            row = self.env['notification.log'].new(
                {
                    'rule_id': rule.id,
                    'audience': 'customer',
                    'partner_id': self.customer.id,
                    'company_id': self.env.company.id,
                }
            )
            return rule._render_layout(row, license, {'body': "<p>Text</p>", 'subject': "Test"})

        self.assertIn(
            f'/my/licenses/{self.license.id}/renew?token=', render('license_reminder', self.license)
        )
        self.assertNotIn('renew?token=', render('license_revoked', self.license))
        self.license._revoke("Fraud")
        self.assertNotIn('renew?token=', render('license_expired', self.license))

    def test_wallet_hook_does_nothing_here(self):
        self.assertFalse(self.license._pay_renewal())

    def test_license_shows_its_orders(self):
        order = self._create_order(self._renew_line())
        self.assertEqual(self.license.action_view_sale_orders()['res_id'], order.id)
