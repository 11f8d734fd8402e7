from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import LicenseCommon

NOW = '2026-06-15 12:00:00'


@tagged('post_install', '-at_install')
class TestDomainChange(LicenseCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(NOW)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.license = self._create_license('example.com')

    def _at(self, **delta):
        return freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(**delta))

    def _get_events(self, code):
        return self.env['notification.log'].search(
            [
                ('event_id.code', '=', code),
                ('res_model', '=', 'software.license'),
                ('res_id', '=', self.license.id),
            ]
        )

    def test_change_is_effective_at_once(self):
        seq = self.license.seq
        change = self.license._change_domain('https://www.example.ORG/shop', ip='198.51.100.7')
        self.assertEqual(self.license.domain, 'example.org')
        self.assertEqual(self.license.domain_ids.mapped('name'), ['example.org'])
        self.assertGreater(self.license.seq, seq)
        self.assertEqual(
            (change.kind, change.old_value, change.new_value),
            ('domain', 'example.com', 'example.org'),
        )
        self.assertEqual(change.ip, '198.51.100.7')
        self.assertTrue(change.is_counted)
        self.assertEqual(self.license._get_changes_left(), 2)
        self.assertTrue(self._get_events('license_domain_changed'))

    def test_another_form_of_the_same_domain_is_free(self):
        license = self._create_license('bücher.de')
        before = len(license.change_ids)
        for text in (
            'bücher.de',
            'BÜCHER.de',
            'www.bücher.de',
            'xn--bcher-kva.de',
            'http://bücher.de:8080/x',
        ):
            self.assertFalse(license._change_domain(text), text)
        self.assertEqual(license._get_changes_left(), 3)
        self.assertEqual(len(license.change_ids), before)

    def test_first_domain_is_free(self):
        license = self._create_license()
        self.assertFalse(license.domain)
        self.assertFalse(license._change_domain('first.example.com').is_counted)
        self.assertEqual(license._get_changes_left(), 3)
        license._change_domain('second.example.com')
        self.assertEqual(license._get_changes_left(), 2)

    def test_quota_and_spacing(self):
        self.license._change_domain('a.example.com')
        with self._at(minutes=9), self.assertRaisesRegex(UserError, "wait until"):
            self.license._change_domain('b.example.com')
        with self._at(minutes=10, seconds=1):
            self.license._change_domain('b.example.com')
        with self._at(days=10):
            self.license._change_domain('c.example.com')
        with self._at(days=20):
            self.assertEqual(self.license._get_changes_left(), 0)
            with self.assertRaisesRegex(UserError, "3 times within 30 days.*possible on .*2026"):
                self.license._change_domain('d.example.com')
            preview = self.license._preview_domain('d.example.com')
            self.assertEqual(preview['error']['code'], 'DOMAIN_CHANGE_LIMIT_REACHED')
            self.assertEqual(preview['next_change_at'], '2026-07-15 12:00:00')
        with self._at(days=30, seconds=1):
            self.assertEqual(self.license._get_changes_left(), 1)
            self.license._change_domain('d.example.com')
        self.assertEqual(self.license.domain, 'd.example.com')

    def test_staff_grants_one_more_change(self):
        for index in range(3):
            with self._at(hours=index):
                self.license._change_domain(f'{index}.example.com')
        with self._at(days=1):
            self.license.with_user(self.staff)._grant_change("Asked by phone")
            self.assertEqual(self.license._get_changes_left(), 1)
            self.license._change_domain('granted.example.com')
            with self.assertRaises(UserError):
                self.license._change_domain('again.example.com')

    def test_staff_has_no_quota(self):
        for index in range(5):
            self.license.with_user(self.staff)._set_domain(f'{index}.example.com', "By phone")
        self.assertEqual(self.license.domain, '4.example.com')
        self.assertEqual(self.license._get_changes_left(), 3)
        self.assertFalse(self.license.with_user(self.staff)._set_domain('4.example.com', "Again"))

    def test_policy_without_own_changes(self):
        self.policy_annual.change_quota = 0
        with self.assertRaisesRegex(UserError, "contact us"):
            self.license._change_domain('other.example.com')

    def test_undo_within_a_day_is_free(self):
        self.license._change_domain('typo.example.com')
        with self._at(hours=23):
            change = self.license._undo_domain_change()
            self.assertEqual((change.kind, change.is_counted), ('undo', False))
            self.assertEqual(self.license.domain, 'example.com')
            self.assertEqual(self.license._get_changes_left(), 2)
            with self.assertRaises(UserError):
                self.license._undo_domain_change()

    def test_undo_comes_too_late(self):
        self.license._change_domain('typo.example.com')
        with self._at(hours=24, seconds=1), self.assertRaisesRegex(UserError, "24 hours"):
            self.license._undo_domain_change()

    def test_undo_when_the_old_domain_is_taken(self):
        self.license._change_domain('moved.example.com')
        self._create_license('example.com', partner=self.other_customer)
        with self.assertRaisesRegex(UserError, "has a licence of this product already"):
            self.license._undo_domain_change()
        self.assertEqual(self.license.domain, 'moved.example.com')

    def test_staff_changes_are_not_undone_by_the_customer(self):
        self.license._set_domain('staff.example.com', "By phone")
        with self.assertRaises(UserError):
            self.license._undo_domain_change()

    def test_domain_is_unique_for_a_product(self):
        other = self._create_license('taken.example.com', partner=self.other_customer)
        with self.assertRaises(UserError) as caught:
            self.license._change_domain('taken.example.com')
        message = str(caught.exception)
        self.assertIn("contact us", message)
        self.assertNotIn(other.name, message)
        self.assertNotIn("Other", message)
        self._create_license('taken.example.com', product=self.product_hosted)
        other._revoke("Refund")
        self.license._change_domain('taken.example.com')

    def test_own_licence_is_named(self):
        mine = self._create_license('mine.example.com', partner=self.company_customer)
        with self.assertRaisesRegex(UserError, mine.name):
            self.license._change_domain('mine.example.com')

    def test_policy_without_uniqueness_warns_only(self):
        self.policy_annual.domain_unique = False
        mine = self._create_license('mine.example.com')
        preview = self.license._preview_domain('mine.example.com')
        self.assertFalse(preview['error'])
        self.assertIn(mine.name, str(preview['warnings']))
        self.license._change_domain('mine.example.com')

    def test_preview_changes_nothing(self):
        before = (self.license.seq, len(self.license.change_ids))
        preview = self.license._preview_domain(' https://www.MÜLLER.de/ ')
        self.assertEqual(preview['domain'], 'xn--mller-kva.de')
        self.assertEqual(preview['display'], 'müller.de')
        self.assertTrue(preview['is_change'])
        self.assertEqual(preview['changes_left'], 3)
        self.assertIsNone(preview['next_change_at'])
        self.assertIsNone(preview['error'])
        self.assertEqual([each['code'] for each in preview['warnings']], ['SUBDOMAINS_NOT_COVERED'])
        self.assertEqual((self.license.seq, len(self.license.change_ids)), before)

    def test_preview_warns(self):
        for text, code in (
            ('pаypal.com', 'HOMOGRAPH'),
            ('staging.example.org', 'STAGING'),
            ('example.com', 'UNCHANGED'),
        ):
            with self.subTest(text=text):
                preview = self.license._preview_domain(text)
                self.assertIn(code, [each['code'] for each in preview['warnings']])
                self.assertIsNone(preview['error'])

    def test_bad_domains_are_refused_in_plain_words(self):
        for text, code, words in (
            ('', 'EMPTY', "enter a domain"),
            (None, 'EMPTY', "enter a domain"),
            (['example.com'], 'EMPTY', "enter a domain"),
            ('exam\0ple.com', 'BAD_CHARACTER', "character"),
            ('a' * 10_000 + '.com', 'TOO_LONG', "too long"),
            ('*.example.com', 'WILDCARD_NOT_ALLOWED', "asterisks"),
            ('co.uk', 'PUBLIC_SUFFIX', "example.co.uk"),
            ('192.168.1.10', 'PRIVATE_ADDRESS', "private address"),
            ('[::1]', 'PRIVATE_ADDRESS', "private address"),
            ('8.8.8.8', 'IP_NOT_ALLOWED', "IP address"),
            ('localhost', 'RESERVED_NAME', "own network"),
            ('example', 'RESERVED_NAME', "own network"),
            ('myshop', 'SINGLE_LABEL', "whole domain"),
            ('example.unknowntld', 'UNKNOWN_TLD', "spelling"),
            ('me@example.com', 'USERINFO', "e-mail"),
            ('my_shop.com', 'UNDERSCORE', "hyphen"),
            ('ftp://example.com', 'BAD_SCHEME', "website"),
            ("<script>alert(1)</script>.com", 'BAD_CHARACTER', "character"),
        ):
            with self.subTest(text=str(text)[:30]):
                with self.assertRaisesRegex(UserError, words) as caught:
                    self.license._change_domain(text)
                self.assertEqual(caught.exception.code, code)
                self.assertLess(len(str(caught.exception)), 300)
                self.assertEqual(self.license._preview_domain(text)['error']['code'], code)
        self.assertEqual(self.license.domain, 'example.com')

    def test_wildcards_and_addresses_where_the_policy_allows_them(self):
        self.policy_annual.write({'allow_wildcard': True, 'allow_ip': True})
        self.license._change_domain('*.example.org')
        self.assertEqual(self.license.domain, '*.example.org')
        license = self._create_license()
        license._change_domain('8.8.8.8')
        self.assertEqual(license.domain, '8.8.8.8')
        for text in ('*.co.uk', 'a.*.com', '10.0.0.1'):
            with self.assertRaises(UserError):
                license._change_domain(text)

    def test_licences_without_domain(self):
        self.policy_annual.max_domains = 0
        license = self._create_license()
        with self.assertRaisesRegex(UserError, "needs no domain"):
            license._change_domain('example.org')

    def test_further_domains(self):
        self.policy_annual.max_domains = 3
        self.license._add_domain('two.example.net')
        self.license._add_domain('https://three.example.net')
        for text in ('four.example.net', 'two.example.net', 'example.com'):
            with self.assertRaises(UserError):
                self.license._add_domain(text)
        self.assertEqual(self.license._get_changes_left(), 3, "Adding is free.")
        with self.assertRaises(UserError):
            self._create_license('two.example.net', partner=self.other_customer)
        self.license._remove_domain('two.example.net')
        self.assertEqual(self.license._get_changes_left(), 2, "Removing counts.")
        with self.assertRaises(UserError):
            self.license._remove_domain('example.com')

    def test_further_domain_becomes_the_first(self):
        self.policy_annual.max_domains = 2
        self.license._add_domain('two.example.net')
        self.license._change_domain('two.example.net')
        self.assertEqual(self.license.domain_ids.mapped('name'), ['two.example.net'])

    def test_test_addresses(self):
        for text, code in (
            ('localhost', 'NOT_NEEDED'),
            ('10.0.0.1', 'NOT_NEEDED'),
            ('staging.example.com', 'NOT_NEEDED'),
            ('example.org', 'NOT_STAGING'),
            ('example.com', 'COVERED_ALREADY'),
        ):
            with self.subTest(text=text), self.assertRaises(UserError) as caught:
                self.license._bind_staging(text)
            self.assertEqual(caught.exception.code, code)
        for text in ('new.example.com', 'staging.agency.net', 'shop-dev.agency.net'):
            self.license._bind_staging(text)
        with self.assertRaisesRegex(UserError, "3 test addresses"):
            self.license._bind_staging('test.agency.net')
        self.license._unbind_staging('new.example.com')
        self.license._bind_staging('test.agency.net')
        staging = self.license.domain_ids.filtered(lambda each: each.kind == 'staging')
        self.assertEqual(len(staging), 3)
        self.assertFalse(any(staging.mapped('is_exclusive')))
        self.assertEqual(self.license._get_changes_left(), 3)

    def test_first_use_binds_where_the_policy_says_so(self):
        license = self._create_license()
        self.assertFalse(license._start_use('used.example.com'))
        self.assertFalse(license.domain)
        self.policy_annual.allow_first_activation = True
        self.assertTrue(license._start_use('www.used.example.com', ip='198.51.100.7'))
        self.assertEqual(license.domain, 'used.example.com')
        self.assertFalse(license._start_use('other.example.com'), "The first one only.")
        self.assertEqual(license._get_changes_left(), 3)
