import json
import time
from unittest.mock import patch

from odoo.exceptions import LockError
from odoo.tests import tagged
from odoo.tools import mute_logger

from . import fake_gateway
from .common import CERTIFICATE_SERIAL, WechatPayCommon

CONTROLLER = 'odoo.addons.payment_wechatpay.controllers.main'
NOTICE = 'odoo.addons.aftercare_payment.models.payment_notice'
CORE = 'odoo.addons.payment.models.payment_transaction'


@tagged('post_install', '-at_install')
class TestNotice(WechatPayCommon):
    def setUp(self):
        super().setUp()
        self.order = self._order()
        self.gateway.pay(self.order.reference)
        self.data = self._describe(self.order)

    def _refused(self, headers, body, status=401):
        with mute_logger(CONTROLLER, NOTICE):
            response = self._post(headers, body)
        self.assertEqual(response.status_code, status)
        self.assertEqual(response.json()['code'], 'FAIL')
        self.assertEqual(self.order.state, 'draft')

    def test_payment(self):
        response = self._post(*self.gateway.notify(self.data))
        self.assertEqual((response.status_code, response.text), (204, ''))
        self.assertEqual(self.order.state, 'done')
        self.assertEqual(self.order.provider_reference, '42000' + self.order.reference)
        self.assertEqual(str(self.order.paid_at), '2026-11-22 10:00:00')
        self.assertEqual(self.order.notice_ids.state, 'applied')

    def test_five_times(self):
        for _index in range(5):
            self.assertEqual(self._post(*self.gateway.notify(self.data)).status_code, 204)
        self.assertEqual(self.order.notice_ids.received_count, 5)

    def test_platform_certificate_of_an_older_merchant(self):
        self.assertEqual(
            set(self.provider._wechatpay_get_credentials(True).platform_keys),
            {fake_gateway.PUBLIC_KEY_ID},
        )
        self.provider.wechatpay_certificates = self._make_certificate()
        self.assertEqual(
            self._post(*self.gateway.notify(self.data, serial=CERTIFICATE_SERIAL)).status_code, 204
        )
        self.assertEqual(
            self._post(*self.gateway.notify(self.data, notice_id='N2')).status_code, 204
        )

    def test_forged_key(self):
        self._refused(*self.gateway.notify(self.data, key=self.gateway.thief_key))

    def test_unknown_serial(self):
        self._refused(*self.gateway.notify(self.data, serial='PUB_KEY_ID_THIEF'))

    def test_replay_of_an_hour_ago(self):
        self._refused(*self.gateway.notify(self.data, timestamp=time.time() - 3600))

    def test_from_the_future(self):
        self._refused(*self.gateway.notify(self.data, timestamp=time.time() + 3600))

    def test_altered_body(self):
        headers, body = self.gateway.notify(self.data)
        self._refused(headers, body.replace(b'NOTICE-1', b'NOTICE-2'))

    def test_altered_time(self):
        headers, body = self.gateway.notify(self.data)
        headers['Wechatpay-Timestamp'] = str(int(headers['Wechatpay-Timestamp']) + 1)
        self._refused(headers, body)

    def test_probe_traffic(self):
        headers, body = self.gateway.notify(self.data)
        headers['Wechatpay-Signature'] = 'WECHATPAY/SIGNTEST/' + headers['Wechatpay-Signature']
        self._refused(headers, body)

    def test_weaker_signature(self):
        headers, body = self.gateway.notify(self.data)
        headers['Wechatpay-Signature-Type'] = 'WECHATPAY2-SM2-WITH-SM3'
        self._refused(headers, body)

    def test_no_headers_and_nonsense(self):
        self._refused({}, b'{}')
        self._refused({'Content-Type': 'application/json'}, b'nonsense')
        headers = self.gateway.sign_headers(b'[]')
        self._refused(headers, b'[]')
        body = json.dumps({'id': 'x', 'resource': {'ciphertext': 'QUJD', 'nonce': 'n'}}).encode()
        self._refused(self.gateway.sign_headers(body), body)

    def test_another_merchant(self):
        self._refused(*self.gateway.notify(self.data | {'mchid': '1900009999'}))
        self._refused(*self.gateway.notify(self.data | {'appid': 'wx9999999999999999'}))

    def test_unknown_provider(self):
        headers, body = self.gateway.notify(self.data)
        for provider_id in (self.dummy_provider.id, 0, 999999999):
            response = self.url_open(
                f'/payment/wechatpay/notify/{provider_id}', data=body, headers=headers
            )
            self.assertEqual(response.status_code, 404)

    def test_simulator_keys_do_not_pay_in_earnest(self):
        self.provider.state = 'test'
        headers = self.provider._wechatpay_simulator_sign(b'{}')
        self.provider.state = 'enabled'
        with mute_logger(CONTROLLER):
            response = self._post(headers, b'{}')
        self.assertGreaterEqual(response.status_code, 400)

    @mute_logger(CORE)
    def test_wrong_amount_twice(self):
        self.data['amount']['total'] = 1
        for index in range(3):
            response = self._post(*self.gateway.notify(self.data, notice_id=f'N{index}'))
            self.assertEqual(response.status_code, 404)
            self.assertEqual(self.order.state, 'error')
        self.assertEqual(set(self.order.notice_ids.mapped('state')), {'different'})

    @mute_logger(CORE)
    def test_no_amount_and_other_currency(self):
        for amount in ({}, {'total': 12850}, {'total': 12850, 'currency': 'USD'}):
            order = self._order()
            data = self.data | {'out_trade_no': order.reference, 'amount': amount}
            for index in range(2):
                notice_id = f'{order.reference}-{index}'
                self._post(*self.gateway.notify(data, notice_id=notice_id))
            self.assertNotEqual(order.state, 'done', amount)

    def test_unknown_money(self):
        data = self.data | {'out_trade_no': 'somebody_elses_order'}
        with mute_logger(NOTICE):
            response = self._post(*self.gateway.notify(data))
        self.assertEqual(response.status_code, 404)
        notice = self.env['payment.notice'].search([('reference', '=', 'somebody_elses_order')])
        self.assertEqual((notice.state, notice.amount), ('unknown', 128.5))
        self.assertNotIn('ciphertext', notice.content)

    def test_out_of_order(self):
        self._post(*self.gateway.notify(self.data))
        refund = self.order._refund(28.5)
        self.assertEqual(refund.state, 'done')
        headers, body = self.gateway.notify_refund(refund.reference)
        self.assertEqual(self._post(headers, body).status_code, 204)
        again = self._post(*self.gateway.notify(self.data, notice_id='late'))
        self.assertEqual(again.status_code, 204)
        closed = self.data | {'trade_state': 'CLOSED'}
        self._post(*self.gateway.notify(closed, notice_id='closed'))
        self.assertEqual((self.order.state, refund.state), ('done', 'done'))

    def test_busy_transaction_makes_the_gateway_repeat(self):
        def lock(records, **kwargs):
            raise LockError("busy")

        model = self.registry['payment.transaction']
        with patch.object(model, 'lock_for_update', lock):
            self._refused(*self.gateway.notify(self.data), status=500)
        self.assertFalse(self.order.notice_ids)
        self.assertEqual(self._post(*self.gateway.notify(self.data)).status_code, 204)
