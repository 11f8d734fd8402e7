from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import LicenseCommon


@tagged('post_install', '-at_install')
class TestOperation(LicenseCommon):
    """What staff does by the buttons, with the dialog that asks for the reason."""

    def setUp(self):
        super().setUp()
        self.license = self._create_license('example.com')

    def _open(self, name, user=None, licenses=None):
        action = getattr((licenses or self.license).with_user(user or self.staff), name)()
        return Form(
            self.env[action['res_model']]
            .with_user(user or self.staff)
            .with_context(**action['context'])
        )

    def _apply(self, name, user=None, licenses=None, **values):
        form = self._open(name, user, licenses)
        form.reason = "Asked by phone"
        for field, value in values.items():
            form[field] = value
        form.save().action_apply()
        self.assertEqual(self._get_last_change(licenses or self.license).reason, "Asked by phone")

    def test_suspend_and_reinstate(self):
        self._apply('action_suspend')
        self.assertEqual(self.license.state, 'suspended')
        self._apply('action_reinstate')
        self.assertEqual(self.license.state, 'active')

    def test_extend(self):
        until = self.license.date_expiry + timedelta(days=10)
        self._apply('action_extend', date_until=until)
        self.assertEqual(self.license.date_expiry, until)

    def test_renew_shows_the_new_end(self):
        form = self._open('action_renew')
        form.terms = 2
        shown = form.date_renewed
        self._apply('action_renew', terms=2)
        self.assertEqual(self.license.date_expiry, shown)

    def test_change_of_the_domain_shows_what_is_wrong(self):
        form = self._open('action_set_domain')
        form.domain = 'co.uk'
        self.assertIn("everybody registers", form.domain_error)
        form.domain = 'WWW.Müller.de'
        self.assertEqual(form.domain_preview, 'müller.de')
        self.assertFalse(form.domain_error)
        self._apply('action_set_domain', domain='WWW.Müller.de')
        self.assertEqual(self.license.domain, 'xn--mller-kva.de')

    def test_grant(self):
        self._apply('action_grant_change')
        self.assertEqual(self.license._get_changes_left(), 4)

    def test_only_managers(self):
        for name, values in (
            ('action_transfer', {'partner_id': self.other_customer}),
            ('action_rotate_key', {}),
            ('action_revoke', {}),
            ('action_reinstate', {}),
        ):
            with self.subTest(name=name):
                with self.assertRaises(AccessError):
                    self._apply(name, **values)
                self._apply(name, self.manager, **values)

    def test_reason_is_asked(self):
        form = self._open('action_suspend')
        with self.assertRaises(AssertionError):
            form.save()

    def test_many_at_once(self):
        licenses = self.license + self._create_license('second.example.com')
        form = self._open('action_suspend', licenses=licenses)
        form.reason = "Maintenance"
        form.save().action_apply()
        self.assertEqual(set(licenses.mapped('state')), {'suspended'})

    def test_all_or_none(self):
        licenses = self.license + self._create_license('draft.example.com', activate=False)
        form = self._open('action_suspend', licenses=licenses)
        form.reason = "Maintenance"
        wizard = form.save()
        with self.assertRaises(UserError):
            wizard.action_apply()
        self.assertEqual(self.license.state, 'active')

    def test_smart_buttons(self):
        for record in (
            self.customer,
            self.company_customer,
            self.product_annual,
            self.product_annual.product_tmpl_id,
            self.policy_annual,
        ):
            record = record.with_user(self.staff)
            self.assertEqual(record.license_count, 1)
            action = record.action_view_licenses()
            self.assertEqual(self.License.search(action['domain']), self.license)
        for name, model in (
            ('action_view_changes', 'software.license.change'),
            ('action_view_installations', 'software.license.installation'),
            ('action_view_checkins', 'software.license.checkin'),
        ):
            action = getattr(self.license.with_user(self.staff), name)()
            self.assertEqual(action['res_model'], model)
        self.assertEqual(self.license.change_count, 1)

    def test_form_opens_for_everybody(self):
        for user in (self.staff, self.manager):
            Form(self.license.with_user(user))
            Form(self.License.with_user(user))
