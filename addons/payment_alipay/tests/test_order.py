from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PHONE, AlipayCommon
from .fake_gateway import bare_private

MODEL = 'odoo.addons.payment.models.payment_provider'


@tagged('post_install', '-at_install')
class TestOrder(AlipayCommon):
    def _get_form(self):
        transaction = self._create_transaction('redirect', reference=None)
        values = transaction._get_processing_values()
        return transaction, self._extract_values_from_html_form(values['redirect_form_html'])

    def test_page_for_computers(self):
        self.provider.alipay_use_qr = False
        transaction, form = self._get_form()
        self.assertEqual(form['action'], f'{self.gateway.url}?charset=utf-8')
        self.assertEqual(form['method'], 'post')
        self.assertIsNone(self.gateway.open_form(form['inputs']))
        trade = self.gateway.trades[transaction.reference]
        self.assertEqual((trade['amount'], trade['channel']), ('128.50', 'page'))
        self.assertTrue(form['inputs']['notify_url'].endswith(self.notify_path))
        self.assertTrue(form['inputs']['return_url'].endswith(self.return_path))
        self.assertEqual(transaction.state, 'draft')

    def test_app_on_phones(self):
        self.browser = PHONE
        transaction, form = self._get_form()
        self.assertIsNone(self.gateway.open_form(form['inputs']))
        self.assertEqual(self.gateway.trades[transaction.reference]['channel'], 'wap')

    def test_tampered_form(self):
        self.provider.alipay_use_qr = False
        _transaction, form = self._get_form()
        inputs = form['inputs']
        for name, value in (
            ('biz_content', inputs['biz_content'].replace('128.50', '0.01')),
            ('notify_url', 'https://thief.example.com/notify'),
            ('app_id', '2021000000009999'),
        ):
            self.assertTrue(self.gateway.open_form(inputs | {name: value}), name)

    def test_code_on_our_page(self):
        transaction = self._order()
        self.assertEqual(transaction.gateway_channel, 'precreate')
        self.assertEqual(transaction.qr_content, 'https://qr.alipay.com/bax1')

    def test_the_page_shows_the_code(self):
        self.authenticate(None, None)
        values = self._prepare_transaction_values(self.payment_method_id, None, 'redirect')
        processing = self._get_processing_values(**values)
        form = self._extract_values_from_html_form(processing['redirect_form_html'])
        self.assertEqual((form['action'], form['method']), ('/payment/status', 'get'))
        page = self.url_open('/payment/status').text
        self.assertIn('data:image/png;base64,', page)
        self.assertNotIn('qr.alipay.com', page)

    def test_return_before_notice(self):
        transaction = self._order()
        self.gateway.pay(transaction.reference)
        response = self.url_open(
            self.return_path,
            params=self.gateway.come_back(transaction.reference),
            allow_redirects=False,
        )
        self.assertTrue(response.headers['Location'].endswith('/payment/status'))
        self.assertEqual(transaction.state, 'done')
        form = self.gateway.notify(transaction.reference)
        self.assertEqual(self._post(form).text, 'success')

    def test_return_says_nothing_of_the_state(self):
        transaction = self._order()
        self.url_open(
            self.return_path,
            params=self.gateway.come_back(transaction.reference),
            allow_redirects=False,
        )
        self.assertEqual(transaction.state, 'draft')

    @mute_logger('odoo.addons.payment_alipay.controllers.main')
    def test_forged_return(self):
        transaction = self._order()
        self.gateway.pay(transaction.reference)
        honest = self.gateway.come_back(transaction.reference)
        for params in (
            self.gateway.come_back(transaction.reference, key=self.gateway.thief_key),
            self.gateway.come_back(transaction.reference, app_id='2021000000009999'),
            self.gateway.come_back(transaction.reference, seller_id='2088000000009999'),
            honest | {'total_amount': '0.01'},
            honest | {'sign_type': 'RSA'},
            {},
        ):
            response = self.url_open(self.return_path, params=params, allow_redirects=False)
            self.assertEqual(response.status_code, 403)
        self.assertEqual(transaction.state, 'draft')

    def test_return_while_the_gateway_is_down(self):
        transaction = self._order()
        self.gateway.pay(transaction.reference)
        self.gateway.down = True
        response = self.url_open(
            self.return_path,
            params=self.gateway.come_back(transaction.reference),
            allow_redirects=False,
        )
        self.assertTrue(response.headers['Location'].endswith('/payment/status'))

    @mute_logger(MODEL)
    def test_gateway_down(self):
        self.gateway.down = True
        self.assertEqual(self._order().state, 'error')

    def test_wrong_merchant_key(self):
        self.provider.alipay_private_key = bare_private(self.gateway.thief_key)
        transaction = self._order()
        self.assertEqual(transaction.state, 'error')
        self.assertIn('isv.invalid-signature', transaction.state_message)

    def test_forged_answer(self):
        self.gateway.forge = True
        transaction = self._order()
        self.assertEqual((transaction.state, transaction.qr_content), ('error', False))

    def test_tampered_answer(self):
        transaction = self._order()
        for tamper in (
            lambda text: text.replace('WAIT_BUYER_PAY', 'TRADE_SUCCESS'),
            lambda text: text.replace('\\/', '/'),
            lambda text: text[:-1] + ',"sign":"x"}',
            lambda text: '{"error_response":{"code":"10000","trade_status":"TRADE_SUCCESS"}}',
            lambda text: 'nonsense',
            lambda text: '[]',
            lambda text: '',
        ):
            self.gateway.tamper = tamper
            with self.assertRaises(ValidationError):
                transaction._ask_gateway()
        self.assertEqual(transaction.state, 'draft')
        self.gateway.tamper = None
        transaction._ask_gateway()

    def test_order_that_alipay_has_not_heard_of(self):
        self.provider.alipay_use_qr = False
        transaction = self._order()
        transaction._ask_gateway()
        self.assertEqual(transaction.state, 'draft')
        transaction._expire()
        self.assertEqual(transaction.state, 'cancel')

    def test_expired_order_is_closed_at_the_gateway(self):
        transaction = self._order()
        transaction._expire()
        self.assertEqual(transaction.state, 'cancel')
        self.assertEqual(self.gateway.trades[transaction.reference]['status'], 'TRADE_CLOSED')

    def test_finished_trade_is_paid(self):
        transaction = self._order()
        self.gateway.trades[transaction.reference]['status'] = 'TRADE_FINISHED'
        transaction._ask_gateway()
        self.assertEqual(transaction.state, 'done')
