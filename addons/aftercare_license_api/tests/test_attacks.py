import json
import time

from odoo.tests import freeze_time, tagged

from ..models.license_api import _get_network
from .common import NONCE, LicenseApiHttpCase


@tagged('post_install', '-at_install')
class TestAttacks(LicenseApiHttpCase):
    # === BODIES === #

    def test_no_json(self):
        for body in (b'', b'{', b'\xff\xfe', b'NaN', b'{"a": NaN}', b'[' * 4000, b'1' * 6000):
            with self.subTest(body=body[:20]):
                self._assert_refused(self._post('validate', body), 400, 'BAD_REQUEST')

    def test_no_object(self):
        for body in (b'[]', b'"text"', b'7', b'null'):
            self._assert_refused(self._post('validate', body), 400, 'BAD_REQUEST')

    def test_content_type(self):
        body = json.dumps(self._build())
        for content_type in (
            'text/plain',
            'application/x-www-form-urlencoded',
            'multipart/form-data; boundary=x',
            'application/json; charset=utf-16',
            'application/jsonx',
        ):
            with self.subTest(content_type=content_type):
                response = self._post('validate', body, content_type)
                self._assert_refused(response, 415, 'UNSUPPORTED_MEDIA_TYPE')
        response = self._post('validate', body, 'Application/JSON; Charset="UTF-8"')
        self.assertEqual(response.status_code, 200)

    def test_body_of_a_megabyte(self):
        body = json.dumps(self._build() | {'more': 'x' * 1024 * 1024})
        self._assert_refused(self._post('validate', body), 413, 'PAYLOAD_TOO_LARGE')
        body = json.dumps(self._build() | {'more': 'x' * 8192})
        self._assert_refused(self._post('validate', body), 413, 'PAYLOAD_TOO_LARGE')

    def test_unknown_members_are_ignored(self):
        body = self._build() | {'future': {'a': [1]}, '__proto__': {}, 'instance': {'x': 1}}
        self.assertEqual(self._post('validate', body).json()['meta']['code'], 'VALID')

    def test_what_is_missing_or_of_the_wrong_kind_is_pointed_at(self):
        table = {
            '/key': {'key': None},
            '/nonce': {'nonce': 'too short'},
            '/scope': {'scope': []},
            '/scope/product': {'scope': {'product': 7}},
            '/scope/domain': {'scope': {'product': 'a', 'domain': ['b']}},
            '/scope/version': {'scope': {'version': 'v' * 65}},
            '/scope/entitlements': {'scope': {'entitlements': 'core'}},
            '/scope/entitlements/1': {'scope': {'entitlements': ['core', 5]}},
            '/instance': {'instance': 'i'},
            '/instance/id': {'instance': {'id': 5}},
            '/instance/ts': {'instance': {'ts': '5'}},
            '/client': {'client': 'php'},
            '/client/platform': {'client': {'platform': {}}},
        }
        for pointer, change in table.items():
            with self.subTest(pointer=pointer):
                response = self._post('validate', self._build() | change)
                self._assert_refused(response, 422, 'UNPROCESSABLE', pointer)

    def test_null_bytes_and_half_characters(self):
        for change, pointer in (
            ({'key': 'ACME\0'}, '/key'),
            ({'nonce': NONCE + '\0'}, '/nonce'),
            ({'scope': {'product': 'a\0'}}, '/scope/product'),
            ({'scope': {'version': '1\0'}}, '/scope/version'),
            ({'instance': {'id': 'i\0'}}, '/instance/id'),
            ({'key': '\ud800'}, '/key'),
            ({'scope': {'product': 'a', 'domain': '\ud800.com'}}, '/scope/domain'),
        ):
            with self.subTest(pointer=pointer):
                response = self._post('validate', self._build() | change)
                self._assert_refused(response, 422, 'UNPROCESSABLE', pointer)
        answer = self._ask('exam\0ple.com')
        self.assertEqual(answer['meta']['code'], 'DOMAIN_SCOPE_INVALID')
        self.assertEqual(answer['meta']['reason'], 'BAD_CHARACTER')

    def test_hostile_domains(self):
        for domain, reason in (
            ('a.' * 2000 + 'com', 'TOO_LONG'),
            ('x' * 5000, 'TOO_LONG'),
            ('*.example.com', 'WILDCARD_NOT_ALLOWED'),
            ('co.uk', 'PUBLIC_SUFFIX'),
            ('user:pw@example.com', 'USERINFO'),
            ('127.1', 'BAD_IPV4'),
            ('8.8.8.8', 'IP_NOT_ALLOWED'),
            ("example.com'; DROP TABLE software_license; --", 'BAD_CHARACTER'),
        ):
            with self.subTest(domain=domain[:30]):
                answer = self._ask(domain)
                self.assertEqual(answer['meta']['code'], 'DOMAIN_SCOPE_INVALID')
                self.assertEqual(answer['meta']['reason'], reason)
                self.assertIsNone(answer['claims']['domain'])
        self.assertEqual(self._get_code('exаmple.com'), 'DOMAIN_SCOPE_MISMATCH')
        self.assertEqual(self._get_code('192.168.0.1'), 'NON_PRODUCTION')

    # === ROUTES === #

    def test_unknown_address(self):
        for path in ('/license/v1', '/license/v1/', '/license/v1/nothing', '/license/v1/a/b'):
            self._assert_refused(self.url_open(path), 404, 'NOT_FOUND')

    def test_wrong_method(self):
        for method in ('GET', 'PUT', 'DELETE', 'PATCH'):
            response = self.url_open('/license/v1/validate', method=method)
            self._assert_refused(response, 405, 'METHOD_NOT_ALLOWED')
            self.assertEqual(response.headers['Allow'], 'POST, OPTIONS')
        self._assert_refused(self._post('keys', {}), 405, 'METHOD_NOT_ALLOWED')

    # === LIMITS === #

    def test_many_calls_of_an_address(self):
        self._limit('ip', '3/60')
        with freeze_time('2027-01-15 08:00:00'):
            responses = [self._post('validate', self._build()) for _index in range(4)]
            self.assertEqual([each.status_code for each in responses], [200, 200, 200, 429])
            self.assertEqual(
                [each.headers['RateLimit-Remaining'] for each in responses], ['2', '1', '0', '0']
            )
            self._assert_refused(responses[3], 429, 'TOO_MANY_REQUESTS')
            wait = int(responses[3].headers['Retry-After'])
            self.assertTrue(0 < wait <= 60)
        with freeze_time('2027-01-15 08:02:01'):
            self.assertEqual(self._post('validate', self._build()).status_code, 200)

    def test_many_calls_of_a_key(self):
        self._limit('key', '2/60')
        with freeze_time('2027-01-15 08:00:00'):
            codes = [self._post('validate', self._build()).status_code for _index in range(3)]
            self.assertEqual(codes, [200, 200, 429])
            other = self._create_license('example.org')
            response = self._post('validate', self._build('example.org', key=other.key))
            self.assertEqual(response.status_code, 200)

    def test_unknown_keys_in_bulk(self):
        """Whoever guesses is shut out for half an hour; whoever has a key is answered."""
        self._limit('unknown', '3/600')
        unknown = self._build(key='ACME-00000-00000-00000-00000-00000')
        with freeze_time('2027-01-15 08:00:00'):
            codes = [self._post('validate', unknown).status_code for _index in range(5)]
            self.assertEqual(codes, [200, 200, 200, 429, 429])
            response = self._post('validate', unknown)
            self.assertAlmostEqual(int(response.headers['Retry-After']), 1800, delta=5)
            self.assertEqual(self._get_code(), 'VALID')
        with freeze_time('2027-01-15 08:29:00'):
            self.assertEqual(self._post('validate', unknown).status_code, 429)
        with freeze_time('2027-01-15 08:31:00'):
            self.assertEqual(self._post('validate', unknown).status_code, 200)

    def test_manager_unblocks_a_network(self):
        self._limit('unknown', '1/600')
        unknown = self._build(key='ACME-00000-00000-00000-00000-00000')
        for status in (200, 429):
            self.assertEqual(self._post('validate', unknown).status_code, status)
        Counter = self.env['license.api.counter']
        blocked = Counter.search([('bucket', '=', 'unknown 127.0.0.0/24')])
        self.assertTrue(blocked.blocked_until)
        blocked.with_user(self.manager).action_unblock()
        self.assertEqual(self._post('validate', unknown).status_code, 200)

    def test_networks(self):
        for ip, network in (
            ('203.0.113.77', '203.0.113.0/24'),
            ('2001:db8:1:2ff::1', '2001:db8:1:200::/56'),
            ('::ffff:203.0.113.77', '203.0.113.0/24'),
            ('unix', 'unix'),
        ):
            self.assertEqual(_get_network(ip), network)

    def test_old_counters_are_forgotten(self):
        Counter = self.env['license.api.counter']
        self._limit('unknown', '1/600')
        now = time.time()
        rule = self.env['license.api']._get_settings().limit_unknown[0]
        Counter._hit('test old', rule, now - 3 * 86400)
        Counter._hit('test new', rule, now)
        Counter._gc_counters()
        buckets = Counter.search([('bucket', '=like', 'test %')]).mapped('bucket')
        self.assertEqual(buckets, ['test new'])
