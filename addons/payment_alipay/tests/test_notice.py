from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AlipayCommon

CONTROLLER = 'odoo.addons.payment_alipay.controllers.main'
NOTICE = 'odoo.addons.aftercare_payment.models.payment_notice'
CORE = 'odoo.addons.payment.models.payment_transaction'


@tagged('post_install', '-at_install')
class TestNotice(AlipayCommon):
    def setUp(self):
        super().setUp()
        self.order = self._order()
        self.gateway.pay(self.order.reference)

    def _notify(self, **values):
        return self.gateway.notify(self.order.reference, **values)

    def _refused(self, form):
        with mute_logger(CONTROLLER, NOTICE):
            response = self._post(form)
        self.assertNotEqual(response.text, 'success')
        self.assertEqual(self.order.state, 'draft')

    def test_payment(self):
        response = self._post(self._notify())
        self.assertEqual((response.status_code, response.content), (200, b'success'))
        self.assertEqual(self.order.state, 'done')
        self.assertEqual(
            self.order.provider_reference, self.gateway.trades[self.order.reference]['trade_no']
        )
        self.assertEqual(str(self.order.paid_at), '2026-11-22 10:00:00')

    def test_empty_values_may_be_signed(self):
        self.assertEqual(self._post(self._notify(keep_empty=True)).text, 'success')
        self.assertEqual(self.order.state, 'done')

    def test_five_times(self):
        for _index in range(5):
            self.assertEqual(self._post(self._notify()).text, 'success')
        self.assertEqual(self.order.notice_ids.received_count, 5)

    def test_forged_key(self):
        self._refused(self._notify(key=self.gateway.thief_key))

    def test_our_own_key_is_not_alipays(self):
        self._refused(self._notify(key=self.gateway.merchant_key))

    def test_altered_form(self):
        honest = self._notify()
        for name, value in (
            ('total_amount', '0.01'),
            ('out_trade_no', 'another_order'),
            ('sign', ''),
            ('sign', 'nonsense'),
            ('extra', 'x'),
        ):
            self._refused(honest | {name: value})
        self._refused({})

    def test_weaker_signature(self):
        self._refused(self._notify() | {'sign_type': 'RSA'})
        form = self._notify()
        del form['sign_type']
        self._refused(form)

    def test_foreign_app_and_seller(self):
        self._refused(self._notify(app_id='2021000000009999'))
        self._refused(self._notify(seller_id='2088000000009999'))

    @mute_logger(CORE)
    def test_wrong_amount_twice(self):
        for index in range(3):
            form = self._notify(total_amount='0.01', notify_id=f'N{index}')
            self.assertEqual(self._post(form).text, 'failure')
            self.assertEqual(self.order.state, 'error')

    @mute_logger(CORE)
    def test_no_amount_twice(self):
        for total in ('', 'abc', 'nan', '-128.50'):
            for index in range(2):
                form = self._notify(total_amount=total, notify_id=f'N{total}{index}')
                self.assertEqual(self._post(form).text, 'failure')
        self.assertEqual(self.order.state, 'error')

    def test_unknown_money(self):
        form = self._notify(out_trade_no='somebody_elses_order')
        with mute_logger(NOTICE):
            self.assertEqual(self._post(form).text, 'failure')
        notice = self.env['payment.notice'].search([('reference', '=', 'somebody_elses_order')])
        self.assertEqual((notice.state, notice.amount), ('unknown', 128.5))

    def test_waiting_is_no_payment(self):
        form = self._notify(trade_status='WAIT_BUYER_PAY')
        self.assertEqual(self._post(form).text, 'success')
        self.assertEqual(self.order.state, 'draft')

    def test_out_of_order(self):
        self._post(self._notify())
        self.order._refund(128.5)
        form = self._notify(
            notify_id='refunded',
            trade_status='TRADE_CLOSED',
            refund_fee='128.50',
            gmt_refund='2026-11-22 18:30:00',
        )
        self.assertEqual(self._post(form).text, 'success')
        self.assertEqual(self.order.state, 'done')
        self.assertEqual(self._post(self._notify(notify_id='late')).text, 'success')
        self.assertEqual(self.order.state, 'done')

    def test_unknown_provider(self):
        for provider_id in (self.dummy_provider.id, 999999999):
            response = self.url_open(f'/payment/alipay/notify/{provider_id}', data=self._notify())
            self.assertEqual(response.status_code, 404)

    def test_simulator_keys_do_not_pay_in_earnest(self):
        self.provider.state = 'test'
        order = self._order()
        simulated = self.provider._get_simulator_order(order.reference)
        simulated._pay()
        _headers, form = self.provider._announce_as_simulator(simulated)
        self.provider.state = 'enabled'
        with mute_logger(CONTROLLER):
            response = self._post(form)
        self.assertNotEqual(response.text, 'success')
        self.assertEqual(order.state, 'draft')
