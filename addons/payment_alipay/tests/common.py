from unittest.mock import patch

from odoo.addons.payment.tests.http_common import PaymentHttpCommon

from .. import const
from . import fake_gateway
from .fake_gateway import FakeAlipay

DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/130'
PHONE = 'Mozilla/5.0 (Linux; Android 14) Mobile Chrome/130'


class AlipayCommon(PaymentHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = FakeAlipay()
        cls.addClassCleanup(cls.gateway.stop)
        cls.currency = cls._enable_currency('CNY')
        cls.amount = 128.5
        cls.provider = cls._prepare_provider('alipay')
        cls.provider.write(
            {
                'is_published': True,
                'alipay_app_id': fake_gateway.APP_ID,
                'alipay_seller_id': fake_gateway.SELLER_ID,
                'alipay_private_key': fake_gateway.bare_private(cls.gateway.merchant_key),
                'alipay_public_key': fake_gateway.bare_public(cls.gateway.platform_key),
                'alipay_use_qr': True,
                'state': 'enabled',
            }
        )
        cls.payment_method = cls.env.ref('payment.payment_method_alipay')
        cls.payment_method.active = True
        cls.payment_method_id = cls.payment_method.id
        cls.notify_path = f'/payment/alipay/notify/{cls.provider.id}'
        cls.return_path = f'/payment/alipay/return/{cls.provider.id}'

    def setUp(self):
        super().setUp()
        gateway = self.gateway
        gateway.trades.clear()
        gateway.refunds.clear()
        gateway.requests.clear()
        gateway.bills.clear()
        gateway.forge = gateway.down = gateway.sleepy = gateway.busy = False
        gateway.tamper = None
        self.startPatcher(patch.object(const, 'GATEWAY_URL', gateway.url))
        self.browser = DESKTOP
        self.startPatcher(
            patch.object(
                self.registry['payment.provider'],
                '_get_browser',
                lambda provider: (False, 'Mobile' in self.browser, '203.0.113.7'),
            )
        )

    def _order(self, **values):
        """Return a transaction whose trade is at the gateway."""
        transaction = self._create_transaction('redirect', reference=None, **values)
        transaction._get_processing_values()
        return transaction

    def _paid_order(self):
        transaction = self._order()
        self.gateway.pay(transaction.reference)
        transaction._ask_gateway()
        self.assertEqual(transaction.state, 'done')
        return transaction

    def _post(self, form):
        return self.url_open(self.notify_path, data=form)
