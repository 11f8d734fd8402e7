from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import LicenseCommon


@tagged('post_install', '-at_install')
class TestSecurity(LicenseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.license = cls._create_license('example.com')
        cls.foreign = cls._create_license('foreign.example.org', partner=cls.other_customer)

    def test_staff_never_reads_a_key(self):
        for user in (self.staff, self.user_portal):
            license = self.license.with_user(user)
            for name in ('key', 'key_digest', 'previous_key_digest'):
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError):
                        license.read([name])
                    with self.assertRaises(AccessError):
                        license.search([(name, '=like', 'A%')])
                    with self.assertRaises(AccessError):
                        license.search([], order=name)
                    with self.assertRaises(AccessError):
                        license._read_group([], [name])
                    self.assertNotIn(name, license.fields_get())
            self.assertNotIn(self.license.key, str(license.read(['name', 'key_last', 'domain'])))

    def test_managers_read_the_key_but_not_the_digest(self):
        license = self.license.with_user(self.manager)
        self.assertEqual(license.key, self.license.key)
        with self.assertRaises(AccessError):
            license.read(['key_digest'])

    def test_secret_of_the_digests(self):
        secret = self.License._get_digest_secret()
        self.assertEqual(len(secret), 64)
        self.assertEqual(self.License.with_user(self.user_portal)._get_digest_secret(), secret)
        with self.assertRaises(AccessError):
            self.env['ir.config_parameter'].with_user(self.manager).get_param(
                'aftercare_license.digest_secret'
            )

    def test_customers_see_their_own(self):
        License = self.License.with_user(self.user_portal)
        self.assertEqual(License.search([]), self.license)
        office = self._create_license('office.example.com', partner=self.company_customer)
        self.assertIn(office, License.search([]))
        draft = self._create_license('draft.example.com', activate=False)
        self.assertNotIn(draft, License.search([]))
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.user_portal).read(['domain'])

    def test_customers_write_nothing(self):
        license = self.license.with_user(self.user_portal)
        for action in (
            lambda: license.write({'auto_renew': True}),
            lambda: license.write({'domain': 'x.example.com'}),
            license.unlink,
            license.action_issue,
            lambda: license.create(
                {'partner_id': self.customer.id, 'product_id': self.product_annual.id}
            ),
        ):
            with self.assertRaises(AccessError):
                action()
        for model in (
            'software.license.change',
            'software.license.domain',
            'software.license.installation',
            'software.license.checkin',
            'software.license.policy',
            'software.license.operation',
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.user_portal).search_read([])

    def test_staff_without_the_group_sees_nothing(self):
        user = new_test_user(self.env, 'license_nobody', 'aftercare_base.aftercare_base_group_user')
        with self.assertRaises(AccessError):
            self.License.with_user(user).search([])
        self.assertFalse(self.customer.with_user(user).name != self.customer.name)

    def test_staff_sees_own_companies(self):
        company = self.env['res.company'].create({'name': "Other house"})
        theirs = self._create_license('theirs.example.com', company_id=company.id)
        License = self.License.with_user(self.staff)
        self.assertIn(self.license, License.search([]))
        self.assertNotIn(theirs, License.search([]))
        Change = self.env['software.license.change'].with_user(self.staff)
        self.assertFalse(Change.search([('license_id', '=', theirs.id)]))
        self.assertTrue(Change.search([('license_id', '=', self.license.id)]))

    def test_staff_does_not_set_policies(self):
        policy = self.policy_annual
        with self.assertRaises(AccessError):
            policy.with_user(self.staff).grace_days = 100
        policy.with_user(self.manager).grace_days = 10

    def test_plain_staff_sells_licensed_products(self):
        user = new_test_user(self.env, 'license_seller', 'base.group_user')
        product = self.product_annual.with_user(user)
        self.assertTrue(product.is_licensed)
        self.assertEqual(product.license_policy_id.name, "Test annual")

    def test_hosts_and_history_are_not_written_by_hand(self):
        for record in (self.license.domain_ids, self.license.change_ids):
            with self.assertRaises(UserError):
                record.with_user(self.manager).write({'license_id': self.foreign.id})
        with self.assertRaises(AccessError):
            self.env['software.license.domain'].with_user(self.manager).create(
                {'license_id': self.license.id, 'name': 'x.com', 'display': 'x.com'}
            )

    def test_customers_are_told_but_not_the_house(self):
        url = self.license._notification_get_url(self.customer, 'customer')
        self.assertEqual(url, f'/my/licenses/{self.license.id}')
        managers = self.license._notification_get_recipients('manager')[self.license.id]
        self.assertIn(self.manager.partner_id, managers)
        self.assertNotIn(self.staff.partner_id, managers)

    def test_messages_are_rendered(self):
        self.license._rotate_key("Leaked")
        self.license._change_domain('moved.example.com')
        self.license._suspend("The invoice is open")
        self.license._reinstate("Paid")
        self.license._renew()
        until = fields.Datetime.add(self.license.date_expiry, days=10)
        self.license._extend(until, "Goodwill")
        self.license._notify_event('license_reminder', {'days': 3})
        self.license._notify_event('license_expired', {'days': 3})
        self.license._notify_event('license_renewal_failed')
        self.license._transfer(self.other_customer, "Sold")
        self.license._revoke("Refund")
        logs = self.env['notification.log'].search(
            [('res_model', '=', 'software.license'), ('res_id', '=', self.license.id)]
        )
        self.assertEqual(
            set(logs.event_id.mapped('code')),
            {
                'license_issued',
                'license_key_rotated',
                'license_domain_changed',
                'license_suspended',
                'license_reinstated',
                'license_renewed',
                'license_reminder',
                'license_expired',
                'license_renewal_failed',
                'license_transferred',
                'license_revoked',
            },
        )
        for log in logs.filtered(lambda log: log.state != 'skipped'):
            record = self.license.with_context(
                lang='en_US',
                notification_recipient_id=log.partner_id.id,
                notification_extra=log.extra,
            )
            message = log.rule_id._render_message(log, record)
            with self.subTest(rule=log.rule_id.display_name):
                self.assertIn(self.license.name, message['plain'])
                self.assertNotIn(self.license.key, message['plain'])
                self.assertNotIn('{{', message['plain'])
