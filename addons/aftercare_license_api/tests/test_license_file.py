from datetime import timedelta

from odoo import fields, http
from odoo.tests import tagged

from .common import LicenseApiHttpCase, get_now


@tagged('post_install', '-at_install')
class TestLicenseFile(LicenseApiHttpCase):
    def _download(self, login='license_portal', license=None, csrf=True, **data):
        self.authenticate(login, login)
        if csrf:
            data['csrf_token'] = http.Request.csrf_token(self)
        license = license or self.license
        return self.url_open(f'/my/licenses/{license.id}/file', data=data, method='POST')

    def _read(self, text):
        lines = text.split('\n')
        self.assertEqual(lines[0], '-----BEGIN LICENSE FILE-----')
        self.assertEqual(lines[-2:], ['-----END LICENSE FILE-----', ''])
        self.assertTrue(all(len(line) <= 64 for line in lines))
        return self._verify(''.join(lines[1:-2]))

    def test_owner_downloads_a_file(self):
        response = self._download()
        self.assertIn('attachment', response.headers['Content-Disposition'])
        claims = self._read(response.text)
        self.assertEqual((claims['code'], claims['valid']), ('OFFLINE', True))
        self.assertEqual((claims['domain'], claims['aud']), ('example.com', 'test-seo'))
        self.assertNotIn('nonce', claims)
        self.assertNotIn('refresh_after', claims)
        self.assertEqual(claims['exp'] - claims['iat'], 30 * 86400)
        self.assertEqual(claims['grace_until'], claims['exp'])
        self.assertEqual(self.license.change_ids[:1].kind, 'checkout')

    def test_another_customer_gets_nothing(self):
        self.assertEqual(self._download('license_other').status_code, 404)
        self.assertNotIn('checkout', self.license.change_ids.mapped('kind'))

    def test_another_site_can_not_make_the_browser_fetch_one(self):
        self.assertEqual(self._download(csrf=False).status_code, 400)

    def test_quota(self):
        self.policy_annual.offline_quota = 2
        for _index in range(2):
            self._read(self._download().text)
        self.assertIn('2 licence files within 30 days', self._download().text)
        self.license.change_ids.filtered(lambda row: row.kind == 'checkout').flush_recordset()
        self.env.cr.execute(
            "UPDATE software_license_change SET date = date - interval '31 days' "
            "WHERE license_id = %s AND kind = 'checkout'",
            [self.license.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.license._get_files_left(), 2)

    def test_file_ends_with_the_licence(self):
        self.license.sudo().date_expiry = fields.Datetime.now() + timedelta(days=3)
        claims = self._read(self.license._issue_file()[0])
        end = self.license.date_grace_end
        self.assertAlmostEqual(
            claims['exp'], get_now() + (end - fields.Datetime.now()).total_seconds(), delta=60
        )

    def test_suspended_licence_gives_no_file(self):
        self.license._suspend("Test")
        response = self._download()
        self.assertNotIn('BEGIN LICENSE', response.text)

    def test_page_warns_that_a_file_can_not_be_called_back(self):
        self.authenticate('license_portal', 'license_portal')
        text = self.url_open(f'/my/licenses/{self.license.id}').text
        self.assertIn('A file can not be called back', text)
        self.assertIn('/license/guide', text)

    def test_program_fetches_a_file_where_the_policy_allows(self):
        body = self._build(instance={'id': 'i_1'})
        self._assert_refused(self._post('checkout', body), 409, 'CHECKOUT_NOT_ALLOWED')
        self.policy_annual.allow_checkout = True
        claims = self._read(self._post('checkout', body).json()['file'])
        self.assertEqual((claims['code'], claims['instance']), ('OFFLINE', 'i_1'))
        self.policy_annual.offline_quota = 1
        self._assert_refused(self._post('checkout', body), 409, 'OFFLINE_QUOTA_REACHED')
