import base64
import os
import pathlib
import stat
import tempfile

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import config, file_open, mute_logger

from ..tools import jws, vault
from .common import ISSUER, LicenseApiCase


@tagged('post_install', '-at_install')
class TestSigningKey(LicenseApiCase):
    def _get(self, state):
        return self.SigningKey.search([('state', '=', state)], limit=1)

    def test_there_is_a_current_and_a_next_key(self):
        current, upcoming = self._get('current'), self._get('next')
        self.assertTrue(current.is_usable and upcoming.is_usable)
        self.assertNotEqual(current.kid, upcoming.kid)
        self.assertRegex(current.kid, r'^\d{4}-\d{2}(-\d+)?$')
        self.SigningKey._ensure_keys()
        self.assertEqual(self._get('current') | self._get('next'), current | upcoming)

    def test_private_key_is_encrypted_and_closed(self):
        key = self._get('current')
        self.assertNotIn(base64.b64encode(key._load_seed()).decode(), key.private_key)
        for user in (self.env.ref('base.user_admin'), self.manager, self.staff):
            self.assertNotIn('private_key', key.with_user(user).fields_get())
            with self.assertRaises(AccessError):
                key.with_user(user).read(['private_key'])
            with self.assertRaises(AccessError):
                key.with_user(user).search([('private_key', 'like', 'A')])
        with self.assertRaises(AccessError):
            key.with_user(self.user_portal).read(['kid'])

    def test_manager_lets_the_next_key_take_over(self):
        first, second = self._get('current'), self._get('next')
        first.with_user(self.manager).action_rotate()
        self.assertEqual((first.state, second.state), ('retired', 'current'))
        third = self._get('next')
        self.assertTrue(third.is_usable)
        self.assertNotIn(third, first | second)
        self.assertEqual(self.SigningKey._get_current_signer().kid, second.kid)
        self.assertEqual(len(self.SigningKey._get_jwks()['keys']), 3)

    def test_staff_does_not_rotate(self):
        with self.assertRaises(UserError):
            self._get('current').with_user(self.staff).action_rotate()
        with self.assertRaises(UserError):
            self._get('current').with_user(self.staff).action_create_keys()

    def test_keys_introduce_each_other(self):
        """The current key introduces the next one; after a rotation the old one the current."""
        first, second = self._get('current'), self._get('next')
        signer = self.SigningKey._get_current_signer()
        self.assertEqual(len(signer.transitions), 1)
        self._assert_introduces(signer.transitions[0], first, second)
        self.SigningKey._rotate()
        signer = self.SigningKey._get_current_signer()
        self._assert_introduces(signer.transitions[0], first, second)
        self._assert_introduces(signer.transitions[1], second, self._get('next'))

    def _assert_introduces(self, token, key, other):
        header = jwt.get_unverified_header(token)
        self.assertEqual(header, {'alg': 'EdDSA', 'kid': key.kid, 'typ': 'key-transition+jwt'})
        claims = jws.verify(token, {key.kid: key.public_key}, jws.TRANSITION)
        self.assertEqual(claims['typ'], 'key-transition')
        self.assertEqual((claims['iss'], claims['kid']), (ISSUER, other.kid))
        self.assertEqual(claims['x'], other.public_key)

    def test_token_verifies_with_raw_ed25519_and_not_as_hs256(self):
        key = self._get('current')
        token = self.SigningKey._get_current_signer().sign({'a': 1})
        body, signature = token.rsplit('.', 1)
        public = Ed25519PublicKey.from_public_bytes(jws.decode(key.public_key))
        public.verify(jws.decode(signature), body.encode())
        with self.assertRaises(jwt.InvalidAlgorithmError):
            jwt.decode(token, key.public_key, algorithms=['HS256'])
        forged = jwt.encode({'a': 2}, key.public_key, 'HS256', headers={'kid': key.kid})
        self.assertIsNone(jws.verify(forged, {key.kid: key.public_key}))

    def test_keys_are_never_deleted(self):
        with self.assertRaises(UserError):
            self._get('current').unlink()

    def test_manager_archives_retired_keys_and_writes_nothing_else(self):
        key = self._get('current')
        with self.assertRaises(ValidationError):
            key.with_user(self.manager).active = False
        for vals in ({'state': 'retired'}, {'public_key': 'x'}, {'kid': 'x'}):
            with self.assertRaises(AccessError):
                key.with_user(self.manager).write(vals)
        self.SigningKey._rotate()
        key.with_user(self.manager).active = False
        with self.assertRaises(AccessError):
            key.with_user(self.staff).active = True

    def test_archived_key_is_not_published(self):
        old = self._get('current')
        self.SigningKey._rotate()
        old.active = False
        self.assertNotIn(old.kid, self.SigningKey._get_public_keys())

    @mute_logger('odoo.addons.aftercare_license_api.models.license_signing_key')
    def test_neutralized_copy_does_not_sign(self):
        with file_open('aftercare_license_api/data/neutralize.sql') as file:
            self.env.cr.execute(file.read())
        self.env.invalidate_all()
        self.SigningKey._get_current_signer.__self__.env.cr.execute(
            "UPDATE license_signing_key SET write_date = now() + interval '1 second'"
        )
        with self.assertRaises(UserError):
            self.SigningKey._get_current_signer()
        self.assertFalse(self._get('current').is_usable)
        self._get('current').with_user(self.manager).action_create_keys()
        self.assertTrue(self.SigningKey._get_current_signer().sign({}))

    def test_another_secret_opens_nothing(self):
        sealed = vault.seal(b'x' * 32, '2026-11')
        self.assertEqual(vault.unseal(sealed, '2026-11'), b'x' * 32)
        with self.assertRaises(vault.VaultError):
            vault.unseal(sealed, '2026-12')
        for text in (None, '', 'AAAA', '%%', sealed[:-8]):
            with self.assertRaises(vault.VaultError):
                vault.unseal(text, '2026-11')
        self.patch(vault, '_get_secret', lambda: b'another')
        with self.assertRaises(vault.VaultError):
            vault.unseal(sealed, '2026-11')

    def test_secret_is_a_file_that_only_the_server_reads(self):
        with tempfile.TemporaryDirectory() as folder:
            self.patch(config, 'options', config.options.new_child({'data_dir': folder}))
            secret = vault._get_secret()
            self.assertEqual(vault._get_secret(), secret)
            path = pathlib.Path(folder, 'aftercare', 'license_secret')
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
            self.patch(config, 'options', config.options.new_child({vault.OPTION: 'configured'}))
            self.assertEqual(vault._get_secret(), b'configured')
