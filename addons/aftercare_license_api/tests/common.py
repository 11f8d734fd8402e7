import json
import resource
import time

import jwt

from odoo.addons.aftercare_license.tests.common import LicenseCommon
from odoo.tests import HttpCase

from ..models import license_api
from ..tools import checkins

NONCE = 'nonce-of-the-tests-0001'
LIMITS = ('limit_ip', 'limit_key', 'limit_unknown', 'limit_activate', 'limit_status')
ISSUER = 'https://vendor.example'


class LicenseApiCase(LicenseCommon):
    """A licence, signing keys of its own, no limits, and nothing written behind the test's back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        set_param = cls.env['ir.config_parameter'].set_param
        for name in LIMITS:
            set_param(f'aftercare_license_api.{name}', '0')
        set_param('aftercare_license_api.issuer', ISSUER)
        # The keys of the database may belong to another server.
        cls.SigningKey = cls.env['license.signing.key']
        cls.SigningKey.search([('state', '!=', 'retired')])._retire()
        cls.SigningKey.search([]).active = False
        cls.SigningKey._ensure_keys()
        cls.license = cls._create_license('example.com')
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        license_api._windows.clear()
        self.buffer = checkins.get_buffer(self.env.cr.dbname)
        self.buffer.clear()
        # A write after each answer would meet the test's own transaction.
        self.patch(checkins.Buffer, 'is_due', lambda *_args: False)
        self.addCleanup(self.buffer.clear)
        self.addCleanup(license_api._windows.clear)

    def _limit(self, name, value):
        self.env['ir.config_parameter'].set_param(f'aftercare_license_api.limit_{name}', value)

    def _build(self, domain='example.com', product='test-seo', key=None, nonce=NONCE, **more):
        """Return a request as programs send it."""
        scope = {'product': product, 'domain': domain} | more.pop('scope', {})
        scope = {name: value for name, value in scope.items() if value is not None}
        return {'key': key or self.license.key, 'scope': scope, 'nonce': nonce, **more}

    def _verify(self, token):
        """Return the claims, verified by a library that is not ours."""
        kid = jwt.get_unverified_header(token)['kid']
        key = self.SigningKey.search([('kid', '=', kid)])
        self.assertEqual(len(key), 1, kid)
        public = jwt.PyJWK({'kty': 'OKP', 'crv': 'Ed25519', 'x': key.public_key})
        return jwt.decode(
            token,
            public,
            algorithms=['EdDSA'],
            options={'verify_aud': False, 'verify_iat': False, 'verify_exp': False}
            | {'verify_nbf': False, 'verify_sub': False},
        )


class LicenseApiHttpCase(LicenseApiCase, HttpCase):
    """Asks from outside, as programs do."""

    def _post(self, operation, body, content_type='application/json', **headers):
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return self.url_open(
            f'/license/v1/{operation}',
            data=data,
            headers={'Content-Type': content_type, **headers},
            method='POST',
        )

    def _ask(self, domain='example.com', operation='validate', **more):
        """Return the answer to a well-formed question, its token verified."""
        response = self._post(operation, self._build(domain, **more))
        self.assertEqual(response.status_code, 200, response.text)
        answer = response.json()
        answer['claims'] = claims = self._verify(answer['token'])
        self.assertEqual(claims['code'], answer['meta']['code'])
        self.assertEqual(claims['valid'], answer['meta']['valid'])
        return answer

    def _get_code(self, *args, **more):
        return self._ask(*args, **more)['meta']['code']

    def _assert_refused(self, response, status, code, pointer=None):
        self.assertEqual(response.status_code, status, response.text)
        error = response.json()['errors'][0]
        self.assertEqual(error['code'], code)
        self.assertEqual(error.get('source', {}).get('pointer'), pointer)
        self.assertEqual(response.headers['Cache-Control'], 'no-store')
        self.assertNotIn('token', response.json())


def lift_memory_limit():
    """Let a program that we start have the memory that the server denies itself."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def get_now():
    return int(time.time())
