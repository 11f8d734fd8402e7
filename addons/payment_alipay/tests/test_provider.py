import logging
import os
from pathlib import Path

from odoo.addons.payment.const import SENSITIVE_KEYS
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .. import const
from .common import AlipayCommon
from .fake_gateway import bare_private, bare_public

SECRETS = ('alipay_private_key', 'alipay_public_key')


@tagged('post_install', '-at_install')
class TestProvider(AlipayCommon):
    def _check(self):
        self.provider.action_check_connection()
        return self.provider.connection_state, self.provider.connection_report

    def test_core_payment_method_is_linked(self):
        self.assertEqual(
            self.provider.with_context(active_test=False).payment_method_ids,
            self.env.ref('payment.payment_method_alipay'),
        )
        self.assertEqual(self.provider.support_refund, 'partial')

    def test_every_field_is_needed_in_earnest(self):
        self.provider.state = 'disabled'
        for name in ('alipay_app_id', *SECRETS):
            value = self.provider[name]
            self.provider[name] = False
            with self.assertRaises(ValidationError):
                self.provider.state = 'enabled'
            self.provider[name] = value
        self.provider.state = 'enabled'

    def test_sandbox_is_not_for_real_money(self):
        with self.assertRaises(ValidationError):
            self.provider.alipay_sandbox = True
        self.provider.write({'state': 'test', 'alipay_sandbox': True})
        self.assertFalse(self.provider._is_simulated(False))
        self.assertEqual(self.provider._alipay_get_gateway_url(False), const.SANDBOX_URL)
        with self.assertRaises(ValidationError):
            self.provider.state = 'enabled'

    def test_sandbox_needs_keys(self):
        self.provider.write({'state': 'test', 'alipay_app_id': False})
        with self.assertRaises(ValidationError):
            self.provider.alipay_sandbox = True

    def test_secrets_are_for_the_system_alone(self):
        clerk = new_test_user(
            self.env, 'clerk', groups='aftercare_payment.aftercare_payment_group_user'
        )
        for user in (clerk, self.portal_user, self.internal_user):
            for name in SECRETS:
                with self.assertRaises(AccessError):
                    self.provider.with_user(user).read([name])

    def test_secrets_are_not_copied_nor_logged(self):
        copy = self.provider.copy()
        for name in SECRETS:
            self.assertFalse(copy[name], name)
        self.assertIn('alipay_private_key', SENSITIVE_KEYS)
        with self.assertLogs('odoo.addons', logging.INFO) as logs:
            order = self._order()
            self.gateway.pay(order.reference)
            order._ask_gateway()
        text = '\n'.join(logs.output)
        self.assertNotIn(self.provider.alipay_private_key, text)
        self.assertNotIn('abc***', text)

    def test_neutralize(self):
        path = Path(os.path.dirname(const.__file__)) / 'data/neutralize.sql'
        self.env.flush_all()
        self.env.cr.execute(path.read_text())
        self.env.invalidate_all()
        for name in ('alipay_app_id', 'alipay_seller_id', *SECRETS):
            self.assertFalse(self.provider[name], name)

    def test_connection_works(self):
        state, report = self._check()
        self.assertIn(state, ('ok', 'warning'))
        self.assertIn("verified", report)

    def test_connection_with_another_key(self):
        self.provider.alipay_private_key = bare_private(self.gateway.thief_key)
        state, report = self._check()
        self.assertEqual(state, 'failed')
        self.assertIn('isv.invalid-signature', report)

    def test_connection_with_ones_own_public_key(self):
        self.provider.alipay_public_key = bare_public(self.gateway.merchant_key)
        state, report = self._check()
        self.assertEqual(state, 'failed')
        self.assertIn("your own key", report)

    def test_connection_with_another_public_key(self):
        self.provider.alipay_public_key = bare_public(self.gateway.thief_key)
        self.assertEqual(self._check()[0], 'failed')

    def test_connection_with_unreadable_keys(self):
        self.provider.alipay_public_key = 'alipayPublicKey_RSA2.txt'
        self.assertEqual(self._check()[0], 'failed')

    def test_connection_of_the_simulator(self):
        self.provider.state = 'test'
        self.assertEqual(self._check()[0], 'ok')
