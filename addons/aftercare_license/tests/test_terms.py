from datetime import datetime, timedelta

from odoo import fields
from odoo.addons.aftercare_license.tools import terms
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import LicenseCommon


def day(text):
    return datetime.fromisoformat(text)


@tagged('post_install', '-at_install')
class TestTerms(LicenseCommon):
    def test_months_end_on_the_anchor_day_where_they_can(self):
        for start, months, anchor, expected in (
            ('2026-01-31', 1, None, '2026-02-28'),
            ('2026-02-28', 1, 31, '2026-03-31'),
            ('2026-03-31', 1, 31, '2026-04-30'),
            ('2028-02-29', 12, None, '2029-02-28'),
            ('2031-02-28', 12, 29, '2032-02-29'),
            ('2026-12-15', 12, None, '2027-12-15'),
            ('2026-02-28', 12, None, '2027-02-28'),
        ):
            with self.subTest(start=start):
                self.assertEqual(terms.add_months(day(start), months, anchor), day(expected))

    def _renew_at(self, license, moment, count=1):
        with freeze_time(moment):
            license._renew(count, reason="Paid")
        return license.date_expiry

    def _create_at(self, moment, **policy_vals):
        policy = self._create_policy(**{'term_months': 12, 'grace_days': 14, **policy_vals})
        product = self._create_product("Test", policy, False)
        with freeze_time(moment):
            return self._create_license('example.com', product=product)

    def test_first_term(self):
        license = self._create_at('2026-01-31 10:00:00')
        self.assertEqual(license.date_start, day('2026-01-31 10:00:00'))
        self.assertEqual(license.date_expiry, day('2027-01-31 10:00:00'))
        self.assertEqual(license.date_grace_end, day('2027-02-14 10:00:00'))
        self.assertEqual(license.updates_until, license.date_expiry)

    def test_renewal_before_the_end_counts_from_the_end(self):
        license = self._create_at('2026-03-01')
        self.assertEqual(self._renew_at(license, '2026-12-01'), day('2028-03-01'))
        self.assertEqual(license.state, 'active')
        self.assertEqual(license.updates_until, license.date_expiry)

    def test_renewal_in_grace_counts_from_the_end(self):
        license = self._create_at('2026-03-01')
        self.assertEqual(self._renew_at(license, '2027-03-10'), day('2028-03-01'))

    def test_renewal_after_grace_counts_from_today(self):
        license = self._create_at('2026-03-01')
        self.assertEqual(self._renew_at(license, '2027-05-31 08:00:00'), day('2028-05-31 08:00:00'))
        self.assertEqual(license.anchor_day, 31)

    def test_renewal_from_the_end_always(self):
        license = self._create_at('2026-03-01', renewal_basis='from_expiry')
        self.assertEqual(self._renew_at(license, '2027-12-31'), day('2028-03-01'))

    def test_renewal_from_today_always(self):
        license = self._create_at('2026-03-01', renewal_basis='from_now')
        self.assertEqual(self._renew_at(license, '2026-12-31'), day('2027-12-31'))

    def test_several_terms(self):
        license = self._create_at('2026-01-31', term_months=1)
        self.assertEqual(license.date_expiry, day('2026-02-28'))
        self.assertEqual(self._renew_at(license, '2026-02-20'), day('2026-03-31'))
        self.assertEqual(self._renew_at(license, '2026-03-20', 2), day('2026-05-31'))
        for count in (0, -1, 101, 10**9):
            with self.assertRaises(UserError):
                license._renew(count)

    def test_leap_day_comes_back(self):
        license = self._create_at('2028-02-29')
        self.assertEqual(license.date_expiry, day('2029-02-28'))
        self._renew_at(license, '2029-02-01', 3)
        self.assertEqual(license.date_expiry, day('2032-02-29'))

    def test_preview_of_the_renewal_is_what_comes(self):
        license = self._create_at('2026-01-31')
        with freeze_time('2026-06-01'):
            preview = license._get_renewal_preview()
            license._renew()
        self.assertEqual(license.date_expiry, preview)

    def test_perpetual_licence_renews_its_updates(self):
        with freeze_time('2026-03-01'):
            license = self._create_license('example.com', product=self.product_perpetual)
        self.assertFalse(license.date_expiry)
        self.assertEqual(license.updates_until, day('2027-03-01'))
        self._renew_at(license, '2027-01-01')
        self.assertFalse(license.date_expiry)
        self.assertEqual(license.updates_until, day('2028-03-01'))
        self._renew_at(license, '2029-01-01')
        self.assertEqual(license.updates_until, day('2030-01-01'))

    def test_what_never_ends_is_not_renewed(self):
        license = self._create_at('2026-03-01', term_months=0)
        self.assertFalse(license._can_renew())
        self.assertFalse(license._get_renewal_preview())
        with self.assertRaisesRegex(UserError, "never ends"):
            license._renew()

    def test_own_time_of_updates_grows_with_the_licence(self):
        license = self._create_at('2026-03-01', updates_months=24)
        self.assertEqual(license.updates_until, day('2028-03-01'))
        self._renew_at(license, '2026-12-01')
        self.assertEqual(license.updates_until, day('2029-03-01'))

    def test_term_from_first_use(self):
        license = self._create_at('2026-03-01', expiry_basis='first_activation')
        self.assertEqual(license.state, 'active')
        self.assertFalse(license.date_start)
        self.assertFalse(license.date_expiry)
        with freeze_time('2026-05-05'):
            self.assertTrue(license._start_use())
            self.assertFalse(license._start_use(), "It starts once.")
        self.assertEqual(license.date_expiry, day('2027-05-05'))
        self.assertEqual(self._get_last_change(license).kind, 'activate')

    def test_renewal_before_first_use_starts_the_term(self):
        license = self._create_at('2026-03-01', expiry_basis='first_activation')
        self.assertEqual(self._renew_at(license, '2026-04-01'), day('2028-04-01'))

    def test_licence_taken_over_keeps_its_dates(self):
        with freeze_time('2026-06-01'):
            license = self._create_license(
                'example.com',
                date_start=fields.Datetime.to_datetime('2024-02-10'),
                date_expiry=fields.Datetime.to_datetime('2026-09-30'),
            )
        self.assertEqual(license.date_start, day('2024-02-10'))
        self.assertEqual(license.date_expiry, day('2026-09-30'))
        self.assertEqual(license.state, 'active')
        old = self._create_license('example.org', at=fields.Datetime.now() - timedelta(days=1000))
        self.assertEqual(old.state, 'expired')

    def test_policy_changes_leave_licences_alone(self):
        license = self._create_at('2026-03-01')
        license.policy_id.write({'grace_days': 1, 'term_months': 1})
        self.assertEqual(license.date_grace_end, day('2027-03-15'))
