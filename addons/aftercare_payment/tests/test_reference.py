import re
from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import DirectPaymentCommon


@tagged('post_install', '-at_install')
class TestReference(DirectPaymentCommon):
    def test_numbers_that_every_gateway_takes(self):
        Transaction = self.env['payment.transaction']
        for prefix in ('INV/2026/0001', 'S1', 'S00012-1', '报价单', 'a' * 80, '', None, '///'):
            reference = Transaction._compute_reference('none', prefix=prefix)
            self.assertRegex(reference, r'^[0-9A-Za-z_]{16,32}$')
        self.assertTrue(
            Transaction._compute_reference('none', prefix='INV/2026/0001').startswith(
                'INV_2026_0001_'
            )
        )

    def test_same_document_twice_in_one_second(self):
        with freeze_time('2026-11-22 10:00:00'):
            numbers = {
                self.env['payment.transaction']._compute_reference('none', prefix='S00012')
                for _index in range(200)
            }
        self.assertEqual(len(numbers), 200)

    def test_databases_on_one_merchant_account_differ(self):
        Transaction = self.env['payment.transaction']
        tag = Transaction._get_database_tag()
        self.assertIn(f'S1_{tag}', Transaction._compute_reference('none', prefix='S1'))
        self.env['ir.config_parameter'].set_param('database.uuid', 'another')
        self.assertNotEqual(tag, Transaction._get_database_tag())
        self.assertRegex(tag, r'^[0-9a-z]{3}$')

    def test_other_providers_keep_their_numbers(self):
        self.assertEqual(
            self.env['payment.transaction']._compute_reference('demo', prefix='INV/2026/0001'),
            'INV/2026/0001',
        )

    def test_no_bad_number_gets_in(self):
        transaction = self._create_order(reference="INV/2026/0001")
        self.assertTrue(re.fullmatch(r'INV_2026_0001_\w+', transaction.reference))
        self.assertEqual(self._create_order(reference='GOOD_number_1').reference, 'GOOD_number_1')

    @freeze_time('2026-11-22 10:00:00')
    def test_order_ends_after_the_time_to_pay(self):
        self.provider.order_minutes = 15
        self.assertEqual(
            self._create_order().expires_at, fields.Datetime.now() + timedelta(minutes=15)
        )
