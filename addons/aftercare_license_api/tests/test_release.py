import base64
import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import freeze_time, tagged

from ..tools import jws
from .common import LicenseApiHttpCase


@tagged('post_install', '-at_install')
class TestRelease(LicenseApiHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = fields.Datetime.now()
        common = {'product_tmpl_id': cls.product_annual.product_tmpl_id.id, 'file_name': 'a.zip'}
        cls.releases = cls.env['software.release'].create(
            [
                common | {'version': version, 'date_release': now + timedelta(days=days)} | more
                for version, days, more in (
                    ('1.0', -20, {'file': base64.b64encode(b'one')}),
                    ('1.1', -10, {'file': base64.b64encode(b'two')}),
                    ('1.2', -1, {'is_prerelease': True}),
                    ('2.0', 400, {}),
                )
            ]
        )

    def _latest(self, **more):
        return self._post('releases/latest', self._build(**more)).json()

    def test_newest_covered_version_with_a_link(self):
        release = self._latest(scope={'version': '1.0'})['release']
        self.assertEqual((release['version'], release['is_installed']), ('1.1', False))
        self.assertEqual(release['sha256'], hashlib.sha256(b'two').hexdigest())
        path = urlsplit(release['url'])
        response = self.url_open(f'{path.path}?{path.query}')
        self.assertEqual(response.content, b'two')
        self.assertIn('a.zip', response.headers['Content-Disposition'])
        with freeze_time(fields.Datetime.now() + timedelta(minutes=6)):
            response = self.url_open(f'{path.path}?{path.query}')
            self._assert_refused(response, 404, 'NOT_FOUND')

    def test_forged_links(self):
        signer = self.SigningKey._get_current_signer()
        stranger = jws.make_signer(signer.kid, jws.make_seed())
        claims = {'release': self.releases[0].id, 'exp': 2**40}
        for token in ('', 'x', stranger.sign(claims, jws.DOWNLOAD), signer.sign(claims)):
            response = self.url_open(f'/license/v1/releases/download?token={token}')
            self._assert_refused(response, 404, 'NOT_FOUND')

    def test_updates_that_ended_keep_their_versions(self):
        self.license.sudo().updates_until = fields.Datetime.now() - timedelta(days=15)
        self.assertEqual(self._latest()['release']['version'], '1.0')
        self.assertEqual(self._get_code(scope={'version': '1.1'}), 'VERSION_SCOPE_MISMATCH')
        self.assertEqual(self._get_code(scope={'version': '1.0'}), 'VALID')

    def test_refused_licence_gets_no_release(self):
        self.license._suspend("Test")
        self.assertIsNone(self._latest()['release'])
        self.assertIsNone(self._latest(key='ACME-00000-00000-00000-00000-00000')['release'])

    def test_expired_licence_follows_its_policy(self):
        with freeze_time(self.license.date_grace_end + timedelta(days=1)):
            self.assertEqual(self._latest()['release']['version'], '1.1')
            self.policy_annual.expiration_strategy = 'revoke'
            self.assertIsNone(self._latest()['release'])
