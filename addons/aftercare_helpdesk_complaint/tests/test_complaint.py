from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ComplaintCommon


@tagged('post_install', '-at_install')
class TestComplaint(ComplaintCommon):
    # === PROMISE === #

    def _get_promise(self):
        """Return what is promised on a complaint of Friday, 20 March 2026."""
        complaint = self._create_complaint()
        self.assertEqual(complaint.complaint_date_promised, complaint._get_promised_date())
        self._backdate(complaint, '2026-03-20 08:00:00')
        return complaint._get_promised_date()

    def test_promise_counts_working_days_after_the_receipt(self):
        self.assertEqual(self._get_promise(), date(2026, 3, 27))
        self.type_complaint.complaint_days = 1
        self.assertEqual(self._get_promise(), date(2026, 3, 23))
        self.type_complaint.complaint_days = 0
        self.assertEqual(self._get_promise(), date(2026, 3, 20))

    def test_promise_leaves_holidays_out(self):
        self.env['resource.calendar.leaves'].create(
            {
                'name': "Closed",
                'calendar_id': self.calendar.id,
                'company_id': self.company.id,
                'date_from': '2026-03-23 00:00:00',
                'date_to': '2026-03-23 23:59:59',
            }
        )
        self.assertEqual(self._get_promise(), date(2026, 3, 30))

    def test_promise_is_in_calendar_days_without_a_calendar(self):
        self.team.resource_calendar_id = False
        self.company.resource_calendar_id = False
        self.assertEqual(self._get_promise(), date(2026, 3, 25))

    def test_promise_can_be_changed_and_requests_have_none(self):
        self.assertFalse(self.ticket.complaint_date_promised)
        complaint = self._create_complaint(complaint_date_promised='2026-05-01')
        self.assertEqual(complaint.complaint_date_promised, date(2026, 5, 1))
        complaint.type_id = self.type_complaint.copy()
        self.assertEqual(complaint.complaint_date_promised, date(2026, 5, 1))
        self.ticket.type_id = self.type_complaint
        self.assertTrue(self.ticket.complaint_date_promised)

    def test_overdue_until_it_is_answered(self):
        complaint = self._create_complaint(complaint_date_promised='2026-05-01')
        in_time = self._create_complaint(complaint_date_promised='2099-05-01')
        self._answer(complaint)
        domain = [('is_complaint_overdue', '=', True), ('id', 'in', (complaint | in_time).ids)]
        self.assertEqual(self.Ticket.search(domain), complaint)
        self.assertTrue(complaint.is_complaint_overdue)
        self.assertFalse(in_time.is_complaint_overdue)
        complaint.stage_id = self.stage_done
        self.assertFalse(complaint.is_complaint_overdue)
        self.assertFalse(self.Ticket.search(domain))

    # === CLOSING === #

    def test_closes_with_finding_and_measure_only(self):
        complaint = self._create_complaint(user_id=self.user_b.id).with_user(self.user_b)
        with (
            self.assertRaisesRegex(UserError, "Finding and Measure"),
            self.env.cr.savepoint(),
        ):
            complaint.stage_id = self.stage_done
        complaint.complaint_finding = 'unjustified'
        with self.assertRaisesRegex(UserError, "Measure"), self.env.cr.savepoint():
            complaint.stage_id = self.stage_done
        complaint.complaint_measure = "None needed"
        complaint.stage_id = self.stage_done
        self.assertTrue(complaint.closed)

    def test_no_way_around_it(self):
        complaint = self._create_complaint(user_id=self.user_b.id).with_user(self.manager)
        other = self._create_ticket(user_id=self.user_b.id)
        ways = [
            lambda: complaint.write({'stage_id': self.stage_done.id}),
            lambda: complaint.write({'stage_id': self.stage_cancelled.id}),
            lambda: complaint.web_save({'stage_id': self.stage_done.id}, {}),
            lambda: complaint.action_resolve(),
            lambda: (complaint | other).write({'stage_id': self.stage_done.id}),
            lambda: complaint.sudo().write({'stage_id': self.stage_done.id}),
            lambda: self._create_complaint(stage_id=self.stage_done.id),
            lambda: complaint._close_by_customer(self.stage_done),
        ]
        for way in ways:
            with self.assertRaises(UserError), self.env.cr.savepoint():
                way()
            complaint.invalidate_recordset()
            self.assertFalse(complaint.closed)
        with self.assertRaises(UserError), Form(complaint) as form:
            form.stage_id = self.stage_done

    def test_no_way_around_it_by_a_team(self):
        complaint = self._create_complaint()
        closing = self.stage_done.copy({'team_ids': False, 'sequence': -5})
        target = self._create_team("Closing", self.user_b)
        closing.team_ids = target
        (self.stage_new | self.stage_progress | self.stage_waiting).team_ids = self.team
        with self.assertRaises(UserError), self.env.cr.savepoint():
            complaint.team_id = target

    def test_finding_cannot_be_taken_back_from_a_closed_complaint(self):
        complaint = self._create_complaint()
        self._answer(complaint)
        complaint.stage_id = self.stage_done
        with self.assertRaises(UserError), self.env.cr.savepoint():
            complaint.complaint_measure = "  "

    def test_closed_ticket_does_not_become_an_unanswered_complaint(self):
        self.ticket.stage_id = self.stage_done
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.ticket.type_id = self.type_complaint

    def test_only_officers_and_managers_make_something_else_of_it(self):
        complaint = self._create_complaint(user_id=self.user_b.id)
        with self.assertRaises(UserError):
            complaint.with_user(self.user_b).type_id = self.type_request
        complaint.with_user(self.officer).type_id = self.type_request
        self.assertEqual(complaint.ticket_kind, 'request')

    # === CUSTOMER === #

    def test_customer_withdraws_and_the_officer_answers(self):
        self.stage_cancelled.close_from_portal = True
        self.stage_done.close_from_portal = True
        complaint = self._create_complaint()
        self.assertEqual(complaint._get_customer_stages(), self.stage_cancelled)
        complaint._close_by_customer(self.stage_cancelled)
        self.assertTrue(complaint.closed and complaint.complaint_is_withdrawn)
        complaint.complaint_cause_id = self.cause
        complaint.action_reopen()
        self.assertFalse(complaint.complaint_is_withdrawn)
        self._answer(complaint)
        self.assertEqual(complaint._get_customer_stages(), self.stage_cancelled)

    def test_nobody_else_withdraws_it(self):
        complaint = self._create_complaint()
        with self.assertRaises(AccessError):
            complaint.with_user(self.manager).complaint_is_withdrawn = True
        forged = (
            self.Ticket.with_user(self.manager)
            .with_context(default_complaint_is_withdrawn=True)
            .create(
                self._prepare_ticket(type_id=self.type_complaint.id, complaint_is_withdrawn=True)
            )
        )
        self.assertFalse(forged.complaint_is_withdrawn)

    def test_customer_is_told_of_promise_and_answer(self):
        complaint = self._create_complaint(complaint_date_promised='2026-05-01')
        self.assertFalse(self._get_logs(complaint, 'ticket_created'))
        log = self._get_logs(complaint, 'complaint_received').filtered(
            lambda log: log.audience == 'customer' and log.channel == 'mail'
        )
        log._process()
        self.assertIn("05/01/2026", log.mail_mail_id.body_html)
        self._answer(complaint, complaint_answer="Line <one>", complaint_compensation="A month")
        complaint.stage_id = self.stage_done
        self.assertFalse(self._get_logs(complaint, 'ticket_closed'))
        log = self._get_logs(complaint, 'complaint_answered').filtered(
            lambda log: log.audience == 'customer' and log.channel == 'mail'
        )
        log._process()
        self.assertIn("You were right", log.mail_mail_id.body_html)
        self.assertIn("Line &lt;one&gt;", log.mail_mail_id.body_html)
        self.assertIn("A month", log.mail_mail_id.body_html)
        self.assertNotIn("Talk", log.mail_mail_id.body_html, "The measure is internal.")

    def test_customer_who_comes_back_complains_about_the_same(self):
        complaint = self._create_complaint(complaint_cause_id=self.cause.id)
        self._answer(complaint)
        complaint.stage_id = self.stage_done
        self.team.reopen_days = 0
        self._post(complaint, self.customer, "Still not amused")
        follow_up = complaint.follow_up_ids
        self.assertEqual(follow_up.ticket_kind, 'complaint')
        self.assertEqual(follow_up.complaint_agent_ids, self.user_a)
        self.assertEqual(follow_up.complaint_cause_id, self.cause)
        self.assertFalse(follow_up.complaint_finding)

    def test_about_a_ticket_of_the_same_customer(self):
        foreign = self._create_ticket(partner_id=self.stranger.id)
        with self.assertRaises(ValidationError):
            self._create_complaint(complaint_ticket_id=foreign.id)
        colleague = self._create_ticket(partner_id=self.colleague.id)
        self.assertTrue(self._create_complaint(complaint_ticket_id=colleague.id))

    # === REPORT === #

    def test_share_counts_complaints_with_a_finding(self):
        complaints = self.Ticket.union(
            *(self._create_complaint(complaint_cause_id=self.cause.id) for _index in range(3))
        )
        self._answer(complaints[0])
        self._answer(complaints[1], complaint_finding='unjustified')
        [[count, share]] = self.Ticket._read_group(
            [('id', 'in', complaints.ids)], [], ['__count', 'complaint_justified:avg']
        )
        self.assertEqual((count, share), (3, 0.5))

    def test_smart_button_counts_in_one_query(self):
        self._create_complaint()
        tickets = self.ticket | self._create_ticket() | self._create_ticket()
        self.env.invalidate_all()
        tickets.mapped('name')
        with self.assertQueryCount(1):
            self.assertEqual(tickets.mapped('complaint_count'), [1, 0, 0])
