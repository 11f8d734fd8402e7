from unittest.mock import patch

from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged


@tagged('post_install', '-at_install')
class TestHelpdeskSla(HelpdeskCommon):
    """Tickets of a team that works 9 to 18 UTC on weekdays; Monday 2 March 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Policies of a demo company would promise things too.
        cls.env['sla.policy'].search([]).active = False
        cls.calendar = cls.env['resource.calendar'].create(
            {
                'name': "Office",
                'tz': 'UTC',
                'company_id': cls.company.id,
                'attendance_ids': [
                    Command.create(
                        {
                            'name': str(day),
                            'dayofweek': str(day),
                            'hour_from': 9,
                            'hour_to': 18,
                            'day_period': 'full_day',
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        cls.team.resource_calendar_id = cls.calendar

    def _create_policy(self, hours=4, **values):
        return self.env['sla.policy'].create(
            {
                'name': f'{hours} h',
                'company_id': self.company.id,
                'res_model': 'helpdesk.ticket',
                'duration_hours': hours,
                'team_ids': [Command.set(self.team.ids)],
                **values,
            }
        )

    def _open(self, moment='2026-03-02 09:00:00', **values):
        with freeze_time(moment):
            return self._create_ticket(**values)

    def _move(self, tickets, moment, **values):
        with freeze_time(moment):
            tickets.write(values)

    def _run(self, moment):
        self.env.flush_all()
        with (
            freeze_time(moment),
            patch.object(self.env.registry['ir.cron'], '_commit_progress', return_value=60),
        ):
            self.env['sla.status']._cron_run()

    def _live(self, ticket):
        return ticket.sla_status_ids.filtered(lambda status: status.state != 'cancelled')

    def test_deadline_in_the_working_time_of_the_team(self):
        self._create_policy(4)
        ticket = self._open('2026-03-06 16:00:00')
        self.assertEqual(str(ticket.sla_deadline), '2026-03-09 11:00:00')

    def test_clocks_are_seen_by_who_sees_the_ticket(self):
        self._create_policy(4)
        self.team.visibility = 'invited'
        ticket = self._open(user_id=self.user_a.id)
        status = ticket.sla_status_ids
        outsider = self._create_user('outsider')
        employee = self._create_user('employee', 'base.group_user')
        manager = self._create_user('manager', 'helpdesk_mgmt.group_helpdesk_manager')
        for user, is_allowed in (
            (self.user_b, True),
            (manager, True),
            (outsider, False),
            (employee, False),
        ):
            for records in (status, status.event_ids):
                self.assertEqual(records.with_user(user).has_access('read'), is_allowed, user.name)
                found = records.with_user(user).search([('id', 'in', records.ids)])
                self.assertEqual(found, records if is_allowed else records.browse(), user.name)
        ticket.message_subscribe(outsider.partner_id.ids)
        self.assertTrue(ticket.with_user(outsider).sla_clock)
        self.assertTrue(status.with_user(outsider).has_access('read'))

    def test_each_criterion(self):
        kind = self.env['helpdesk.ticket.type'].create({'name': "Bug"})
        tag = self.env['helpdesk.ticket.tag'].create({'name': "VIP"})
        other_team = self._create_team("Other", self.user_a)
        for criteria, matching, failing in (
            ({'type_ids': kind.ids}, {'type_id': kind.id}, {}),
            ({'tag_ids': tag.ids}, {'tag_ids': tag.ids}, {}),
            ({'partner_ids': self.customer_company.ids}, {}, {'partner_id': self.stranger.id}),
            ({'priority_urgent': True}, {'priority': '2'}, {'priority': '1'}),
            ({}, {}, {'team_id': other_team.id}),
        ):
            with self.subTest(criteria=criteria):
                policy = self._create_policy(4, **criteria)
                self.assertEqual(self._live(self._open(**matching)).policy_id, policy)
                self.assertFalse(self._open(**failing).sla_status_ids)
                policy.active = False

    def test_team_switch(self):
        other_team = self._create_team("Other", self.user_a)
        self._create_policy(4)
        fast = self._create_policy(1, team_ids=[Command.set(other_team.ids)])
        fast.time_basis = 'elapsed'
        ticket = self._open()
        self._move(ticket, '2026-03-02 09:30:00', team_id=other_team.id)
        self.assertEqual(self._live(ticket).policy_id, fast)
        self.assertEqual(str(ticket.sla_deadline), '2026-03-02 10:00:00')
        self.assertIn('cancelled', ticket.sla_status_ids.mapped('state'))

    def test_priority_change(self):
        self._create_policy(4, priority_normal=True)
        urgent = self._create_policy(1, priority_urgent=True, priority_immediate=True)
        ticket = self._open()
        self._move(ticket, '2026-03-02 09:15:00', priority='3')
        self.assertEqual(self._live(ticket).policy_id, urgent)
        self.assertEqual(urgent.criteria_text.split(' · ')[0], "Priority: Urgent, Immediate")

    def test_waiting_for_the_customer_pauses(self):
        self.stage_waiting.is_waiting = True
        policy = self._create_policy(4)
        self.assertIn(self.stage_waiting, policy.excluded_stage_ids)
        ticket = self._open()
        self._move(ticket, '2026-03-02 10:00:00', stage_id=self.stage_waiting.id)
        self.assertEqual(ticket.sla_state, 'paused')
        self._move(ticket, '2026-03-04 10:00:00', stage_id=self.stage_progress.id)
        self.assertEqual(str(ticket.sla_deadline), '2026-03-04 13:00:00')

    def test_paused_then_closed_is_reached(self):
        self._create_policy(4, excluded_stage_ids=[Command.set(self.stage_waiting.ids)])
        ticket = self._open()
        self._move(ticket, '2026-03-02 10:00:00', stage_id=self.stage_waiting.id)
        self._move(ticket, '2026-03-20 10:00:00', stage_id=self.stage_done.id)
        self.assertEqual(self._live(ticket).state, 'reached')

    def test_cancelled_ticket(self):
        self.stage_cancelled.is_cancelled = True
        self._create_policy(4)
        ticket = self._open()
        self._move(ticket, '2026-03-02 10:00:00', stage_id=self.stage_cancelled.id)
        self.assertEqual(ticket.sla_status_ids.state, 'cancelled')

    def test_target_stage_or_beyond(self):
        self.stage_cancelled.is_cancelled = True
        self._create_policy(
            4, target='stage', target_stage_id=self.stage_progress.id, excluded_stage_ids=False
        )
        exact, beyond, cancelled = (self._open() for _n in range(3))
        moment = '2026-03-02 10:00:00'
        self._move(exact, moment, stage_id=self.stage_progress.id)
        self._move(beyond, moment, stage_id=self.stage_done.id)
        self._move(cancelled, moment, stage_id=self.stage_cancelled.id)
        self.assertEqual(self._live(exact).state, 'reached')
        self.assertEqual(self._live(beyond).state, 'reached')
        self.assertEqual(cancelled.sla_status_ids.state, 'cancelled')

    def test_cancellation_is_no_target(self):
        self.stage_cancelled.is_cancelled = True
        with self.assertRaises(ValidationError):
            self._create_policy(4, target='stage', target_stage_id=self.stage_cancelled.id)

    def test_first_response_is_an_agents_public_answer(self):
        self._create_policy(4, target='first_response')
        ticket = self._open()
        with freeze_time('2026-03-02 10:00:00'):
            self._post(ticket, self.customer)
            ticket.with_user(self.user_a).message_post(body="Internal", message_type='comment')
        self.assertEqual(self._live(ticket).state, 'ongoing')
        with freeze_time('2026-03-02 11:00:00'):
            self._post(ticket.with_user(self.user_a), self.user_a.partner_id)
        status = self._live(ticket)
        self.assertEqual(status.state, 'reached')
        self.assertEqual(str(status.reached_date), '2026-03-02 11:00:00')

    def test_missed_deadline_raises_the_priority(self):
        self._create_policy(4, failed_raise_priority=True)
        normal, highest = self._open(), self._open(priority='3')
        self._run('2026-03-02 14:00:00')
        self.assertEqual((normal.priority, highest.priority), ('1', '3'))

    def test_missed_deadline_finds_another_agent(self):
        self._create_policy(4, failed_reassign=True)
        ticket = self._open()
        former = ticket.user_id
        self.assertTrue(former)
        self._run('2026-03-02 14:00:00')
        self.assertTrue(ticket.user_id)
        self.assertNotEqual(ticket.user_id, former)

    def test_nobody_else_keeps_the_ticket_where_it_is(self):
        self._create_policy(4, failed_reassign=True)
        self.team.user_ids = self.user_a
        ticket = self._open(user_id=self.user_a.id)
        self._run('2026-03-02 14:00:00')
        self.assertEqual(ticket.user_id, self.user_a)

    def test_notification_events_are_raised(self):
        self._create_policy(4, warning_hours=1)
        ticket = self._open()
        Event = self.env.registry['notification.event']
        with patch.object(Event, '_notify', autospec=True) as notify:
            self._run('2026-03-02 12:30:00')
            self._run('2026-03-02 14:00:00')
        codes = [call.args[1] for call in notify.call_args_list]
        self.assertEqual(codes.count('ticket_sla_warning'), 1)
        self.assertEqual(codes.count('ticket_sla_failed'), 1)
        self.assertEqual(notify.call_args_list[-1].args[2], ticket)

    def test_no_promise_of_another_company(self):
        other = self.env['res.company'].create({'name': "Other"})
        self._create_policy(1, company_id=other.id, team_ids=False)
        self.assertFalse(self._open().sudo().sla_status_ids)

    def test_analysis_by_team_and_priority(self):
        self._create_policy(4)
        ticket = self._open(priority='2')
        [(team, priority, count)] = self.env['sla.status']._read_group(
            [('ticket_id', '=', ticket.id)], ['team_id', 'ticket_priority'], ['__count']
        )
        self.assertEqual((team, priority, count), (self.team, '2', 1))

    def test_filters(self):
        self._create_policy(4)
        ticket = self._open()
        self._run('2026-03-02 14:00:00')
        Ticket = self.env['helpdesk.ticket']
        self.assertIn(ticket, Ticket.search([('sla_status_ids.state', '=', 'failed')]))
        self.assertIn(ticket, Ticket.search([('sla_deadline', '<', 'now')]))

    def test_manager_sets_up_a_policy_with_the_form(self):
        manager = self._create_user('sla', 'helpdesk_mgmt.group_helpdesk_manager')
        form = Form(self.env['sla.policy'].with_user(manager))
        form.name = "Urgent"
        form.res_model = 'helpdesk.ticket'
        form.target = 'stage'
        form.target_stage_id = self.stage_done
        form.priority_urgent = True
        self.assertEqual(form.save().priorities, '2')

    def test_a_hundred_tickets_cost_few_queries_more_than_one(self):
        self._create_policy(4)
        self._create_policy(1, target='first_response', priority_normal=True)

        def create(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Ticket.create([self._prepare_ticket() for _n in range(count)])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with freeze_time('2026-03-02 09:00:00'):
            create(1)
            one, hundred = create(1), create(100)
        self.assertLessEqual(hundred - one, 25, f'{one} queries for one, {hundred} for a hundred')
