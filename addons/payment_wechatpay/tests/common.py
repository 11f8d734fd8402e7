from datetime import datetime
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from odoo.addons.payment.tests.http_common import PaymentHttpCommon

from .. import const
from . import fake_gateway
from .fake_gateway import FakeWechatPay

DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/130'
PHONE = 'Mozilla/5.0 (Linux; Android 14) Mobile Chrome/130'
CERTIFICATE_SERIAL = 'ABCDEF0123456789'
WECHAT = f'{PHONE} MicroMessenger/8.0.50'


class WechatPayCommon(PaymentHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = FakeWechatPay()
        cls.addClassCleanup(cls.gateway.stop)
        cls.currency = cls._enable_currency('CNY')
        cls.amount = 128.5
        cls.provider = cls._prepare_provider('wechatpay')
        cls.provider.write(
            {
                'is_published': True,
                'wechatpay_appid': fake_gateway.APPID,
                'wechatpay_mchid': fake_gateway.MCHID,
                'wechatpay_serial': fake_gateway.SERIAL,
                'wechatpay_private_key': fake_gateway.private_pem(cls.gateway.merchant_key),
                'wechatpay_api_v3_key': fake_gateway.API_V3_KEY,
                'wechatpay_public_key_id': fake_gateway.PUBLIC_KEY_ID,
                'wechatpay_public_key': fake_gateway.public_pem(cls.gateway.platform_key),
                'state': 'enabled',
            }
        )
        cls.payment_method = cls.env.ref('payment.payment_method_wechat_pay')
        cls.payment_method.active = True
        cls.payment_method_id = cls.payment_method.id
        cls.notify_path = f'/payment/wechatpay/notify/{cls.provider.id}'

    def setUp(self):
        super().setUp()
        gateway = self.gateway
        gateway.orders.clear()
        gateway.refunds.clear()
        gateway.requests.clear()
        gateway.bills.clear()
        gateway.certificates.clear()
        gateway.forge = gateway.down = gateway.sleepy = False
        gateway.refund_status = 'SUCCESS'
        self.startPatcher(patch.object(const, 'GATEWAY_URL', gateway.url))
        self.startPatcher(
            patch.object(const, 'OPENID_URL', f'{gateway.url}/sns/oauth2/access_token')
        )
        self.browser = DESKTOP
        self.startPatcher(
            patch.object(
                self.registry['payment.provider'],
                '_get_browser',
                lambda provider: (
                    'MicroMessenger' in self.browser,
                    'Mobile' in self.browser,
                    '203.0.113.7',
                ),
            )
        )

    def _order(self, **values):
        """Return a transaction whose order is at the gateway."""
        transaction = self._create_transaction('redirect', reference=None, **values)
        transaction._get_processing_values()
        return transaction

    def _paid_order(self):
        transaction = self._order()
        self.gateway.pay(transaction.reference)
        transaction._ask_gateway()
        self.assertEqual(transaction.state, 'done')
        return transaction

    def _describe(self, transaction):
        return self.gateway.describe(self.gateway.orders[transaction.reference])

    def _make_certificate(self):
        """Return a platform certificate, as older merchant accounts have them."""
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, 'Tenpay')])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.gateway.platform_key.public_key())
            .serial_number(int(CERTIFICATE_SERIAL, 16))
            .not_valid_before(datetime(2026, 1, 1))
            .not_valid_after(datetime(2031, 1, 1))
            .sign(self.gateway.platform_key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
            .decode()
        )

    def _post(self, headers, body):
        return self.url_open(self.notify_path, data=body, headers=headers)
