import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from odoo.tests import freeze_time, tagged

from ..tools import jws
from .common import ISSUER, NONCE, LicenseApiHttpCase


@tagged('post_install', '-at_install')
class TestActivation(LicenseApiHttpCase):
    def setUp(self):
        super().setUp()
        self.private_key = Ed25519PrivateKey.generate()
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        self.public_key = jws.encode(self.private_key.public_key().public_bytes(*raw))

    def _activate(self, instance='i_1', **more):
        who = {'id': instance, 'public_key': self.public_key}
        return self._post('activate', self._build(**more, instance=who))

    def _sign(self, instance='i_1', ts=None):
        ts = int(time.time()) if ts is None else ts
        lines = '\n'.join(['deactivate', ISSUER, instance, NONCE, str(ts)])
        signature = jws.encode(self.private_key.sign(lines.encode()))
        return {'id': instance, 'ts': ts, 'signature': signature}

    def test_activated_installation_keeps_clones_out(self):
        response = self._activate()
        claims = self._verify(response.json()['token'])
        self.assertEqual((claims['code'], claims['instance']), ('VALID', 'i_1'))
        self.assertEqual(self.license.installation_ids.public_key, self.public_key)
        self.assertEqual(self._get_code(instance={'id': 'i_1'}), 'VALID')
        self.assertEqual(self._get_code(instance={'id': 'i_2'}), 'INSTANCE_MISMATCH')
        self.assertEqual(self._activate('i_2').json()['meta']['code'], 'INSTANCE_MISMATCH')

    def test_activation_needs_an_installation(self):
        response = self._post('activate', self._build())
        self._assert_refused(response, 422, 'UNPROCESSABLE', '/instance/id')
        body = self._build(instance={'id': 'i_1', 'public_key': 'AAAA'})
        self._assert_refused(
            self._post('activate', body), 422, 'UNPROCESSABLE', '/instance/public_key'
        )

    def test_refused_licence_registers_nothing(self):
        self.license._suspend("Test")
        self.assertEqual(self._activate().json()['meta']['code'], 'SUSPENDED')
        self.assertFalse(self.license.installation_ids)

    def test_installation_does_not_change_its_key(self):
        self._activate()
        self.public_key = jws.encode(b'x' * 32)
        self._assert_refused(self._activate(), 409, 'INSTANCE_MISMATCH')

    def test_domain_of_another_licence_is_not_bound(self):
        self.policy_annual.allow_first_activation = True
        unbound = self._create_license(partner=self.other_customer)
        response = self._activate(key=unbound.key)
        self._assert_refused(response, 409, 'DOMAIN_ALREADY_LICENSED')
        self.assertFalse(unbound.domain)
        self.assertNotIn(self.license.name, response.text)

    def test_activations_of_a_key_are_limited(self):
        self._limit('activate', '2/3600')
        with freeze_time('2027-01-15 08:00:00'):
            codes = [self._activate().status_code for _index in range(3)]
        self.assertEqual(codes, [200, 200, 429])
        with freeze_time('2027-01-15 09:00:01'):
            self.assertEqual(self._activate().status_code, 200)

    def test_installation_releases_itself(self):
        self._activate()
        response = self._post('deactivate', self._build(instance=self._sign()))
        self.assertEqual(response.status_code, 200, response.text)
        self.assertEqual(response.json()['meta']['code'], 'DEACTIVATED')
        self.assertEqual(self._get_code(instance={'id': 'i_2'}), 'VALID')
        response = self._post('deactivate', self._build(instance=self._sign()))
        self._assert_refused(response, 404, 'NOT_FOUND', '/instance/id')

    def test_nobody_else_releases_it(self):
        self._activate()
        now = int(time.time())
        good = self._sign()
        for instance, pointer in (
            ({'id': 'i_1'}, '/instance/signature'),
            (good | {'ts': now - 1}, '/instance/signature'),
            (good | {'signature': jws.encode(b'x' * 64)}, '/instance/signature'),
            (good | {'signature': '%%%'}, '/instance/signature'),
            (self._sign(ts=now - 3600), '/instance/ts'),
        ):
            with self.subTest(instance=instance):
                response = self._post('deactivate', self._build(instance=instance))
                self._assert_refused(response, 422, 'UNPROCESSABLE', pointer)
        self.assertTrue(self.license.installation_ids.active)

    def test_unknown_key_releases_nothing(self):
        body = self._build(key='ACME-00000-00000-00000-00000-00000', instance={'id': 'i'})
        self.assertEqual(self._post('deactivate', body).json()['meta']['code'], 'NOT_FOUND')
