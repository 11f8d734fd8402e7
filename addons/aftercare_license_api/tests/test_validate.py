import os
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields, http
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..models import license_api
from ..tools.verdict import CODES
from .common import ISSUER, NONCE, LicenseApiHttpCase, get_now

API_LOG = 'odoo.addons.aftercare_license_api.models.license_api'


@tagged('post_install', '-at_install')
class TestValidate(LicenseApiHttpCase):
    def test_valid(self):
        answer = self._ask('https://www.Example.com/')
        self.assertEqual(answer['meta']['nonce'], NONCE)
        self.assertEqual(answer['meta']['scope'], {'product': 'test-seo', 'domain': 'example.com'})
        self.assertEqual(answer['data']['id'], self.license.uuid)
        self.assertEqual(
            answer['data']['attributes'],
            {
                'status': 'active',
                'license_type': 'annual',
                'domain': 'example.com',
                'expiry': self.license.date_expiry.strftime('%Y-%m-%dT%H:%M:%SZ'),
                'updates_until': self.license.updates_until.strftime('%Y-%m-%dT%H:%M:%SZ'),
                'entitlements': ['test-core', 'test-pro'],
                'last_four': self.license.key[-5:],
                'domain_changes_left': self.license._get_changes_left(),
            },
        )
        claims = answer['claims']
        self.assertEqual(
            set(claims),
            {'iss', 'sub', 'aud', 'jti', 'iat', 'nbf', 'exp', 'nonce', 'valid', 'code', 'domain'}
            | {'match_mode', 'registrable', 'environment', 'instance', 'seq', 'refresh_after'}
            | {'grace_until', 'license', 'scope'},
        )
        self.assertEqual((claims['iss'], claims['aud']), (ISSUER, 'test-seo'))
        self.assertEqual((claims['sub'], claims['seq']), (self.license.uuid, self.license.seq))
        self.assertEqual(claims['nonce'], NONCE)
        self.assertLess(abs(claims['iat'] - get_now()), 60)
        self.assertEqual(claims['exp'] - claims['iat'], 15 * 86400)
        self.assertEqual(claims['grace_until'] - claims['exp'], 5 * 86400)
        self.assertAlmostEqual(claims['refresh_after'] - claims['iat'], 86400, delta=8641)
        self.assertEqual((claims['domain'], claims['match_mode']), ('example.com', 'exact'))
        self.assertEqual(claims['license']['status'], 'active')

    def test_each_code_from_outside(self):
        """Each code but those the table of the verdict alone can reach without a second site."""
        seen = set()

        def check(code, *args, **more):
            seen.add(code)
            with self.subTest(code=code):
                self.assertEqual(self._get_code(*args, **more), code)

        check('VALID')
        check('NON_PRODUCTION', 'http://localhost:8069')
        check('NOT_FOUND', key='ACME-00000-00000-00000-00000-00000')
        check('PRODUCT_SCOPE_REQUIRED', product=None)
        check('PRODUCT_SCOPE_MISMATCH', product='other')
        check('DOMAIN_SCOPE_REQUIRED', None)
        check('DOMAIN_SCOPE_INVALID', 'co.uk')
        check('DOMAIN_SCOPE_MISMATCH', 'example.org')
        check('ENTITLEMENTS_MISSING', scope={'entitlements': ['test-core', 'gold']})
        unbound = self._create_license()
        check('NO_DOMAIN', key=unbound.key)
        self.env['software.license.installation'].create(
            {
                'license_id': self.license.id,
                'instance_id': 'i_own',
                'host': 'example.com',
                'public_key': 'x',
            }
        )
        check('INSTANCE_MISMATCH', instance={'id': 'i_clone'})
        self.env['software.license.installation'].search([]).active = False
        self.env['software.release'].create(
            {
                'product_tmpl_id': self.product_annual.product_tmpl_id.id,
                'version': '9.0',
                'date_release': self.license.updates_until + timedelta(days=1),
            }
        )
        check('VERSION_SCOPE_MISMATCH', scope={'version': '9.0'})
        self.policy_annual.max_domains = 2
        self.license._add_domain('example.net')
        self.policy_annual.max_domains = 1
        check('TOO_MANY_DOMAINS', 'example.net')
        expiry = self.license.date_expiry
        with freeze_time(expiry + timedelta(days=1)):
            check('EXPIRED_GRACE')
        with freeze_time(expiry + timedelta(days=15)):
            check('EXPIRED')
        self.license._suspend("Test")
        check('SUSPENDED')
        self.license._reinstate("Test")
        check('VALID')
        self.license.commercial_partner_id.license_banned = True
        check('BANNED')
        self.license.commercial_partner_id.license_banned = False
        self.license._revoke("Test")
        check('REVOKED')
        self.assertEqual(seen, set(CODES))

    def test_change_of_the_domain_counts_at_once(self):
        before = self._ask()['claims']
        self.license._change_domain('example.org')
        after = self._ask('example.org')
        self.assertEqual(after['meta']['code'], 'VALID')
        self.assertGreater(after['claims']['seq'], before['seq'])
        old = self._ask()
        self.assertEqual(old['meta']['code'], 'DOMAIN_SCOPE_MISMATCH')
        # Whoever has the key does not learn where the licence went.
        self.assertNotIn('example.org', str(old['data']) + str(old['claims']))

    def test_replaced_key_works_for_a_week(self):
        old_key = self.license.key
        new_key = self.license._rotate_key("Leaked")
        self.assertEqual(self._get_code(key=old_key), 'VALID')
        self.assertEqual(self._get_code(key=new_key), 'VALID')
        with freeze_time(fields.Datetime.now() + timedelta(days=7, minutes=1)):
            self.assertEqual(self._get_code(key=old_key), 'NOT_FOUND')
            self.assertEqual(self._get_code(key=new_key), 'VALID')

    def test_key_is_read_as_people_type_it(self):
        typed = self.license.key.lower().replace('-', ' ')
        self.assertEqual(self._get_code(key=typed), 'VALID')

    def test_replayed_nonce_gets_a_new_answer(self):
        first, second = self._ask()['claims'], self._ask()['claims']
        self.assertNotEqual(first['jti'], second['jti'])
        self.assertEqual(first['nonce'], second['nonce'])
        other = self._ask(nonce='another-nonce-00000002')['claims']
        self.assertEqual(other['nonce'], 'another-nonce-00000002')

    def test_answer_before_a_change_asks_to_come_back_after_it(self):
        with freeze_time(self.license.date_expiry - timedelta(hours=2)):
            claims = self._ask()['claims']
        wait = claims['refresh_after'] - claims['iat']
        self.assertGreater(wait, 7200)
        self.assertLess(wait, 7200 + 600)

    def test_nothing_leaks(self):
        """No answer tells who the customer is, which other domains there are, or how we work."""
        self.policy_annual.max_domains = 2
        self.license._add_domain('secret-project.net')
        answers = [
            self._ask(domain, product=product, key=key)
            for domain in ('example.com', 'example.org', 'localhost', 'co.uk', None)
            for product in ('test-seo', 'other', None)
            for key in (None, 'ACME-00000-00000-00000-00000-00000')
        ]
        text = str(answers).lower()
        partner = self.license.partner_id
        for secret in (partner.name, partner.email, self.company_customer.name, 'secret-project'):
            self.assertNotIn(secret.lower(), text)
        self.assertNotIn(self.license.key.lower(), text)
        for answer in answers:
            is_product = answer['claims']['aud'] == 'test-seo' and answer['claims']['sub']
            self.assertEqual(bool(answer['data']), bool(is_product))
            self.assertEqual(bool(answer['claims']['license']), bool(is_product))

    def test_unknown_key_has_the_same_shape_as_any_answer(self):
        answer = self._ask(key='ACME-00000-00000-00000-00000-00000')
        self.assertIsNone(answer['data'])
        self.assertEqual(set(answer['claims']), set(self._ask()['claims']))
        self.assertEqual((answer['claims']['sub'], answer['claims']['seq']), (None, 0))

    def test_hot_path_is_one_statement(self):
        api = self.env['license.api']
        body = b'%s' % str(self._build()).replace("'", '"').encode()
        call = license_api.Call('POST', '127.0.0.1', 'application/json', len(body), lambda: body)
        self.assertEqual(api._serve('validate', call).status, 200)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(api._serve('validate', call).status, 200)

    def test_no_session_is_written(self):
        def save(*_args):
            raise AssertionError("a session was saved")

        with patch.object(http.root.session_store, 'save', save):
            response = self._post('validate', self._build())
        self.assertEqual(response.status_code, 200)
        self.assertNotIn('session_id', response.headers.get('Set-Cookie', ''))
        self.assertFalse(
            [name for name in os.listdir(http.root.session_store.path) if name == NONCE]
        )

    def test_answer_headers(self):
        response = self._post('validate', self._build())
        self.assertEqual(response.headers['Cache-Control'], 'no-store')
        self.assertEqual(response.headers['Content-Type'], 'application/json; charset=utf-8')
        self.assertEqual(response.headers['Access-Control-Allow-Origin'], '*')

    def test_preflight_of_a_browser(self):
        response = self.url_open('/license/v1/validate', method='OPTIONS')
        self.assertEqual(response.status_code, 204)
        self.assertIn('Content-Type', response.headers['Access-Control-Allow-Headers'])

    def test_first_use_binds_where_the_policy_says_so(self):
        self.policy_annual.write(
            {'allow_first_activation': True, 'expiry_basis': 'first_activation'}
        )
        license = self._create_license()
        self.assertFalse(license.date_start)
        self.assertEqual(self._get_code('localhost', key=license.key), 'NO_DOMAIN')
        self.assertEqual(self._get_code('first.example.net', key=license.key), 'VALID')
        license.invalidate_recordset()
        self.assertEqual(license.domain, 'first.example.net')
        self.assertTrue(license.date_expiry)
        self.assertEqual(
            self._get_code('second.example.net', key=license.key), 'DOMAIN_SCOPE_MISMATCH'
        )

    def test_database_that_is_away_is_no_verdict(self):
        """503, so that programs keep what they have."""

        def fail(*_args, **_kwargs):
            raise psycopg2.OperationalError('server closed the connection unexpectedly')

        self.patch(type(self.env['license.api']), '_find_license', fail)
        with mute_logger(API_LOG):
            response = self._post('validate', self._build())
        self._assert_refused(response, 503, 'MAINTENANCE')
        self.assertGreater(int(response.headers['Retry-After']), 0)
        self.assertNotIn('connection', response.text)

    def test_bug_is_no_verdict_and_shows_nothing(self):
        def fail(*_args, **_kwargs):
            raise RuntimeError('the inner workings')

        self.patch(type(self.env['license.api']), '_find_license', fail)
        with mute_logger(API_LOG):
            response = self._post('validate', self._build())
        self._assert_refused(response, 500, 'INTERNAL')
        self.assertNotIn('inner', response.text)
        self.assertNotIn('Traceback', response.text)

    def test_server_without_a_signing_key(self):
        self.env.cr.execute("UPDATE license_signing_key SET state = 'retired'")
        self._assert_refused(self._post('validate', self._build()), 503, 'MAINTENANCE')
        self._assert_refused(self.url_open('/license/v1/health'), 503, 'MAINTENANCE')

    def test_health_and_keys(self):
        self.assertEqual(self.url_open('/license/v1/health').json(), {'ok': True})
        response = self.url_open('/license/v1/keys')
        self.assertEqual(response.headers['Cache-Control'], 'public, max-age=3600')
        keys = {key['kid']: key for key in response.json()['keys']}
        self.assertEqual(set(keys), set(self.SigningKey.search([]).mapped('kid')))
        for key in keys.values():
            self.assertEqual((key['kty'], key['crv'], key['alg']), ('OKP', 'Ed25519', 'EdDSA'))
            self.assertNotIn('d', key)
