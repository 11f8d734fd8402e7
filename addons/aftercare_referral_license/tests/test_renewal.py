from odoo.addons.aftercare_referral_account.tests.common import ReferralAccountCommon
from odoo.fields import Command
from odoo.tests import freeze_time, tagged


@tagged('post_install', '-at_install')
@freeze_time('2026-03-01 10:00:00')
class TestRenewal(ReferralAccountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.levels = 1
        cls.policy = cls.env['software.license.policy'].create(
            {'name': "Test annual", 'license_type': 'annual', 'term_months': 12, 'grace_days': 14}
        )
        cls.product_a.product_tmpl_id.write(
            {
                'license_policy_id': cls.policy.id,
                'license_code': 'test-referral',
                'invoice_policy': 'order',
                'list_price': 1000,
                'taxes_id': [Command.clear()],
            }
        )
        cls.product_c.write({'invoice_policy': 'order', 'list_price': 500, 'taxes_id': False})

    def _buy(self, partner=None, **line):
        """Order, invoice and pay one unit; return order and commissions."""
        order = self.env['sale.order'].create(
            {
                'partner_id': (partner or self.carl).id,
                'order_line': [Command.create({'product_id': self.product_a.id, **line})],
            }
        )
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        return order, self._get_commissions(invoice)

    def test_purchase(self):
        _order, commission = self._buy()
        self.assertEqual((commission.kind, commission.amount), ('purchase', 200.0))

    def test_example_3_renewal_of_a_licence(self):
        order, _commission = self._buy()
        license = order.license_ids
        self.assertTrue(license)
        with freeze_time('2027-02-01'):
            order, commission = self._buy(license_id=license.id, price_unit=800)
        self.assertEqual((commission.kind, commission.amount), ('renewal', 80.0))
        self.assertEqual(commission.line_ids.subject, f'software.license,{license.id}')

    def test_bought_again_soon_after_the_end_is_a_renewal(self):
        order, _commission = self._buy()
        self.assertEqual(str(order.license_ids.date_expiry.date()), '2027-03-01')
        with freeze_time('2027-05-30'):
            _order, commission = self._buy()
        self.assertEqual(commission.kind, 'renewal')
        self.assertEqual(commission.line_ids.subject, f'software.license,{order.license_ids.id}')

    def test_bought_again_long_after_the_end_is_a_purchase(self):
        self._buy()
        with freeze_time('2027-06-02'):
            self.assertEqual(self._buy()[1].kind, 'purchase')

    def test_second_licence_is_a_purchase(self):
        self._buy()
        with freeze_time('2026-09-01'):
            self.assertEqual(self._buy()[1].kind, 'purchase')

    def test_licence_of_somebody_else(self):
        self._buy(partner=self.eve)
        with freeze_time('2027-03-10'):
            self.assertEqual(self._buy()[1].kind, 'purchase')

    def test_product_without_licence(self):
        _order, commission = self._buy(product_id=self.product_c.id)
        self.assertEqual((commission.kind, commission.amount), ('purchase', 100.0))

    def test_example_16_three_renewals_count(self):
        self._create_rule(
            product_tmpl_id=self.product_a.product_tmpl_id.id,
            purchase_rate=20,
            renewal_rate=10,
            max_renewals=3,
        )
        order, _commission = self._buy()
        amounts = []
        for number in range(4):
            with freeze_time(f'{2027 + number}-02-01'):
                _order, commission = self._buy(license_id=order.license_ids.id)
                amounts.append(sum(commission.mapped('amount')))
        self.assertEqual(amounts, [100.0, 100.0, 100.0, 0])

    def test_example_8_refund_revokes_licence_and_commission(self):
        order, commission = self._buy()
        self._credit(commission.source_move_id)
        self.assertEqual((order.license_ids.state, commission.state), ('revoked', 'void'))

    def test_delivery_brings_nothing(self):
        if 'is_delivery' not in self.env['sale.order.line']._fields:
            return
        _order, commission = self._buy(product_id=self.product_c.id, is_delivery=True)
        self.assertFalse(commission)
