from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged, users
from odoo.tools import mute_logger

from .common import LicenseSaleCommon


@tagged('post_install', '-at_install')
@freeze_time('2026-03-10 08:00:00')
class TestIssue(LicenseSaleCommon):
    # === PAYMENT === #
    def test_payment_issues_the_license_at_once(self):
        order = self._create_order()
        tx = self._create_payment(order)
        self.assertFalse(order.license_ids)
        tx._set_done()
        license = order.license_ids
        self.assertEqual(len(license), 1, "before the post-processing, which may come later")
        self.assertEqual(license.state, 'active')
        self.assertEqual(license.domain, 'example.com')
        self.assertEqual(license.partner_id, self.customer)
        self.assertEqual(license.product_id, self.product_annual)
        self.assertEqual(license.sale_line_id, order.order_line)
        self.assertEqual(str(license.date_expiry.date()), '2027-03-10')
        self.assertTrue(license.key_last)
        tx._post_process()
        self.assertEqual(order.state, 'sale')
        self.assertEqual(order.license_ids, license)

    def test_notification_five_times_gives_one_license(self):
        order = self._create_order()
        tx = self._create_payment(order)
        for _number in range(5):
            tx._set_done()
            tx._post_process()
        self.assertEqual(len(order.license_ids), 1)

    def test_two_payments_give_one_license(self):
        order = self._create_order()
        first, second = self._create_payment(order), self._create_payment(order)
        (first | second)._set_done()
        second._post_process()
        first._post_process()
        self.assertEqual(len(order.license_ids), 1)

    def test_part_of_the_money_issues_nothing(self):
        order = self._create_order(prepayment_percent=0.5)
        self._pay(order, amount=50.0)
        self.assertEqual(order.state, 'sale')
        self.assertFalse(order.license_ids)
        self._pay(order, amount=50.0)
        self.assertEqual(len(order.license_ids), 1)

    def test_pending_and_failed_payments_issue_nothing(self):
        order = self._create_order()
        for method, args in (('_set_pending', ()), ('_set_canceled', ()), ('_set_error', ('No',))):
            tx = self._create_payment(order)
            getattr(tx, method)(*args)
            tx._post_process()
            self.assertFalse(order.license_ids, method)

    def test_confirmed_order_waits_for_its_money(self):
        order = self._create_order()
        order.action_confirm()
        self.assertFalse(order.license_ids)
        self.assertTrue(order.has_unissued_licenses)

    def test_free_order_issues_when_confirmed(self):
        order = self._create_order({'price_unit': 0.0, 'license_domain': "free.example.com"})
        self.assertFalse(order.license_ids)
        order.action_confirm()
        self.assertEqual(order.license_ids.domain, 'free.example.com')

    def test_unit_cannot_have_two_licenses(self):
        order = self._create_order()
        self._pay(order)
        with (
            mute_logger('odoo.sql_db'),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            order.license_ids.copy({'sale_line_id': order.order_line.id, 'sale_unit': 1})
            self.env.flush_all()

    # === UNITS AND DOMAINS === #
    def test_three_units_give_three_licenses_and_the_first_gets_the_domain(self):
        order = self._create_order({'product_uom_qty': 3, 'license_domain': "www.Example.com"})
        self._pay(order)
        licenses = order.license_ids.sorted('sale_unit')
        self.assertEqual(licenses.mapped('domain'), ['example.com', False, False])
        self.assertEqual(licenses.mapped('state'), ['active'] * 3)

    def test_domains_one_per_line(self):
        order = self._create_order(
            {'product_uom_qty': 3, 'license_domain': "a.example.com\n\nhttps://b.example.com/\n"}
        )
        self._pay(order)
        self.assertEqual(
            order.license_ids.sorted('sale_unit').mapped('domain'),
            ['a.example.com', 'b.example.com', False],
        )

    def test_more_domains_than_licenses_are_refused(self):
        with self.assertRaisesRegex(UserError, "2 domains were entered for 1 licences"):
            self._create_order({'license_domain': "a.example.com\nb.example.com"})

    def test_bad_domain_is_refused_in_plain_words(self):
        order = self._create_order({})
        for text, message in (
            ('github.io', "ending under which"),
            ('ex_ample.com', "underscore"),
            ('localhost', "needs no licence"),
            ('a@example.com', "e-mail"),
        ):
            with self.subTest(text), self.assertRaisesRegex(UserError, message):
                order.order_line.license_domain = text

    def test_domain_of_somebody_else_is_refused(self):
        self._create_license('taken.example.com', partner=self.other_customer)
        with self.assertRaisesRegex(UserError, "please contact us"):
            self._create_order({'license_domain': "www.taken.example.com"})
        self._create_order(
            {'product_id': self.product_hosted.id, 'license_domain': "taken.example.com"}
        )

    def test_own_domain_names_the_license_to_renew(self):
        license = self._create_license('mine.example.com')
        with self.assertRaisesRegex(UserError, license.name):
            self._create_order({'license_domain': "mine.example.com"})

    def test_domain_twice_in_an_order_is_refused(self):
        with self.assertRaisesRegex(UserError, "there twice"):
            self._create_order(
                {'license_domain': "example.com"}, {'license_domain': "www.example.com"}
            )

    def test_domain_is_editable_until_payment(self):
        order = self._create_order()
        order.order_line.license_domain = "other.example.com"
        self.assertEqual(order.order_line.license_domain_normalized, 'other.example.com')
        order.action_confirm()
        order.order_line.license_domain = "third.example.com"
        self._pay(order)
        with self.assertRaisesRegex(UserError, "paid already"):
            order.order_line.license_domain = "late.example.com"
        self.assertEqual(order.license_ids.domain, 'third.example.com')

    def test_domain_taken_while_paying_issues_without_it_and_tells_staff(self):
        order = self._create_order()
        self._create_license('example.com', partner=self.other_customer)
        self._pay(order)
        self.assertEqual(len(order.license_ids), 1)
        self.assertFalse(order.license_ids.domain)
        self.assertEqual(order.activity_ids.user_id, self.salesman)
        self.assertIn("example.com", order.activity_ids.note)

    def test_broken_license_never_loses_a_payment(self):
        order = self._create_order()
        with (
            patch.object(
                self.env.registry['software.license'], '_activate', side_effect=UserError("Broken")
            ),
        ):
            tx = self._pay(order)
        self.assertEqual((tx.state, order.state), ('done', 'sale'))
        self.assertFalse(order.license_ids)
        self.assertIn("Broken", order.license_problems)
        self.assertEqual(len(order.activity_ids), 1)
        order._issue_licenses()
        self.assertEqual(len(order.license_ids), 1)
        self.assertFalse(order.license_problems)

    # === OFFER TYPES === #
    def test_service_gives_work_and_no_license(self):
        order = self._create_order({'product_id': self.product_service.id, 'product_uom_qty': 2})
        tx = self._pay(order)
        tx._post_process()
        self.assertFalse(order.license_ids)
        self.assertEqual(len(order.activity_ids), 1)
        self.assertIn("2 × Test Care", order.activity_ids.summary)
        self.assertEqual(order.activity_ids.user_id, self.salesman)

    def test_hosted_and_perpetual_issue(self):
        order = self._create_order(
            {'product_id': self.product_hosted.id, 'license_domain': "cloud.example.com"},
            {'product_id': self.product_perpetual.id, 'license_domain': "shop.example.com"},
        )
        self._pay(order)
        self.assertEqual(set(order.license_ids.mapped('license_type')), {'hosted', 'perpetual'})

    def test_other_products_issue_nothing(self):
        order = self._create_order({'product_id': self.product_plain.id})
        self._pay(order)
        self.assertFalse(order.license_ids)
        self.assertFalse(order.has_unissued_licenses)

    # === STAFF === #
    @users('license_salesman')
    def test_staff_issues_before_payment_with_a_reason(self):
        order = self._create_order().with_user(self.env.user)
        wizard = self.env['software.license.issue'].with_context(active_ids=order.ids)
        with self.assertRaisesRegex(UserError, "confirm the order"):
            wizard.create({'reason': "Cheque"}).action_issue()
        order.action_confirm()
        form = Form(wizard)
        form.reason = "Cheque arrived"
        form.save().action_issue()
        license = order.license_ids
        self.assertEqual(license.state, 'active')
        self.assertEqual(license.sudo().change_ids.reason, "Cheque arrived")
        self.assertEqual(order.action_view_licenses()['res_id'], license.id)
        self._pay(order.sudo())
        self.assertEqual(len(order.license_ids), 1)

    def test_salesman_without_licences_sells_them(self):
        salesman = new_test_user(
            self.env, 'license_plain', 'sales_team.group_sale_salesman_all_leads', lang='en_US'
        )
        order = self._create_order().with_user(salesman)
        order.order_line.license_domain = "plain.example.com"
        order.action_confirm()
        self.assertTrue(order.has_unissued_licenses)
        self._pay(order.sudo())
        self.assertEqual(order.license_count, 1)
        self.assertEqual(order.sudo().license_ids.domain, 'plain.example.com')
        order.order_line.product_uom_qty = 2
        order._action_cancel()

    def test_quantity_of_an_issued_line_may_change_after_its_domain_moved(self):
        order = self._create_order()
        self._pay(order)
        order.license_ids._set_domain('moved.example.com', "Test")
        self._create_license('example.com', partner=self.other_customer)
        order.order_line.product_uom_qty = 2
        self.assertTrue(order.has_unissued_licenses)

    def test_cancelled_unpaid_order_leaves_nothing(self):
        order = self._create_order()
        self._create_payment(order)._set_pending()
        order._action_cancel()
        self.assertFalse(order.license_ids)
        order = self._create_order()
        order.action_confirm()
        order._issue_licenses(reason="Cheque", force=True)
        order._action_cancel()
        self.assertEqual(order.license_ids.state, 'revoked')
        order.action_draft()
        self._pay(order)
        self.assertEqual(
            order.license_ids.sorted('sale_unit').mapped('state'), ['revoked', 'active']
        )

    def test_cancelled_paid_order_keeps_its_license(self):
        order = self._create_order()
        self._pay(order)
        order._action_cancel()
        self.assertEqual(order.license_ids.state, 'active')

    def test_copied_order_has_neither_domain_nor_license(self):
        order = self._create_order()
        self._pay(order)
        copy = order.copy()
        self.assertFalse(copy.order_line.license_domain)
        self.assertFalse(copy.order_line.license_done_qty)
        self.assertFalse(copy.license_ids)

    def test_line_with_a_license_cannot_be_deleted(self):
        order = self._create_order()
        self._create_payment(order)._set_done()
        with self.assertRaisesRegex(UserError, "can not be deleted"):
            order.order_line.unlink()

    # === SPEED === #
    def test_issuing_many_orders_is_set_based(self):
        def issue(start, count):
            orders = self.env['sale.order']
            for number in range(start, start + count):
                orders |= self._create_order({'license_domain': f"s{number}.example.com"})
            orders.action_confirm()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            licenses = orders._issue_licenses(reason="Test", force=True)
            self.env.flush_all()
            self.assertEqual(len(licenses), count)
            return self.env.cr.sql_log_count - before

        issue(0, 2)
        few, many = issue(10, 5), issue(20, 25)
        self.assertLess((many - few) / 20, 4, f"{few} queries for 5 orders, {many} for 25")
