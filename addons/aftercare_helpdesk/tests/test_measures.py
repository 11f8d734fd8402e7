from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged

from .common import HelpdeskCommon

# Monday
NINE = datetime(2026, 3, 2, 9)


@tagged('post_install', '-at_install')
class TestMeasures(HelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Monday to Friday, 8 to 12 and 13 to 17
        cls.calendar = cls.env['resource.calendar'].create({'name': "Desk", 'tz': 'UTC'})
        cls.team.resource_calendar_id = cls.calendar

    def _create_ticket_at(self, date=NINE, **values):
        with freeze_time(date):
            ticket = self._create_ticket(**values)
        self._backdate(ticket, date)
        return ticket

    def test_new_ticket_needs_an_answer(self):
        ticket = self._create_ticket()
        self.assertEqual(ticket.reply_state, 'us')
        self.assertEqual(ticket.waiting_since, ticket.create_date)
        self.assertEqual(ticket.last_message_date, ticket.create_date)
        self.assertEqual(ticket.first_assigned_date, ticket.create_date)
        self.assertEqual(ticket.assign_hours, 0)

    def test_first_response_in_working_hours(self):
        ticket = self._create_ticket_at()
        with freeze_time('2026-03-02 15:00:00'):
            self._post(ticket, self.user_a.partner_id)
        self.assertEqual(str(ticket.first_response_date), '2026-03-02 15:00:00')
        self.assertEqual(ticket.first_response_hours, 5, "without the lunch break")
        with freeze_time('2026-03-03 10:00:00'):
            self._post(ticket, self.user_a.partner_id)
        self.assertEqual(ticket.first_response_hours, 5, "the first one only")

    def test_first_response_over_a_weekend(self):
        ticket = self._create_ticket_at(datetime(2026, 3, 6, 16))
        with freeze_time('2026-03-09 09:00:00'):
            self._post(ticket, self.user_a.partner_id)
        self.assertEqual(ticket.first_response_hours, 2)

    def test_company_calendar_stands_in(self):
        self.team.resource_calendar_id = False
        self.company.resource_calendar_id = self.calendar
        ticket = self._create_ticket_at()
        with freeze_time('2026-03-02 15:00:00'):
            self._post(ticket, self.user_a.partner_id)
        self.assertEqual(ticket.first_response_hours, 5)

    def test_without_any_calendar_all_hours_count(self):
        ticket = self._create_ticket_at(team_id=False, user_id=self.user_a.id)
        self.company.resource_calendar_id = False
        with freeze_time('2026-03-03 09:00:00'):
            self._post(ticket, self.user_a.partner_id)
        self.assertEqual(ticket.first_response_hours, 24)

    def test_notes_and_automatic_messages_are_no_response(self):
        ticket = self._create_ticket()
        ticket.message_post(body="note", author_id=self.user_a.partner_id.id)
        for kind in ('notification', 'auto_comment', 'out_of_office'):
            ticket.message_post(
                body="automatic",
                author_id=self.user_a.partner_id.id,
                message_type=kind,
                subtype_xmlid='mail.mt_comment',
            )
        self.assertFalse(ticket.first_response_date)
        self.assertEqual(ticket.reply_state, 'us')

    def test_turns(self):
        ticket = self._create_ticket()
        self._post(ticket, self.user_a.partner_id)
        self.assertEqual(ticket.reply_state, 'customer')
        self.assertFalse(ticket.waiting_since)
        self._post(ticket, self.customer)
        self.assertEqual(ticket.reply_state, 'us')
        self.assertTrue(ticket.waiting_since)
        ticket.stage_id = self.stage_done
        self.assertFalse(ticket.reply_state)
        self.assertFalse(ticket.waiting_since)
        ticket.action_reopen()
        self.assertEqual(ticket.reply_state, 'us')

    def test_colleague_of_the_customer_speaks_for_him(self):
        ticket = self._create_ticket()
        self._post(ticket, self.user_a.partner_id)
        self._post(ticket, self.colleague)
        self.assertEqual(ticket.reply_state, 'us')

    def test_employee_who_is_the_customer_is_no_agent(self):
        ticket = self._create_ticket(partner_id=self.leader.partner_id.id)
        self._post(ticket, self.leader.partner_id)
        self.assertFalse(ticket.first_response_date)

    def test_waiting_begins_with_the_first_unanswered_message(self):
        ticket = self._create_ticket_at()
        with freeze_time('2026-03-02 10:00:00'):
            self._post(ticket, self.user_a.partner_id)
        with freeze_time('2026-03-02 11:00:00'):
            self._post(ticket, self.customer)
        with freeze_time('2026-03-02 14:00:00'):
            self._post(ticket, self.customer)
        self.assertEqual(str(ticket.waiting_since), '2026-03-02 11:00:00')

    def test_average_response(self):
        ticket = self._create_ticket_at()
        with freeze_time('2026-03-02 10:00:00'):
            self._post(ticket, self.user_a.partner_id)
        with freeze_time('2026-03-02 11:00:00'):
            self._post(ticket, self.customer)
        with freeze_time('2026-03-02 15:00:00'):
            self._post(ticket, self.user_a.partner_id)
            self._post(ticket, self.user_a.partner_id, "One more thing")
        self.assertEqual(ticket.response_count, 2, "nobody waited for the third message")
        self.assertEqual(ticket.response_hours, 2)

    def test_hours_to_assign(self):
        self.team.assignment_method = 'manual'
        ticket = self._create_ticket_at(user_id=False)
        with freeze_time('2026-03-02 11:00:00'):
            ticket.user_id = self.user_a
        with freeze_time('2026-03-02 16:00:00'):
            ticket.user_id = self.user_b
        self.assertEqual(ticket.assign_hours, 2)
        self.assertEqual(str(ticket.assigned_date), '2026-03-02 16:00:00')

    def test_hours_to_close(self):
        ticket = self._create_ticket_at()
        with freeze_time('2026-03-03 09:00:00'):
            ticket.stage_id = self.stage_done
        self.assertEqual(ticket.close_hours, 8)
        ticket.action_reopen()
        self.assertEqual(ticket.close_hours, 0)

    def test_averages_leave_out_what_has_not_happened(self):
        answered = self._create_ticket_at()
        unanswered = self._create_ticket_at()
        with freeze_time('2026-03-02 15:00:00'):
            self._post(answered, self.user_a.partner_id)
        [(hours, close_hours)] = self.Ticket._read_group(
            [('id', 'in', (answered + unanswered).ids)],
            [],
            ['first_response_hours:avg', 'close_hours:avg'],
        )
        self.assertEqual(hours, 5)
        self.assertFalse(close_hours)

    def test_customer_can_measure_but_not_write(self):
        portal = self._create_user('portal', 'base.group_portal', partner_id=self.customer.id)
        ticket = self._create_ticket()
        self._post(ticket, self.user_a.partner_id)
        ticket.with_user(portal).message_post(
            body="Hello", message_type='comment', subtype_xmlid='mail.mt_comment'
        )
        self.assertEqual(ticket.reply_state, 'us')
