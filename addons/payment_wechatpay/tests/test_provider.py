import logging
import os
from pathlib import Path

from odoo.addons.payment.const import SENSITIVE_KEYS
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .. import const
from . import fake_gateway
from .common import CERTIFICATE_SERIAL, WechatPayCommon

SECRETS = (
    'wechatpay_serial',
    'wechatpay_private_key',
    'wechatpay_api_v3_key',
    'wechatpay_public_key_id',
    'wechatpay_public_key',
    'wechatpay_certificates',
    'wechatpay_app_secret',
)


@tagged('post_install', '-at_install')
class TestProvider(WechatPayCommon):
    def _check(self):
        self.provider.action_check_connection()
        return self.provider.connection_state, self.provider.connection_report

    def test_core_payment_method_is_linked(self):
        self.assertEqual(
            self.provider.with_context(active_test=False).payment_method_ids,
            self.env.ref('payment.payment_method_wechat_pay'),
        )
        self.assertEqual(self.provider.support_refund, 'partial')

    def test_every_field_is_needed_in_earnest(self):
        self.provider.state = 'disabled'
        for name in ('wechatpay_appid', 'wechatpay_mchid', 'wechatpay_api_v3_key'):
            value = self.provider[name]
            self.provider[name] = False
            with self.assertRaises(ValidationError):
                self.provider.state = 'enabled'
            self.provider[name] = value
        self.provider.state = 'enabled'

    def test_test_mode_needs_nothing(self):
        self.provider.write({'state': 'disabled', 'wechatpay_appid': False})
        self.provider.state = 'test'

    def test_secrets_are_for_the_system_alone(self):
        clerk = new_test_user(
            self.env, 'clerk', groups='aftercare_payment.aftercare_payment_group_user'
        )
        for user in (clerk, self.portal_user, self.internal_user):
            for name in SECRETS:
                with self.assertRaises(AccessError):
                    self.provider.with_user(user).read([name])

    def test_secrets_are_not_copied(self):
        copy = self.provider.copy()
        for name in SECRETS:
            self.assertFalse(copy[name], name)

    def test_secrets_are_not_logged(self):
        names = {'wechatpay_private_key', 'wechatpay_api_v3_key', 'wechatpay_app_secret'}
        self.assertLessEqual(names, SENSITIVE_KEYS)
        with self.assertLogs('odoo.addons', logging.INFO) as logs:
            self.provider.wechatpay_use_h5 = True
            self._order()._ask_gateway()
        text = '\n'.join(logs.output)
        self.assertNotIn('BEGIN PRIVATE', text)
        self.assertNotIn(fake_gateway.API_V3_KEY, text)
        self.assertNotIn('weixin://', text)

    def test_neutralize(self):
        path = Path(os.path.dirname(const.__file__)) / 'data/neutralize.sql'
        self.env.flush_all()
        self.env.cr.execute(path.read_text())
        self.env.invalidate_all()
        for name in SECRETS:
            self.assertFalse(self.provider[name], name)

    def test_connection_works(self):
        state, report = self._check()
        self.assertIn(state, ('ok', 'warning'))
        self.assertIn("verified", report)

    def test_connection_with_another_key(self):
        self.provider.wechatpay_private_key = fake_gateway.private_pem(self.gateway.thief_key)
        with mute_logger('odoo.addons.payment.models.payment_provider'):
            state, report = self._check()
        self.assertEqual(state, 'failed')
        self.assertIn('SIGN_ERROR', report)

    def test_connection_with_another_public_key(self):
        self.provider.wechatpay_public_key = fake_gateway.public_pem(self.gateway.thief_key)
        state, _report = self._check()
        self.assertEqual(state, 'failed')

    def test_connection_with_unreadable_keys(self):
        self.provider.wechatpay_private_key = 'apiclient_key.pem'
        state, report = self._check()
        self.assertEqual(state, 'failed')
        self.assertIn('apiclient_key.pem', report)

    def test_connection_with_a_short_key(self):
        self.provider.wechatpay_api_v3_key = 'short'
        state, report = self._check()
        self.assertEqual(state, 'failed')
        self.assertIn('32', report)

    def test_connection_is_down(self):
        self.gateway.down = True
        self.assertEqual(self._check()[0], 'failed')

    def test_connection_of_the_simulator(self):
        self.provider.state = 'test'
        self.assertEqual(self._check()[0], 'ok')

    def test_platform_certificates_are_fetched(self):
        self.gateway.certificates.append(self._make_certificate())
        self.provider.write({'wechatpay_public_key': False, 'wechatpay_public_key_id': False})
        self.provider.action_wechatpay_get_certificates()
        self.assertEqual(
            list(self.provider._wechatpay_get_credentials(True).platform_keys),
            [CERTIFICATE_SERIAL],
        )

    def test_certificates_under_another_key_are_not_believed(self):
        self.gateway.certificates.append(self._make_certificate())
        self.provider.wechatpay_api_v3_key = 'x' * 32
        with self.assertRaises(ValidationError):
            self.provider.action_wechatpay_get_certificates()

    def test_payer_inside_of_wechat(self):
        self.provider.wechatpay_app_secret = fake_gateway.APP_SECRET
        with self.assertNoLogs('odoo.addons', logging.INFO):
            self.assertEqual(self.provider._wechatpay_get_openid('abc'), 'oabc')
        self.provider.wechatpay_app_secret = 'another'
        with self.assertRaises(ValidationError):
            self.provider._wechatpay_get_openid('abc')
