from unittest.mock import patch

from odoo.tests import tagged

from .common import LicenseSaleCommon


@tagged('post_install', '-at_install')
class TestSalesVolume(LicenseSaleCommon):
    def _get_volume(self, product=None):
        """Return the counter as it is after a commit."""
        self.env.flush_all()
        # the cursor of tests has a transaction of its own level
        with (
            self.enter_registry_test_mode(),
            patch.object(self.env.registry['product.template'], '_set_counter_isolation'),
        ):
            self.env.cr.postcommit.run()
        template = (product or self.product_annual).product_tmpl_id
        template.invalidate_recordset(['sales_volume'])
        return template.sales_volume

    def test_confirming_counts_and_cancelling_counts_back(self):
        orders = self._create_order({'product_uom_qty': 3}) | self._create_order({})
        self.assertEqual(self._get_volume(), 0)
        orders.action_confirm()
        self.assertEqual(self._get_volume(), 4)
        orders[0]._action_cancel()
        self.assertEqual(self._get_volume(), 1)
        orders[0]._action_cancel()
        self.assertEqual(self._get_volume(), 1)
        orders[0].action_draft()
        orders[0].action_confirm()
        self.assertEqual(self._get_volume(), 4)

    def test_changes_of_confirmed_orders_count(self):
        order = self._create_order({})
        order.action_confirm()
        order.order_line.product_uom_qty = 5
        self.assertEqual(self._get_volume(), 5)
        order.order_line = [(0, 0, {'product_id': self.product_annual.id})]
        self.assertEqual(self._get_volume(), 6)

    def test_all_products_count_and_renewals_do_not(self):
        license = self._create_license('example.com')
        order = self._create_order(
            {'license_id': license.id}, {'product_id': self.product_plain.id}
        )
        order.action_confirm()
        self.assertEqual(self._get_volume(), 0)
        self.assertEqual(self._get_volume(self.product_plain), 1)

    def test_recount_mends_the_counter(self):
        order = self._create_order(
            {'product_uom_qty': 2, 'product_uom_id': self.env.ref('uom.product_uom_dozen').id}
        )
        order.action_confirm()
        self.assertEqual(self._get_volume(), 24)
        self.product_annual.sales_volume = 7
        self.product_hosted.sales_volume = 7
        self.env['product.template']._cron_recount_sales_volume()
        self.assertEqual(self.product_annual.sales_volume, 24)
        self.assertEqual(self.product_hosted.sales_volume, 0)

    def test_products_sort_by_volume(self):
        templates = (self.product_annual | self.product_hosted).product_tmpl_id
        self.product_hosted.sales_volume = 9
        found = templates.search([('id', 'in', templates.ids)], order='sales_volume desc')
        self.assertEqual(found[0], self.product_hosted.product_tmpl_id)
