from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import ComplaintCommon


@tagged('post_install', '-at_install')
class TestConcerned(ComplaintCommon):
    """Nobody handles a complaint about himself, or sees any of it."""

    # === WHO HANDLES IT === #

    def test_rule_leaves_the_agent_concerned_out_and_says_so(self):
        self.team.user_ids = self.user_a | self.user_b
        complaint = self._create_complaint()
        self.assertEqual(complaint.complaint_agent_ids, self.user_a)
        self.assertEqual(complaint.user_id, self.user_b)
        self.assertIn("being concerned", complaint.assignment_ids.reason)
        self.assertIn(self.user_a.name, complaint.assignment_ids.reason)

    def test_nobody_rather_than_the_agent_concerned(self):
        self.team.write({'user_ids': [Command.set(self.user_a.ids)], 'user_id': self.user_a.id})
        complaint = self._create_complaint()
        self.assertFalse(complaint.user_id)
        self.assertFalse(complaint.activity_ids)
        complaint.action_assign_by_rule()
        self.assertFalse(complaint.user_id)

    def test_default_officer_unless_he_is_concerned(self):
        self.type_complaint.complaint_officer_id = self.officer
        complaint = self._create_complaint()
        self.assertEqual(complaint.user_id, self.officer)
        self.assertTrue(complaint.assigned_date)
        about_officer = self._create_complaint(
            complaint_agent_ids=[Command.set(self.officer.ids)],
        )
        self.assertIn(about_officer.user_id, self.team.user_ids)

    def test_agent_concerned_cannot_be_given_the_complaint(self):
        complaint = self._create_complaint()
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            complaint.with_user(self.manager).user_id = self.user_a
        with self.assertRaises(ValidationError):
            self._create_complaint(user_id=self.user_a.id)

    def test_form_takes_it_from_the_agent_who_turns_out_to_be_concerned(self):
        self.team.user_ids = self.user_b | self.user_c
        complaint = self._create_complaint(
            complaint_ticket_id=False, user_id=self.user_b.id
        ).with_user(self.manager)
        with Form(complaint) as form:
            form.complaint_agent_ids.add(self.user_b)
            self.assertFalse(form.user_id)
        self.assertEqual(complaint.user_id, self.user_c)

    def test_form_proposes_the_agent_of_the_ticket(self):
        complaint = self._create_complaint(complaint_ticket_id=False, user_id=self.user_b.id)
        with Form(complaint.with_user(self.manager)) as form:
            form.complaint_ticket_id = self.ticket
            self.assertEqual(form.complaint_agent_ids.ids, self.user_a.ids)
        other = self._create_complaint(complaint_ticket_id=False, user_id=self.user_b.id)
        other.complaint_ticket_id = self.ticket
        self.assertEqual(other.complaint_agent_ids, self.user_a)

    def test_nobody_registers_a_complaint_about_himself(self):
        action = self.ticket.with_user(self.user_a).action_register_complaint()
        values = {name.removeprefix('default_'): value for name, value in action['context'].items()}
        values = {**self._prepare_ticket(), **values}
        with self.assertRaises(UserError):
            self.Ticket.with_user(self.user_a).create(values)
        complaint = self.Ticket.with_user(self.user_b).create(values)
        self.assertEqual(complaint.complaint_agent_ids, self.user_a)
        self.assertEqual(complaint.ticket_kind, 'complaint')

    # === WHO READS IT === #

    def _assert_hidden(self, complaint, user):
        self.env.invalidate_all()
        hidden = complaint.with_user(user)
        self.assertFalse(hidden.search([('id', '=', complaint.id)]))
        self.assertFalse(hidden.has_access('read'))
        with self.assertRaises(AccessError):
            hidden.read(['name'])
        with self.assertRaises(AccessError):
            hidden.write({'name': "Harmless"})
        Message = self.env['mail.message'].with_user(user)
        messages = complaint.message_ids
        self.assertTrue(messages)
        self.assertFalse(Message.search([('id', 'in', messages.ids)]))
        for message in messages:
            self.assertFalse(Message.browse(message.id).has_access('read'))

    def test_agent_concerned_does_not_read_it_others_do(self):
        complaint = self._create_complaint()
        self._post(complaint, self.customer, "He was rude")
        self._assert_hidden(complaint, self.user_a)
        for user in (self.user_b, self.officer, self.manager):
            self.assertEqual(complaint.with_user(user).name, complaint.name)
        self.assertEqual(self.ticket.with_user(self.user_a).complaint_count, 0)
        self.assertEqual(self.ticket.with_user(self.user_b).complaint_count, 1)

    def test_supervisor_concerned_does_not_read_it(self):
        self.team.user_id = self.manager
        about = self._create_ticket(user_id=False)
        complaint = self._create_complaint(
            complaint_ticket_id=about.id, complaint_agent_ids=[Command.set(self.manager.ids)]
        )
        self._post(complaint, self.customer, "She was rude")
        self._assert_hidden(complaint, self.manager)
        recipients = self._get_logs(complaint, 'complaint_received').partner_id
        self.assertNotIn(self.manager.partner_id, recipients)

    def test_officer_concerned_does_not_read_it(self):
        complaint = self._create_complaint(complaint_agent_ids=[Command.set(self.officer.ids)])
        self._post(complaint, self.customer)
        self._assert_hidden(complaint, self.officer)
        other = self._create_complaint()
        self.assertTrue(other.with_user(self.officer).has_access('write'))

    def test_officer_sees_complaints_of_all_teams_but_no_requests(self):
        complaint = self._create_complaint()
        request = self._create_ticket(user_id=self.user_b.id)
        self.assertTrue(complaint.with_user(self.officer).has_access('read'))
        self.assertFalse(request.with_user(self.officer).has_access('read'))
        outsider = self._create_user('outsider', 'helpdesk_mgmt.group_helpdesk_user_own')
        self.assertFalse(complaint.with_user(outsider).has_access('read'))

    def test_following_and_mentioning_do_not_help(self):
        complaint = self._create_complaint()
        partner = self.user_a.partner_id
        complaint.with_user(self.manager).message_subscribe((partner | self.user_b.partner_id).ids)
        self.assertNotIn(partner, complaint.message_partner_ids)
        self.assertIn(self.user_b.partner_id, complaint.message_partner_ids)
        message = complaint.with_user(self.manager).message_post(
            body="Look", partner_ids=(partner | self.user_b.partner_id).ids
        )
        self.assertEqual(message.partner_ids, self.user_b.partner_id)
        self.assertNotIn(partner, message.notified_partner_ids)
        self.assertIn(self.user_b.partner_id, message.notified_partner_ids)
        complaint.with_user(self.user_a).message_subscribe(partner.ids)
        self._assert_hidden(complaint, self.user_a)

    def test_followers_of_the_team_do_not_get_it(self):
        self.team.message_subscribe(
            self.user_a.partner_id.ids,
            self.env.ref('helpdesk_mgmt.hlp_tck_created').ids
            + self.env['mail.message.subtype'].search([('res_model', '=', self.team._name)]).ids,
        )
        complaint = self._create_complaint()
        self.assertNotIn(self.user_a.partner_id, complaint.message_partner_ids)
        self.assertNotIn(
            self.user_a.partner_id, complaint.message_ids.notification_ids.res_partner_id
        )

    def test_ticket_that_becomes_a_complaint_is_taken_away(self):
        ticket = self._create_ticket(user_id=self.user_a.id)
        ticket.with_user(self.user_b).message_post(
            body="Look", partner_ids=self.user_a.partner_id.ids
        )
        ticket.activity_schedule('mail.mail_activity_data_todo', user_id=self.user_a.id)
        ticket.with_user(self.manager).write(
            {
                'type_id': self.type_complaint.id,
                'user_id': self.user_b.id,
                'complaint_agent_ids': [Command.link(self.user_a.id)],
            }
        )
        self.assertFalse(ticket.activity_ids)
        self._assert_hidden(ticket, self.user_a)

    def test_desk_does_not_count_it(self):
        self.team.user_ids = self.user_a | self.user_b
        before = self.env['helpdesk.desk'].with_user(self.user_a).get_data(self.team.id)
        complaint = self._create_complaint()
        after = self.env['helpdesk.desk'].with_user(self.user_a).get_data(self.team.id)
        counters = [
            {counter['key']: counter['value'] for counter in data['counters']}
            for data in (before, after)
        ]
        self.assertEqual(counters[0]['open'], counters[1]['open'])
        self.assertNotIn(complaint.id, [row['id'] for row in after['arrivals']])
        manager = self.env['helpdesk.desk'].with_user(self.manager).get_data(self.team.id)
        self.assertIn(complaint.id, [row['id'] for row in manager['arrivals']])

    def test_rule_costs_nothing_to_who_is_not_concerned(self):
        self._create_complaint()
        self.assertEqual(self.user_b._get_complaint_visibility_domain(), [(1, '=', 1)])
        self.assertNotEqual(self.user_a._get_complaint_visibility_domain(), [(1, '=', 1)])

    def test_requests_of_who_is_concerned_stay_visible(self):
        self.ticket.complaint_agent_ids = self.user_a
        self.assertTrue(self.ticket.with_user(self.user_a).has_access('write'))

    def test_menu_is_for_managers_and_officers(self):
        menu = self.env.ref('aftercare_helpdesk_complaint.helpdesk_complaint_menu')
        for user, is_shown in ((self.manager, True), (self.officer, True), (self.user_b, False)):
            visible = self.env['ir.ui.menu'].with_user(user)._visible_menu_ids()
            self.assertEqual(menu.id in visible, is_shown, user.name)
