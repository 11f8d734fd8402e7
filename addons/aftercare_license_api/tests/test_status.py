from odoo.tests import freeze_time, tagged

from .common import LicenseApiHttpCase


@tagged('post_install', '-at_install')
class TestStatus(LicenseApiHttpCase):
    def _get(self, domain='example.com', product='test-seo'):
        params = {'domain': domain, 'product': product}
        return self.url_open('/license/v1/status', params=params)

    def test_yes_or_no(self):
        for domain, product, expected in (
            ('https://www.example.com/', 'test-seo', True),
            ('example.com', 'test-shop', False),
            ('example.org', 'test-seo', False),
            ('localhost', 'test-seo', False),
        ):
            answer = self._get(domain, product).json()
            self.assertEqual(set(answer), {'product', 'domain', 'licensed'})
            self.assertEqual(answer['licensed'], expected, domain)
        self.license._suspend("Test")
        self.assertFalse(self._get().json()['licensed'])

    def test_whatever_covers_the_host_counts(self):
        self.policy_annual.match_mode = 'subdomains'
        self.assertTrue(self._get('shop.example.com').json()['licensed'])

    def test_bad_questions(self):
        self._assert_refused(self.url_open('/license/v1/status'), 422, 'UNPROCESSABLE', '/product')
        answer = self._get('co.uk').json()
        self.assertEqual((answer['domain'], answer['licensed']), (None, False))

    def test_limit(self):
        self._limit('status', '2/60')
        with freeze_time('2027-01-15 08:00:00'):
            codes = [self._get().status_code for _index in range(3)]
        self.assertEqual(codes, [200, 200, 429])
        with freeze_time('2027-01-15 08:01:01'):
            self.assertEqual(self._get().status_code, 200)

    def test_page(self):
        page = '/license/status?product=test-seo&domain='
        self.assertIn('is licensed', self.url_open(page + 'example.com').text)
        text = self.url_open(page + 'example.org').text
        self.assertIn('no valid licence', text)
        self.assertIn('This is no domain', self.url_open(page + 'co.uk').text)
        self.assertNotIn('<script>alert', self.url_open(page + '<script>alert(1)</script>').text)
        self.assertEqual(self.url_open('/license/guide').status_code, 200)

    def test_staff_tests_a_verification(self):
        """In plain words, counting nothing."""
        Verification = self.env['software.license.verification'].with_user(self.staff)
        action = self.license.with_user(self.staff).action_test_verification()
        test = Verification.with_context(**action['context']).create({})
        self.assertEqual((test.code, test.is_valid), ('VALID', True))
        test.domain = 'https://shop.example.org/'
        self.assertEqual(test.code, 'DOMAIN_SCOPE_MISMATCH')
        self.assertIn('another domain', test.explanation)
        self.assertEqual(test.understood, 'shop.example.org')
        self.assertFalse(self.buffer)
