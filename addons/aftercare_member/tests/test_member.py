from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, RecordCapturer, freeze_time, tagged, users
from odoo.tools import mute_logger

from .common import SHANGHAI_IP, MemberCommon


@tagged('post_install', '-at_install')
class TestMember(MemberCommon):
    # === membership === #

    def test_member_gets_number_date_and_agent(self):
        with freeze_time('2026-03-02 08:00:00'):
            member = self._create_member(country_id=self.china.id, state_id=self.shanghai.id)
        self.assertTrue(member.member_number.startswith('M'))
        self.assertEqual(member.member_since, fields.Datetime.to_datetime('2026-03-02 08:00:00'))
        self.assertEqual(member.region_id, self.region_east)
        self.assertEqual(member.agent_id, self.agent_east)
        self.assertFalse(member.registration_ip)

    def test_contact_is_no_member(self):
        contact = self.env['res.partner'].create({'name': "A Contact"})
        self.assertFalse(contact.member_number or contact.agent_id or contact.is_member)

    def test_contacts_of_a_new_member_are_no_members(self):
        company = (
            self.env['res.partner']
            .with_context(default_is_member=True)
            .create(
                {
                    'name': "Lan Ltd",
                    'is_company': True,
                    'child_ids': [(0, 0, {'name': "Employee"})],
                }
            )
        )
        self.assertTrue(company.is_member)
        self.assertFalse(company.child_ids.is_member)

    @users('member_manager')
    def test_make_member_keeps_what_is_there(self):
        contacts = self.env['res.partner'].create(
            [{'name': "One", 'agent_id': self.agent_iran.id}, {'name': "Two"}]
        )
        contacts.action_make_member()
        self.assertEqual(contacts.mapped('is_member'), [True, True])
        self.assertEqual(contacts[0].agent_id, self.agent_iran)
        self.assertEqual(contacts[1].agent_id, self.agent_default)
        numbers, dates = contacts.mapped('member_number'), contacts.mapped('member_since')
        self.assertEqual(len(set(numbers)), 2)
        contacts.action_make_member()
        self.assertEqual(contacts.mapped('member_number'), numbers)
        self.assertEqual(contacts.mapped('member_since'), dates)

    @users('member_manager')
    def test_member_is_created_in_the_form(self):
        partner_model = self.env['res.partner'].with_context(default_is_member=True)
        with Form(partner_model) as form:
            form.name = "Wang Fang"
            form.country_id = self.iran
        member = form.record
        self.assertTrue(member.is_member)
        self.assertEqual(member.agent_id, self.agent_iran)

    def test_number_is_never_changed(self):
        member = self._create_member()
        number = member.member_number
        with self.assertRaises(UserError):
            member.member_number = 'X1'
        with self.assertRaises(UserError):
            member.member_number = False
        member.action_end_membership()
        self.assertFalse(member.is_member)
        member.action_make_member()
        self.assertEqual(member.member_number, number)

    def test_number_is_not_copied(self):
        member = self._create_member()
        copy = member.copy()
        self.assertFalse(copy.is_member or copy.member_number or copy.member_since)

    def test_taken_numbers_are_passed(self):
        sequence = self.env.ref('aftercare_member.ir_sequence_member')
        sequence.write({'prefix': 'Z', 'number_next': 1})
        self._create_member().flush_recordset()
        sequence.number_next = 1
        numbers = self.env['res.partner']._get_next_member_numbers(2)
        self.assertEqual(numbers, ['Z000002', 'Z000003'])

    def test_companies_may_have_their_own_series(self):
        company = self._create_company(name="Second")
        self.env['ir.sequence'].create(
            {
                'name': "Members of Second",
                'code': 'res.partner.member',
                'prefix': 'S',
                'padding': 3,
                'company_id': company.id,
            }
        )
        second = self.env['res.partner'].with_company(company)
        self.assertEqual(second._get_next_member_numbers(2), ['S001', 'S002'])
        self.assertTrue(self.env['res.partner']._get_next_member_numbers(1)[0].startswith('M'))

    def test_series_with_years_works(self):
        self.env.ref('aftercare_member.ir_sequence_member').write(
            {'use_date_range': True, 'prefix': 'Y%(range_year)s-'}
        )
        with freeze_time('2026-03-02'):
            numbers = self.env['res.partner']._get_next_member_numbers(2)
        self.assertEqual(numbers, ['Y2026-000001', 'Y2026-000002'])

    def test_members_are_made_in_batches(self):
        contacts = self.env['res.partner'].create([{'name': f"N{i}"} for i in range(60)])
        self.env.flush_all()
        contacts[:2].action_make_member()  # warm up
        self.env.flush_all()
        with self.profile_queries() as few:
            contacts[2:4].action_make_member()
            self.env.flush_all()
        with self.profile_queries() as many:
            contacts[4:].action_make_member()
            self.env.flush_all()
        self.assertLessEqual(many.count, few.count + 12)

    def test_merged_members_keep_one_number_and_are_found_by_the_other(self):
        first = self._create_member(name="First")
        second = self._create_member(name="Second")
        contact = self.env['res.partner'].create({'name': "Contact"})
        numbers = [first.member_number, second.member_number]
        wizard = self.env['base.partner.merge.automatic.wizard'].create({})
        wizard._merge((first + second).ids, first)
        self.assertEqual(first.member_number, numbers[0])
        self.assertFalse(second.exists())
        self.assertEqual(self._find(numbers[1]), first)
        wizard._merge((first + contact).ids, contact)
        self.assertEqual(contact.member_number, numbers[0])
        self.assertTrue(contact.is_member)
        self.assertEqual(self._find(numbers[1]), contact)

    # === agents === #

    def test_default_agent_when_the_choice_breaks(self):
        agent_class = self.env.registry['service.agent']
        with (
            patch.object(agent_class, '_assign_partner', side_effect=ValueError('broken')),
            self.assertLogs('odoo.addons.aftercare_member.models.res_partner', 'WARNING'),
        ):
            member = self._create_member()
        self.assertEqual(member.agent_id, self.agent_default)

    def test_conflict_is_put_off_to_the_scheduled_action(self):
        agent_class = self.env.registry['service.agent']
        cron = self.env.ref('aftercare_member.ir_cron_assign_agents')
        with (
            patch.object(agent_class, '_assign_partner', side_effect=SerializationFailure()),
            RecordCapturer(self.env['ir.cron.trigger'], [('cron_id', '=', cron.id)]) as triggers,
        ):
            member = self._create_member(country_id=self.iran.id)
        self.assertFalse(member.agent_id)
        self.assertTrue(triggers.records)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(member.agent_id, self.agent_iran)
        self.assertEqual(
            self._get_notifications(member, 'member_assigned'),
            {('agent', 'mail'), ('agent', 'inapp')},
        )

    def test_scheduled_action_ends_without_agents(self):
        self.env['service.agent'].search([]).active = False
        member = self._create_member()
        self.env['res.partner']._cron_assign_agents()
        self.assertFalse(member.agent_id)

    def test_scheduled_action_passes_whom_nobody_can_serve(self):
        agent_class = self.env.registry['service.agent']
        self.agent_default.is_default = False
        with (
            patch.object(agent_class, '_assign_partner', side_effect=ValueError('broken')),
            mute_logger('odoo.addons.aftercare_member.models.res_partner'),
        ):
            members = self._create_member() + self._create_member()
            with self.enter_registry_test_mode():
                self.env.ref('aftercare_member.ir_cron_assign_agents').method_direct_trigger()
        self.assertFalse(members.agent_id)

    def test_opening_hours_of_the_agent(self):
        self.agent_east.resource_calendar_id = self.env['resource.calendar'].create(
            {
                'name': "Mondays",
                'tz': 'Asia/Shanghai',
                'attendance_ids': [
                    (
                        0,
                        0,
                        {
                            'name': "Monday",
                            'dayofweek': '0',
                            'hour_from': 9,
                            'hour_to': 17,
                            'day_period': 'morning',
                        },
                    )
                ],
            }
        )
        monday = fields.Datetime.to_datetime('2026-03-02 01:00:00')  # 9 o'clock in Shanghai
        self.assertEqual(
            self.agent_east._get_opening(monday), {'is_open': True, 'next_opening': monday}
        )
        self.assertEqual(
            self.agent_east._get_opening(monday - timedelta(hours=5)),
            {'is_open': False, 'next_opening': monday},
        )

    # === finding === #

    def _find(self, text):
        found = self.env['res.partner'].search([('member_search', 'ilike', text)])
        self.assertEqual(
            found,
            self.env['res.partner']
            .search([('display_name', 'ilike', text)])
            .filtered(lambda p: p in found),
        )
        return found

    def test_members_are_found_by_whatever_is_known(self):
        member = self._create_member(
            name="José Álvarez",
            email='Jose.A@example.com',
            country_id=self.china.id,
            phone='+86 138 0013 8765',
            ref='CRM-77',
        )
        other = self._create_member(name="Other", phone='+98 912 345 6789')
        for text in (
            "álvarez",
            "josé álv",
            'jose.a@',
            member.member_number,
            member.member_number[1:],
            '13800138765',
            '138 0013 8765',
            '138-0013-8765',
            '+86 13800138765',
            '0086 138 0013 8765',
            '8765',
            'crm-77',
        ):
            with self.subTest(text=text):
                self.assertIn(member, self._find(text))
                self.assertNotIn(other, self._find(text))
        self.assertIn(other, self._find("۰۹۱۲ ۳۴۵ ۶۷۸۹"))
        self.assertFalse(self._find("99999999999"))

    def test_only_members_have_keywords(self):
        member = self._create_member(name="Zacharias Quux")
        contact = self.env['res.partner'].create({'name': "Zacharias Quux"})
        self.assertEqual(self._find("quux"), member)
        contact.action_make_member()
        self.assertEqual(self._find("quux"), member + contact)
        member.action_end_membership()
        self.assertEqual(self._find("quux"), contact)

    def test_my_regions(self):
        mine = self._create_member(region_id=self.region_east.id)
        other = self._create_member(region_id=self.region_iran.id)
        user = self.agent_east.user_id
        partners = self.env['res.partner'].with_user(user).sudo()
        found = partners.search([('in_my_regions', '=', True)])
        self.assertIn(mine, found)
        self.assertNotIn(other, found)
        self.assertTrue(mine.with_env(partners.env).in_my_regions)
        self.assertFalse(other.with_env(partners.env).in_my_regions)
        nobody = self.env['res.partner'].with_user(self.manager)
        self.assertFalse(nobody.search_count([('in_my_regions', '=', True)]))

    def test_same_email_is_shown(self):
        member = self._create_member(email='a@example.com')
        twin = self.env['res.partner'].create({'name': "Twin", 'email': '"T" <A@Example.com>'})
        self.assertEqual(member.same_email_partner_ids, twin)
        self.assertFalse(self._create_member().same_email_partner_ids)

    # === glance === #

    def test_timeline_tells_what_happened(self):
        member = self._create_member(country_id=self.iran.id)
        html = member.member_timeline
        self.assertIn("Became a member", html)
        self.assertIn("Sara Ahmadi", html)
        self.assertFalse(self.env['res.partner'].create({'name': "Contact"}).member_timeline)

    def test_place_of_registration(self):
        with self._known_places():
            member = self._create_member(registration_ip=SHANGHAI_IP)
            self.assertIn(self.shanghai.name, member.registration_place)
            self.assertIn(self.china.name, member.registration_place)
            self.assertTrue(member.registration_credits)
            unknown = self._create_member(registration_ip='10.0.0.1')
            self.assertFalse(unknown.registration_place or unknown.registration_credits)

    def test_reads_of_a_list_do_not_grow_with_it(self):
        members = self.env['res.partner'].create(
            [{'name': f"N{i}", 'email': f'n{i}@example.com', 'is_member': True} for i in range(30)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.profile_queries() as few:
            members[:2].mapped('same_email_partner_ids')
            members[:2].mapped('in_my_regions')
        self.env.invalidate_all()
        with self.profile_queries() as many:
            members.mapped('same_email_partner_ids')
            members.mapped('in_my_regions')
        self.assertEqual(many.count, few.count)

    # === retention === #

    def test_old_addresses_are_forgotten(self):
        old, new = self._create_member(), self._create_member()
        now = fields.Datetime.now()
        old.write({'registration_ip': SHANGHAI_IP, 'member_since': now - timedelta(days=31)})
        new.write({'registration_ip': SHANGHAI_IP, 'member_since': now - timedelta(days=29)})
        location = self.env.registry['ip.location']
        with patch.object(location, '_get_retention_days', lambda _self: 0):
            self.env['res.partner']._gc_registration_ip()
        self.assertTrue(old.registration_ip)
        with patch.object(location, '_get_retention_days', lambda _self: 30):
            self.env['res.partner']._gc_registration_ip()
        self.assertFalse(old.registration_ip)
        self.assertTrue(new.registration_ip)
