from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import mute_logger

from ..exceptions import LicenseError
from .common import LicenseCommon


@tagged('post_install', '-at_install')
class TestState(LicenseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._let_renewals_be_paid()

    def _get_kinds(self, license):
        return license.change_ids.sorted('id').mapped('kind')

    def _make(self, state):
        license = self._create_license(f'{state}.example.com', activate=state != 'draft')
        if state == 'grace':
            license.write({'date_expiry': fields.Datetime.now() - timedelta(days=1)})
            license._wake()
        elif state == 'expired':
            license.write({'date_expiry': fields.Datetime.now() - timedelta(days=100)})
            license._wake()
        elif state == 'suspended':
            license._suspend("Not paid")
        elif state == 'revoked':
            license._revoke("Refund")
        self.assertEqual(license.state, state)
        return license

    def test_issue(self):
        license = self._create_license('https://www.Example.com/', activate=False)
        self.assertEqual(license.state, 'draft')
        self.assertFalse(license.key)
        license._activate("By hand")
        self.assertEqual(license.state, 'active')
        self.assertEqual(license.domain, 'example.com')
        self.assertEqual(license.domain_ids.name, 'example.com')
        self.assertRegex(license.name, r'^LIC\d+$')
        self.assertTrue(license.key.startswith('ACME-'))
        self.assertEqual(license.key_last, license.key[-5:])
        self.assertEqual(license.key_digest, self.License._get_key_digest(license.key.lower()))
        self.assertEqual(license.entitlement_ids, self.entitlements)
        self.assertEqual(self._get_kinds(license), ['issue'])
        self.assertEqual(license.change_ids.reason, "By hand")
        self.assertEqual(license.license_type, 'annual')

    @users('license_staff')
    def test_staff_issues_by_hand(self):
        form = Form(self.env['software.license'])
        form.partner_id = self.customer
        form.product_id = self.product_annual
        form.domain = 'HTTPS://Shop.Example.com/cart'
        license = form.save()
        self.assertEqual(license.domain, 'shop.example.com')
        self.assertEqual(license.policy_id, self.policy_annual)
        with Form(license) as form:
            form.domain = 'www.example.org'
        self.assertEqual(license.domain, 'example.org')
        self.assertEqual(license.domain_ids.mapped('name'), ['example.org'])
        license.action_issue()
        self.assertEqual(license.state, 'active')
        self.assertEqual(license.change_ids.user_id, self.env.user)

    def test_service_needs_no_key(self):
        license = self._create_license(product=self.product_service)
        self.assertEqual(license.state, 'active')
        self.assertFalse(license.key)
        with self.assertRaisesRegex(UserError, "no key"):
            license._rotate_key("Lost")

    def test_what_is_allowed_in_which_state(self):
        actions = {
            'activate': lambda each: each._activate(),
            'suspend': lambda each: each._suspend("Why"),
            'reinstate': lambda each: each._reinstate("Why"),
            'revoke': lambda each: each._revoke("Why"),
            'extend': lambda each: each._extend(
                max(each.date_expiry, fields.Datetime.now()) + timedelta(days=10), "Why"
            ),
            'renew': lambda each: each._renew(reason="Why"),
            'transfer': lambda each: each._transfer(self.other_customer, "Why"),
            'rotate': lambda each: each._rotate_key("Why"),
            'change_domain': lambda each: each._change_domain('changed.example.com'),
        }
        table = {
            'draft': {'activate', 'revoke'},
            'active': {
                'suspend',
                'revoke',
                'extend',
                'renew',
                'transfer',
                'rotate',
                'change_domain',
            },
            'grace': {
                'suspend',
                'revoke',
                'extend',
                'renew',
                'transfer',
                'rotate',
                'change_domain',
            },
            'expired': {'suspend', 'revoke', 'extend', 'renew', 'transfer', 'rotate'},
            'suspended': {'reinstate', 'revoke', 'extend', 'renew', 'transfer', 'rotate'},
            'revoked': {'reinstate'},
        }
        for state, allowed in table.items():
            license = self._make(state)
            for name, action in actions.items():
                if state == 'draft' and name == 'extend':
                    continue
                with self.subTest(state=state, action=name):
                    before = (license.seq, len(license.change_ids))
                    savepoint = self.env.cr.savepoint()
                    try:
                        if name in allowed:
                            action(license)
                            self.assertGreater(license.seq, before[0])
                            self.assertGreater(len(license.change_ids), before[1])
                        else:
                            with self.assertRaises(UserError) as caught:
                                action(license)
                            self.assertNotIn('%(', str(caught.exception))
                    finally:
                        savepoint.rollback()
                        savepoint.close(rollback=False)
                        self.env.invalidate_all()

    def test_reasons_are_needed(self):
        license = self._create_license('example.com')
        for action in (
            license._suspend,
            license._revoke,
            license._reinstate,
            license._rotate_key,
            license._grant_change,
        ):
            for reason in ('', '  ', None, False):
                with self.assertRaises(UserError):
                    action(reason or '')
        with self.assertRaises(UserError):
            license._extend(license.date_expiry + timedelta(days=1), '')
        with self.assertRaises(UserError):
            license._transfer(self.other_customer, ' ')
        with self.assertRaises(UserError):
            license._set_domain('example.org', '')

    def test_suspend_and_reinstate(self):
        license = self._create_license('example.com')
        license.with_user(self.staff)._suspend("Not paid")
        self.assertEqual(license.state, 'suspended')
        change = self._get_last_change(license)
        self.assertEqual((change.reason, change.user_id), ("Not paid", self.staff))
        license._reinstate("Paid")
        self.assertEqual(license.state, 'active')

    def test_reinstated_licence_is_what_its_dates_say(self):
        license = self._create_license('example.com')
        license._suspend("Not paid")
        with freeze_time(license.date_expiry + timedelta(days=3)):
            license._reinstate("Paid")
            self.assertEqual(license.state, 'grace')

    def test_renewal_wakes_but_does_not_reinstate(self):
        license = self._make('expired')
        license._renew(reason="Paid")
        self.assertEqual(license.state, 'active')
        license._suspend("Why")
        expiry = license.date_expiry
        license._renew(reason="Paid")
        self.assertEqual(license.state, 'suspended')
        self.assertGreater(license.date_expiry, expiry)

    def test_renewed_licence_lets_a_taken_domain_go(self):
        license = self._make('expired')
        other = self._create_license(license.domain, partner=self.other_customer)
        license._renew(reason="Paid")
        self.assertEqual(license.state, 'active')
        self.assertFalse(license.domain)
        self.assertFalse(license.domain_ids)
        self.assertIn('release', self._get_kinds(license))
        self.assertEqual(other.domain, 'expired.example.com')
        license._change_domain('another.example.com')
        self.assertEqual(license.domain, 'another.example.com')

    def test_revoked_licence_frees_its_domain(self):
        license = self._make('revoked')
        other = self._create_license('revoked.example.com', partner=self.other_customer)
        license._reinstate("A mistake")
        self.assertEqual((license.state, license.domain), ('active', False))
        self.assertEqual(other.domain, 'revoked.example.com')

    def test_expired_licence_that_goes_on_working_keeps_its_domain(self):
        self.policy_annual.expiration_strategy = 'allow'
        license = self._make('expired')
        self.assertTrue(license.domain_ids.is_exclusive)
        with self.assertRaises(UserError):
            self._create_license(license.domain, partner=self.other_customer)

    def test_extend(self):
        license = self._make('expired')
        until = fields.Datetime.now().replace(microsecond=0) + timedelta(days=30)
        license._extend(until, "Goodwill")
        self.assertEqual((license.state, license.date_expiry), ('active', until))
        self.assertEqual(license.updates_until, until)
        for bad in (until, until - timedelta(days=1), False):
            with self.assertRaises(UserError):
                license._extend(bad, "Goodwill")

    def test_extend_a_perpetual_licence_extends_its_updates(self):
        license = self._create_license('example.com', product=self.product_perpetual)
        until = license.updates_until + timedelta(days=90)
        license._extend(until, "Goodwill")
        self.assertEqual(license.updates_until, until)
        self.assertFalse(license.date_expiry)

    def test_transfer(self):
        license = self._create_license('example.com')
        license._set_auto_renew(True)
        license._transfer(self.other_customer, "Sold the site")
        self.assertEqual(license.partner_id, self.other_customer)
        self.assertEqual(license.commercial_partner_id, self.other_customer)
        self.assertFalse(license.auto_renew)
        change = self._get_last_change(license)
        self.assertIn("Lan Portal", change.old_value)
        self.assertEqual(change.new_value, "Other Portal")
        with self.assertRaises(UserError):
            license._transfer(self.other_customer, "Again")

    def test_renews_itself_only_if_something_pays(self):
        license = self._create_license('example.com')
        with patch.object(
            self.env.registry['software.license'], '_has_renewal_payer', lambda license: False
        ):
            with self.assertRaises(LicenseError):
                license._set_auto_renew(True)
            self.assertFalse(license.auto_renew)
        license._set_auto_renew(True)
        self.assertTrue(license.auto_renew)

    def test_rotated_key_leaves_the_old_one_a_week(self):
        license = self._create_license('example.com')
        old_key, old_digest = license.key, license.key_digest
        with freeze_time('2026-05-01'):
            key = license._rotate_key("Leaked")
        self.assertEqual(license.key, key)
        self.assertNotEqual(key, old_key)
        self.assertEqual(license.previous_key_digest, old_digest)
        self.assertEqual(fields.Date.to_string(license.previous_key_until), '2026-05-08')
        change = self._get_last_change(license)
        self.assertNotIn(key, f'{change.old_value}{change.new_value}{change.reason}')

    def test_history_is_append_only(self):
        change = self._create_license('example.com').change_ids
        for record in (change, change.sudo(), change.with_user(self.manager)):
            with self.assertRaises(UserError):
                record.write({'reason': "Nothing happened"})
            with self.assertRaises(UserError):
                record.unlink()
        with self.assertRaises(AccessError):
            change.with_user(self.manager).create(
                {'license_id': change.license_id.id, 'kind': 'renew'}
            )

    def test_what_methods_decide_is_not_written_by_hand(self):
        license = self._create_license('example.com').with_user(self.manager)
        for vals in (
            {'state': 'draft'},
            {'date_expiry': '2099-01-01'},
            {'domain': 'example.org'},
            {'seq': 1},
            {'key': 'ACME-1'},
            {'partner_id': self.other_customer.id},
            {'product_id': self.product_hosted.id},
            {'auto_renew': True},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                license.write(vals)
        with self.assertRaises(AccessError):
            self.License.with_user(self.manager).create(
                {
                    'partner_id': self.customer.id,
                    'product_id': self.product_annual.id,
                    'state': 'active',
                }
            )

    def test_managers_change_terms_and_the_history_knows(self):
        license = self._create_license('example.com')
        seq = license.seq
        with self.assertRaises(AccessError):
            license.with_user(self.staff).entitlement_ids = False
        license.with_user(self.manager).entitlement_ids = self.entitlements[0]
        self.assertEqual(self._get_last_change(license).kind, 'terms')
        self.assertIn('test-pro', self._get_last_change(license).old_value)
        self.assertNotIn('test-pro', self._get_last_change(license).new_value)
        self.assertGreater(license.seq, seq)

    def test_only_drafts_are_deleted(self):
        license = self._create_license('example.com')
        with self.assertRaises(UserError):
            license.with_user(self.staff).unlink()
        draft = self._create_license('example.org', activate=False)
        draft.with_user(self.staff).unlink()
        self._create_license('example.org')

    def test_banned_customer(self):
        license = self._create_license('example.com')
        self.assertFalse(license.is_owner_banned)
        seq = license.seq
        self.company_customer.license_banned = True
        self.assertTrue(license.is_owner_banned)
        self.assertGreater(license.seq, seq, "programs must not go back to older answers")
        seq = license.seq
        self.company_customer.license_banned = True
        self.assertEqual(license.seq, seq)

    def test_one_domain_twice_in_one_go(self):
        vals = {
            'partner_id': self.customer.id,
            'product_id': self.product_annual.id,
            'domain': 'twice.example.com',
        }
        with mute_logger('odoo.sql_db'), self.assertRaisesRegex(UserError, "already"):
            self.License.create([vals, dict(vals, domain='www.twice.example.com')])
        self.License.create([vals, dict(vals, product_id=self.product_hosted.id)])
        with self.assertRaisesRegex(UserError, "already"):
            self.License.create([dict(vals, domain='new.example.com'), vals])

    def test_many_are_issued_with_few_queries(self):
        def count(number):
            licenses = self.License.create(
                [
                    {
                        'partner_id': self.customer.id,
                        'product_id': self.product_annual.id,
                        'domain': f'site-{number}-{index}.example.com',
                    }
                    for index in range(number)
                ]
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            licenses._activate()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertLess(count(40) - count(2), 40)
