import re
from datetime import timedelta

from odoo import fields
from odoo.addons.aftercare_payment.tools import beijing
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PHONE, WechatPayCommon

CORE = 'odoo.addons.payment.models.payment_transaction'


@tagged('post_install', '-at_install')
class TestSimulator(WechatPayCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.state = 'test'

    def _start(self):
        """Return the transaction of a visitor who chose WeChat Pay, and the simulator's address."""
        self.authenticate(None, None)
        values = self._prepare_transaction_values(self.payment_method_id, None, 'redirect')
        transaction = self._get_tx(self._get_processing_values(**values)['reference'])
        order = self.provider._get_simulator_order(transaction.reference)
        return transaction, f'/payment/simulator/{order.token}'

    def _act(self, url, action):
        page = self.url_open(url).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        return self.url_open(f'{url}/{action}', data={'csrf_token': token}).text

    def test_pay_without_a_merchant_account(self):
        transaction, url = self._start()
        self.assertFalse(transaction.is_live)
        status = self.url_open('/payment/status').text
        self.assertIn('data:image/png;base64,', status)
        self.assertIn(url, status)
        page = self.url_open(url).text
        self.assertIn("no real money moves", page)
        self.assertIn('128.50', page)
        self.assertIn("has taken the payment", self._act(url, 'pay'))
        self.assertEqual(transaction.state, 'done')
        self.assertTrue(transaction.provider_reference.startswith('SIM'))
        self.assertEqual(transaction.notice_ids.state, 'applied')
        self.assertFalse(self.gateway.requests, "nothing left this server")

    def test_phone_goes_to_the_simulator_at_once(self):
        self.browser = PHONE
        self.authenticate(None, None)
        values = self._prepare_transaction_values(self.payment_method_id, None, 'redirect')
        form = self._extract_values_from_html_form(
            self._get_processing_values(**values)['redirect_form_html']
        )
        self.assertIn('/payment/simulator/', form['action'])

    @mute_logger(CORE)
    def test_wrong_amount(self):
        transaction, url = self._start()
        self.assertIn("confirmed nothing", self._act(url, 'wrong_amount'))
        self.assertEqual(transaction.state, 'error')
        self.assertEqual(transaction.notice_ids.state, 'different')

    def test_lost_notification_is_found_by_asking(self):
        transaction, url = self._start()
        self._act(url, 'late')
        self.assertEqual((transaction.state, len(transaction.notice_ids)), ('draft', 0))
        transaction._ask_gateway()
        self.assertEqual(transaction.state, 'done')

    def test_refusal(self):
        transaction, url = self._start()
        self.assertIn("Nothing was paid", self._act(url, 'refuse'))
        transaction._ask_gateway()
        self.assertEqual(transaction.state, 'cancel')

    def test_nothing_happens_twice(self):
        transaction, url = self._start()
        page = self.url_open(url).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        for action in ('pay', 'wrong_amount', 'refuse', 'pay'):
            self.url_open(f'{url}/{action}', data={'csrf_token': token})
        self.assertEqual(transaction.state, 'done')
        self.assertEqual(transaction.notice_ids.received_count, 1)

    def test_too_late(self):
        transaction, url = self._start()
        order = self.provider._get_simulator_order(transaction.reference)
        order.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.assertIn("The time to pay is over", self.url_open(url).text)

    def test_refund(self):
        transaction, url = self._start()
        self._act(url, 'pay')
        refund = transaction._refund(28.5)
        self.assertEqual(refund.state, 'done')
        order = self.provider._get_simulator_order(transaction.reference)
        self.assertTrue(order._announce(order.refund_ids))
        self.assertEqual(refund.notice_ids.kind, 'refund')

    def test_bill(self):
        transaction, url = self._start()
        self._act(url, 'pay')
        refund = transaction._refund(28.5)
        today = beijing.localize(fields.Datetime.now()).date()
        bill = self.env['payment.bill']._get_for(self.provider, today)
        bill._download()
        lines = bill.line_ids.filtered(lambda line: line.transaction_id in transaction + refund)
        self.assertEqual(lines.mapped('result'), ['matched', 'matched'])
        self.assertEqual(sorted(lines.mapped('amount_there')), [-28.5, 128.5])
        empty = self.env['payment.bill']._get_for(self.provider, '2020-01-01')
        empty._download()
        self.assertEqual((empty.state, empty.matched_count), ('agrees', 0))

    def test_order_is_closed_when_its_time_is_over(self):
        transaction, _url = self._start()
        transaction._expire()
        self.assertEqual(transaction.state, 'cancel')
        order = self.provider._get_simulator_order(transaction.reference)
        self.assertEqual(order.state, 'closed')

    def test_simulator_is_shut_in_earnest(self):
        _transaction, url = self._start()
        self.provider.state = 'enabled'
        self.assertEqual(self.url_open(url).status_code, 404)
        self.provider.state = 'disabled'
        self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(self.url_open('/payment/simulator/guess').status_code, 404)

    def test_simulator_verifies_our_signature(self):
        keys = self.provider._get_simulator_keys()
        self.assertIn('BEGIN PRIVATE KEY', keys['merchant_private'])
        self.assertNotEqual(keys['merchant_private'], keys['gateway_private'])
        status, headers, _body = self.provider._answer_as_simulator('GET', '/v3/x', {}, None)
        self.assertEqual((status, headers), (401, {}))

    def test_keys_are_this_databases_own(self):
        self.assertEqual(self.provider._get_simulator_keys(), self.provider._get_simulator_keys())
        other = self.provider.copy()
        self.assertNotEqual(self.provider._get_simulator_keys(), other._get_simulator_keys())
