import base64
from unittest.mock import patch

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PHONE, WECHAT, WechatPayCommon
from .fake_gateway import private_pem

MODEL = 'odoo.addons.payment.models.payment_provider'


@tagged('post_install', '-at_install')
class TestOrder(WechatPayCommon):
    def test_native_order(self):
        transaction = self._order()
        self.assertEqual(transaction.state, 'draft')
        self.assertEqual(transaction.qr_content, 'weixin://wxpay/bizpayurl?pr=1')
        _method, path, payload, headers = self.gateway.requests[0]
        self.assertEqual(path, '/v3/pay/transactions/native')
        self.assertEqual(payload['amount'], {'total': 12850, 'currency': 'CNY'})
        self.assertTrue(payload['notify_url'].endswith(self.notify_path))
        self.assertEqual(headers['Wechatpay-Serial'], 'PUB_KEY_ID_0119000000012026')

    def test_amounts_are_exact(self):
        for amount, cents in ((0.01, 1), (1.1, 110), (19.99, 1999), (4.35, 435), (100000, 10**7)):
            transaction = self._order(amount=amount)
            self.assertEqual(self.gateway.orders[transaction.reference]['total'], cents)

    def test_chinese_descriptions_fit(self):
        self.env.company.name = "上海" * 40
        self.assertEqual(self._order().state, 'draft')

    def test_the_page_shows_the_code(self):
        self.authenticate(None, None)
        values = self._prepare_transaction_values(self.payment_method_id, None, 'redirect')
        processing = self._get_processing_values(**values)
        form = self._extract_values_from_html_form(processing['redirect_form_html'])
        self.assertEqual(form['action'], '/payment/status')
        page = self.url_open('/payment/status').text
        self.assertIn('data:image/png;base64,', page)
        self.assertNotIn('weixin://', page, "the address stays on the server")
        transaction = self._get_tx(processing['reference'])
        self.assertEqual(transaction.state, 'draft')
        self.assertIn('128.50', page)

    def test_asking_by_the_payer(self):
        self.authenticate(None, None)
        values = self._prepare_transaction_values(self.payment_method_id, None, 'redirect')
        transaction = self._get_tx(self._get_processing_values(**values)['reference'])
        self.gateway.pay(transaction.reference)
        page = self.url_open('/payment/status').text
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        self.url_open('/payment/direct/check', data={'csrf_token': token})
        self.assertEqual(transaction.state, 'done')

    def test_asking_needs_the_page(self):
        self.authenticate(None, None)
        with mute_logger('odoo.http'):
            response = self.url_open('/payment/direct/check', data={'x': 1})
        self.assertEqual(response.status_code, 400)

    def test_phones(self):
        self.provider.write({'wechatpay_use_h5': True})
        self.browser = PHONE
        transaction = self._create_transaction('redirect', reference=None)
        values = transaction._get_processing_values()
        form = self._extract_values_from_html_form(values['redirect_form_html'])
        self.assertEqual(transaction.gateway_channel, 'h5')
        self.assertEqual(form['action'], 'https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb')
        self.assertEqual(form['inputs']['prepay_id'], 'wx1')
        self.assertTrue(form['inputs']['redirect_url'].endswith('/payment/status'))
        scene = self.gateway.requests[0][2]['scene_info']
        self.assertEqual(scene['payer_client_ip'], '203.0.113.7')

    def test_phones_without_h5_get_a_code(self):
        self.browser = PHONE
        self.assertEqual(self._order().gateway_channel, 'native')

    def test_inside_of_wechat(self):
        self.provider.write({'wechatpay_app_secret': 'secret', 'wechatpay_use_jsapi': True})
        self.browser = WECHAT
        transaction = self._create_transaction('redirect', reference=None)
        values = transaction._get_processing_values()
        form = self._extract_values_from_html_form(values['redirect_form_html'])
        self.assertEqual(
            form['action'], 'https://open.weixin.qq.com/connect/oauth2/authorize#wechat_redirect'
        )
        self.assertEqual(form['inputs']['state'], transaction._wechatpay_get_state_token())
        self.assertFalse(self.gateway.requests, "the order waits for the payer's name")
        page = transaction._wechatpay_get_jsapi_values('oPayer')
        self.assertEqual(page['package'], 'prepay_id=wx1')
        self.assertEqual(
            list(page), ['appId', 'timeStamp', 'nonceStr', 'package', 'signType', 'paySign']
        )
        self._verify_page(page)

    def _verify_page(self, page):
        names = ('appId', 'timeStamp', 'nonceStr', 'package')
        self.gateway.merchant_key.public_key().verify(
            base64.b64decode(page['paySign']),
            ''.join(f'{page[name]}\n' for name in names).encode(),
            padding.PKCS1v15(),
            hashes.SHA256(),
        )

    def test_page_inside_of_wechat(self):
        self.provider.write({'wechatpay_app_secret': 'secret', 'wechatpay_use_jsapi': True})
        self.browser = WECHAT
        self.authenticate(None, None)
        values = self._prepare_transaction_values(self.payment_method_id, None, 'redirect')
        transaction = self._get_tx(self._get_processing_values(**values)['reference'])
        route = '/payment/wechatpay/jsapi'
        with patch.object(
            self.registry['payment.provider'],
            '_wechatpay_get_openid',
            lambda provider, code: f'o{code}',
        ):
            self.url_open(f'{route}?code=abc&state=forged')
            self.assertFalse(self.gateway.requests)
            state = transaction._wechatpay_get_state_token()
            page = self.url_open(f'{route}?code=abc&state={state}').text
        self.assertIn('prepay_id=wx1', page)
        self.assertEqual(self.gateway.requests[0][2]['payer'], {'openid': 'oabc'})

    @mute_logger(MODEL)
    def test_gateway_down(self):
        self.gateway.down = True
        transaction = self._order()
        self.assertEqual(transaction.state, 'error')
        self.assertTrue(transaction.state_message)

    @mute_logger(MODEL)
    def test_wrong_merchant_key(self):
        self.provider.wechatpay_private_key = private_pem(self.gateway.thief_key)
        transaction = self._order()
        self.assertEqual(transaction.state, 'error')
        self.assertIn('SIGN_ERROR', transaction.state_message)

    def test_forged_answer(self):
        self.gateway.forge = True
        transaction = self._order()
        self.assertEqual((transaction.state, transaction.qr_content), ('error', False))

    def test_forged_answer_to_a_query_changes_nothing(self):
        transaction = self._order()
        self.gateway.pay(transaction.reference)
        self.gateway.forge = True
        with self.assertRaises(ValidationError):
            transaction._ask_gateway()
        self.assertEqual(transaction.state, 'draft')

    def test_forged_refusal_is_no_answer(self):
        transaction = self._order()
        self.gateway.orders.clear()
        self.gateway.forge = True
        with self.assertRaises(ValidationError):
            transaction._ask_gateway()
        self.gateway.forge = False
        transaction._ask_gateway()
        self.assertEqual(transaction.state, 'draft')

    def test_expired_order_is_closed_at_the_gateway(self):
        transaction = self._order()
        transaction._expire()
        self.assertEqual(transaction.state, 'cancel')
        self.assertEqual(self.gateway.orders[transaction.reference]['state'], 'CLOSED')
        transaction._expire()

    def test_order_paid_at_the_last_moment(self):
        transaction = self._order()
        self.gateway.pay(transaction.reference)
        transaction._expire()
        self.assertEqual(transaction.state, 'done')

    def test_order_closed_on_the_merchant_platform(self):
        transaction = self._order()
        self.gateway.orders[transaction.reference]['state'] = 'CLOSED'
        transaction._ask_gateway()
        self.assertEqual(transaction.state, 'cancel')

    def test_server_dies_after_the_order_was_made(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._order()
            raise ZeroDivisionError
        second = self._order()
        self.assertEqual((second.state, len(self.gateway.orders)), ('draft', 2))

    def test_only_yuan(self):
        self.assertEqual(self.provider._get_supported_currencies().mapped('name'), ['CNY'])
        euro = self.env['payment.provider']._get_compatible_providers(
            self.company_id, self.partner.id, 10, currency_id=self.currency_euro.id
        )
        self.assertNotIn(self.provider, euro)
        yuan = self.env['payment.provider']._get_compatible_providers(
            self.company_id, self.partner.id, 10, currency_id=self.currency.id
        )
        self.assertIn(self.provider, yuan)
