from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..tools.errors import GatewayRefusal
from .common import DirectPaymentCommon

NOW = fields.Datetime.to_datetime('2026-11-22 10:00:00')


@tagged('post_install', '-at_install')
class TestCron(DirectPaymentCommon):
    def setUp(self):
        super().setUp()
        self.order = self._create_order(reference='order_one')
        self._age(self.order, 3)

    def _age(self, orders, minutes):
        """Make the orders ``minutes`` old at NOW."""
        moment = NOW - timedelta(minutes=minutes)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE payment_transaction SET create_date = %s WHERE id = ANY(%s)",
            (moment, orders.ids),
        )
        orders.invalidate_recordset()
        orders.expires_at = moment + timedelta(minutes=30)

    def _run(self, minutes=0):
        with freeze_time(NOW + timedelta(minutes=minutes)):
            self.env['payment.transaction']._cron_ask_gateways()

    def test_payment_nobody_announced_is_found(self):
        self.gateway['order_one'] = self._paid(self.order)
        self._run()
        self.assertEqual(self.order.state, 'done')
        self.assertEqual(self.order.provider_reference, f'GW{self.order.id}')

    def test_young_order_is_left_alone(self):
        self._age(self.order, 1)
        self.gateway['order_one'] = self._paid(self.order)
        self._run()
        self.assertEqual(self.order.state, 'draft')

    def test_unpaid_order_stays_until_its_time_is_over(self):
        self._run()
        self.assertEqual((self.order.state, self.closed), ('draft', []))
        self.assertEqual(self.order.gateway_queried_at, NOW)
        self._run(27)
        self.assertEqual((self.order.state, self.closed), ('cancel', ['order_one']))
        self._run(30)
        self.assertEqual(self.closed, ['order_one'])

    def test_order_paid_in_the_last_second_is_not_closed(self):
        self.gateway['order_one'] = self._paid(self.order)
        self._run(40)
        self.assertEqual((self.order.state, self.closed), ('done', []))

    def test_order_that_cannot_be_closed_stays_open(self):
        def refuse(tx):
            raise GatewayRefusal("paid", 'ORDERPAID')

        with patch.object(self.registry['payment.transaction'], '_close_gateway_order', refuse):
            self._run(40)
        self.assertEqual(self.order.state, 'draft')

    def test_late_money_is_taken(self):
        self._run(40)
        self.assertEqual(self.order.state, 'cancel')
        self.order._process('none', self._paid(self.order))
        self.assertEqual(self.order.state, 'done')

    def test_gateway_down_is_asked_once_per_run(self):
        others = self._create_order(reference='order_two') + self._create_order(
            reference='order_three'
        )
        self._age(others, 3)
        asked, error = [], ValidationError("no connection")

        def fetch(tx):
            asked.append(tx.reference)
            raise error

        with patch.object(self.registry['payment.transaction'], '_fetch_gateway_data', fetch):
            self._run()
        self.assertEqual(len(asked), 1)
        self.assertEqual(set((self.order + others).mapped('state')), {'draft'})

    def test_one_bad_record_does_not_hold_up_the_others(self):
        other = self._create_order(reference='order_two')
        self._age(other, 3)
        self.gateway['order_one'] = ZeroDivisionError()
        self.gateway['order_two'] = self._paid(other)
        with mute_logger('odoo.addons.aftercare_payment.models.payment_transaction'):
            self._run()
        self.assertEqual((self.order.state, other.state), ('draft', 'done'))

    def test_refund_under_way_is_asked_about(self):
        self.order._process('none', self._paid(self.order))
        self.gateway['R_order_one_1'] = ValidationError("no connection")
        refund = self.order._refund(28.5)
        self._age(refund, 3)
        self._run()
        self.assertEqual(refund.state, 'pending')
        self.gateway['R_order_one_1'] = {'paid': 28.5, 'currency': 'CNY', 'number': 'RF'}
        self._run(5)
        self.assertEqual((refund.state, refund.provider_reference), ('done', 'RF'))

    def test_the_post_processing_is_woken(self):
        self.gateway['order_one'] = self._paid(self.order)
        triggers = self.env['ir.cron.trigger'].search([])
        self._run()
        cron = self.env.ref('payment.cron_post_process_payment_tx')
        self.assertIn(cron, (self.env['ir.cron.trigger'].search([]) - triggers).cron_id)
