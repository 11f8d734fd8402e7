from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..tools import verdict
from ..tools.verdict import BoundHost, Installation, License, Question

NOW = datetime(2027, 1, 15, 8)
DAY = timedelta(days=1)
HOST = BoundHost('example.com', 'example.com', 'primary', 'production')
ADDITIONAL = BoundHost('example.org', 'example.org', 'additional', 'production')
STAGING = BoundHost('review.example.net', 'example.net', 'staging', 'staging')
ASK = Question('acme-seo', 'www.example.com')


@tagged('post_install', '-at_install')
class TestVerdict(BaseCase):
    def _make(self, **changes):
        license = License(
            id=1,
            uuid='u',
            state='active',
            seq=3,
            product='acme-seo',
            expiry=NOW + 100 * DAY,
            grace_end=NOW + 114 * DAY,
            updates_until=NOW + 100 * DAY,
            hosts=(HOST,),
            entitlements=('core',),
        )
        return license._replace(**changes)

    def _assert_code(self, expected, question=ASK, **changes):
        judged = verdict.evaluate(self._make(**changes), question, NOW)
        self.assertEqual(judged.code, expected)
        self.assertEqual(judged.is_valid, expected in verdict.VALID_CODES)
        self.assertTrue(judged.detail)
        return judged

    def test_each_code(self):
        """Each of the 18 codes, in the order of the checks."""
        expired = {'expiry': NOW - 20 * DAY, 'grace_end': NOW - 6 * DAY}
        keyed = (Installation('i_own', 'example.com'),)
        table = {
            'REVOKED': (ASK, {'state': 'revoked'}),
            'BANNED': (ASK, {'is_banned': True}),
            'SUSPENDED': (ASK, {'state': 'suspended'}),
            'PRODUCT_SCOPE_REQUIRED': (ASK._replace(product=None), {}),
            'PRODUCT_SCOPE_MISMATCH': (ASK._replace(product='other'), {}),
            'DOMAIN_SCOPE_REQUIRED': (ASK._replace(domain=None), {}),
            'DOMAIN_SCOPE_INVALID': (ASK._replace(domain='ex_ample.com'), {}),
            'NO_DOMAIN': (ASK, {'hosts': ()}),
            'DOMAIN_SCOPE_MISMATCH': (ASK._replace(domain='example.net'), {}),
            'INSTANCE_MISMATCH': (ASK._replace(instance='i_clone'), {'installations': keyed}),
            'TOO_MANY_DOMAINS': (ASK._replace(domain='example.org'), {'hosts': (HOST, ADDITIONAL)}),
            'EXPIRED': (ASK, expired),
            'VERSION_SCOPE_MISMATCH': (ASK, {'released_at': NOW, 'updates_until': NOW - DAY}),
            'ENTITLEMENTS_MISSING': (ASK._replace(entitlements=('core', 'pro')), {}),
            'EXPIRED_GRACE': (ASK, {'expiry': NOW - DAY, 'grace_end': NOW + DAY}),
            'NON_PRODUCTION': (ASK._replace(domain='localhost:8069'), {}),
            'VALID': (ASK, {}),
        }
        for code, (question, changes) in table.items():
            with self.subTest(code=code):
                self._assert_code(code, question, **changes)
        self.assertEqual(verdict.evaluate(None, ASK, NOW).code, 'NOT_FOUND')
        self.assertEqual(set(table) | {'NOT_FOUND'}, set(verdict.CODES))
        self.assertEqual(len(verdict.CODES), 18)

    def test_first_check_that_fails_names_the_code(self):
        """Everything is wrong; mending one thing after the other gives the codes in order."""
        question = Question(None, None, entitlements=('pro',), instance='i_clone')
        wrong = {
            'state': 'revoked',
            'is_banned': True,
            'hosts': (),
            'installations': (Installation('i_own', 'example.org'),),
            'expiry': NOW - 20 * DAY,
            'grace_end': NOW - 6 * DAY,
            'updates_until': NOW - 20 * DAY,
            'released_at': NOW,
        }
        steps = [
            ('REVOKED', {}, {'state': 'suspended'}),
            ('BANNED', {}, {'is_banned': False}),
            ('SUSPENDED', {}, {'state': 'expired'}),
            ('PRODUCT_SCOPE_REQUIRED', {'product': 'other'}, {}),
            ('PRODUCT_SCOPE_MISMATCH', {'product': 'acme-seo'}, {}),
            ('DOMAIN_SCOPE_REQUIRED', {'domain': 'co.uk'}, {}),
            ('DOMAIN_SCOPE_INVALID', {'domain': 'example.org'}, {}),
            ('NO_DOMAIN', {}, {'hosts': (HOST,)}),
            ('DOMAIN_SCOPE_MISMATCH', {}, {'hosts': (HOST, ADDITIONAL)}),
            ('INSTANCE_MISMATCH', {'instance': 'i_own'}, {}),
            ('TOO_MANY_DOMAINS', {}, {'max_domains': 2}),
            ('EXPIRED', {}, {'strategy': 'maintain'}),
            ('VERSION_SCOPE_MISMATCH', {}, {'released_at': None}),
            ('ENTITLEMENTS_MISSING', {'entitlements': ()}, {}),
        ]
        for code, mend_question, mend in steps:
            with self.subTest(code=code):
                self._assert_code(code, question, **wrong)
            question, wrong = question._replace(**mend_question), wrong | mend
        self._assert_code('VALID', question, **wrong)

    def test_draft_is_unknown(self):
        self._assert_code('NOT_FOUND', state='draft')

    def test_dates_count_before_the_nightly_job(self):
        self._assert_code('EXPIRED', state='active', expiry=NOW, grace_end=NOW)
        self._assert_code('VALID', state='expired')

    def test_strategies_after_the_end(self):
        ended = {'expiry': NOW - 20 * DAY, 'grace_end': NOW - 6 * DAY}
        ended['updates_until'] = NOW - 20 * DAY
        for strategy, old, new in (
            ('restrict', 'EXPIRED', 'EXPIRED'),
            ('revoke', 'EXPIRED', 'EXPIRED'),
            ('maintain', 'VALID', 'VERSION_SCOPE_MISMATCH'),
            ('allow', 'VALID', 'VALID'),
        ):
            with self.subTest(strategy=strategy):
                self._assert_code(old, strategy=strategy, **ended)
                self._assert_code(new, strategy=strategy, released_at=NOW - DAY, **ended)

    def test_match_modes(self):
        shop = ASK._replace(domain='shop.example.com')
        self._assert_code('DOMAIN_SCOPE_MISMATCH', shop)
        self._assert_code('VALID', shop, match_mode='subdomains')
        bound = BoundHost('blog.example.com', 'example.com', 'primary', 'production')
        self._assert_code('VALID', shop, match_mode='registrable', hosts=(bound,))
        wildcard = BoundHost('*.example.com', 'example.com', 'primary', 'production')
        judged = self._assert_code('VALID', shop, hosts=(wildcard,))
        self.assertEqual(judged.bound, wildcard)

    def test_test_addresses(self):
        """Free below a licensed domain, for declared ones, and at home; nowhere else."""
        for domain, code in (
            ('staging.example.com', 'NON_PRODUCTION'),
            ('192.168.1.10', 'NON_PRODUCTION'),
            ('app.test', 'NON_PRODUCTION'),
            ('staging.example.net', 'DOMAIN_SCOPE_MISMATCH'),
            ('review.example.net', 'NON_PRODUCTION'),
            ('example.net', 'DOMAIN_SCOPE_MISMATCH'),
        ):
            with self.subTest(domain=domain):
                self._assert_code(code, ASK._replace(domain=domain), hosts=(HOST, STAGING))
        self._assert_code('NO_DOMAIN', ASK._replace(domain='localhost'), hosts=(STAGING,))

    def test_licensed_test_address_is_a_site(self):
        demo = BoundHost('demo.example.com', 'example.com', 'primary', 'staging')
        self._assert_code('VALID', ASK._replace(domain='demo.example.com'), hosts=(demo,))

    def test_address_of_a_machine(self):
        """A public address is licensed only where the policy allows it."""
        question = ASK._replace(domain='8.8.8.8')
        judged = self._assert_code('DOMAIN_SCOPE_INVALID', question)
        self.assertEqual(judged.reason, 'IP_NOT_ALLOWED')
        bound = BoundHost('8.8.8.8', None, 'primary', 'production')
        self._assert_code('VALID', question, hosts=(bound,), allow_ip=True)

    def test_homograph_is_another_domain(self):
        self._assert_code('DOMAIN_SCOPE_MISMATCH', ASK._replace(domain='exаmple.com'))

    def test_product_without_domains(self):
        for domain in (None, 'anything.example.net', 'no domain'):
            self._assert_code('VALID', ASK._replace(domain=domain), max_domains=0, hosts=())

    def test_clone_of_a_proved_installation(self):
        keyed = (Installation('i_own', 'example.com'),)
        judged = self._assert_code('VALID', ASK._replace(instance='i_own'), installations=keyed)
        self.assertEqual(judged.instance, 'i_own')
        self._assert_code('INSTANCE_MISMATCH', ASK, installations=keyed)
        local = ASK._replace(domain='localhost', instance='i_dev')
        self._assert_code('NON_PRODUCTION', local, installations=keyed)
        moved = (Installation('i_own', 'old.example.org'),)
        self._assert_code('VALID', ASK._replace(instance='i_new'), installations=moved)
