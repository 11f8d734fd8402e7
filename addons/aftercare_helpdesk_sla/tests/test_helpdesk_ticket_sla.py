from datetime import datetime, timedelta

from odoo.fields import Command
from odoo.tests import Form, TransactionCase, freeze_time, new_test_user, tagged

MONDAY = datetime(2026, 3, 2, 9)


@tagged('post_install', '-at_install')
class TestHelpdeskTicketSla(TransactionCase):
    """A company that works 9 to 17 UTC from Monday to Friday; it is Monday, 9 o'clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env['res.company'].create({'name': "Promise Ltd"})
        cls.env.user.write(
            {'company_ids': [Command.link(cls.company.id)], 'company_id': cls.company.id}
        )
        cls.env = cls.env(
            context={
                **cls.env.context,
                'allowed_company_ids': cls.company.ids,
                'no_reset_password': True,
            }
        )
        cls.calendar = cls._create_calendar("Office", 'UTC')
        cls.company.resource_calendar_id = cls.calendar
        Stage = cls.env['helpdesk.ticket.stage']
        names = ('New', 'Working', 'Waiting', 'Solved', 'Cancelled')
        cls.new, cls.working, cls.waiting, cls.solved, cls.cancelled = Stage.create(
            [
                {
                    'name': name,
                    'sequence': number,
                    'company_id': cls.company.id,
                    'closed': name in ('Solved', 'Cancelled'),
                    'is_cancelled': name == 'Cancelled',
                    'is_waiting': name == 'Waiting',
                }
                for number, name in enumerate(names)
            ]
        )
        cls.agent = new_test_user(
            cls.env,
            'sla_ticket_agent',
            groups='helpdesk_mgmt.group_helpdesk_user_team',
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.team = cls.env['helpdesk.ticket.team'].create(
            {
                'name': "Care",
                'company_id': cls.company.id,
                'user_ids': [Command.set(cls.agent.ids)],
                'assignment_method': 'manual',
            }
        )
        Stage.search([('company_id', '=', cls.company.id)]).team_ids = cls.team
        cls.customer = cls.env['res.partner'].create(
            {'name': "Carla", 'email': 'carla@blue.example'}
        )
        cls.solve = cls._create_policy("Solved in 8 hours", excluded_stage_ids=cls.waiting)

    @classmethod
    def _create_calendar(cls, name, tz, weekdays=range(5)):
        return cls.env['resource.calendar'].create(
            {
                'name': name,
                'tz': tz,
                'company_id': cls.company.id,
                'attendance_ids': [Command.clear()]
                + [
                    Command.create(
                        {
                            'name': str(day),
                            'dayofweek': str(day),
                            'hour_from': 9,
                            'hour_to': 17,
                            'day_period': 'full_day',
                        }
                    )
                    for day in weekdays
                ],
            }
        )

    @classmethod
    def _create_policy(cls, name, target='stage', **values):
        return cls.env['sla.policy'].create(
            {
                'name': name,
                'res_model': 'helpdesk.ticket',
                'company_id': cls.company.id,
                'target': target,
                'target_stage_id': cls.solved.id if target == 'stage' else False,
                'duration_hours': 8,
                **{
                    key: [Command.set(value.ids)] if key.endswith('_ids') else value
                    for key, value in values.items()
                },
            }
        )

    @classmethod
    def _create_ticket(cls, at=MONDAY, **values):
        return cls._create_tickets(1, at, **values)

    @classmethod
    def _create_tickets(cls, count, at=MONDAY, **values):
        with freeze_time(at):
            tickets = cls.env['helpdesk.ticket'].create(
                [
                    {
                        'name': f"Broken {number}",
                        'description': "<p>It does not work.</p>",
                        'team_id': cls.team.id,
                        'partner_id': cls.customer.id,
                        **values,
                    }
                    for number in range(count)
                ]
            )
            cls.env.flush_all()
        return tickets

    def _at(self, at, tickets, **values):
        with freeze_time(at):
            tickets.write(values)
            self.env.flush_all()

    def _run(self, at):
        with freeze_time(at):
            due = self.env['sla.status'].search([('next_check', '<', at)])
            due._run_due_safely(at)
            self.env.flush_all()

    def _status(self, ticket, policy=None):
        return ticket.sla_status_ids.filtered(lambda s: s.policy_id == (policy or self.solve))

    # === DEADLINES === #
    def test_deadline_runs_in_working_hours(self):
        ticket = self._create_ticket(MONDAY.replace(hour=15))
        self.assertEqual(ticket.sla_deadline, datetime(2026, 3, 3, 15))
        self.assertEqual(ticket.sla_state, 'ongoing')

    def test_deadline_runs_in_the_hours_of_the_team(self):
        self.team.resource_calendar_id = self._create_calendar("Madrid", 'Europe/Madrid')
        ticket = self._create_ticket(datetime(2026, 3, 27, 15))  # 16:00 in Madrid, a Friday
        # one hour on Friday, seven on Monday, by when the clocks have been put forward
        self.assertEqual(ticket.sla_deadline, datetime(2026, 3, 30, 14))

    def test_holiday_does_not_count(self):
        self.env['resource.calendar.leaves'].create(
            {
                'name': "Holiday",
                'calendar_id': self.calendar.id,
                'company_id': self.company.id,
                'date_from': datetime(2026, 3, 3),
                'date_to': datetime(2026, 3, 4),
            }
        )
        ticket = self._create_ticket(MONDAY.replace(hour=16))
        self.assertEqual(ticket.sla_deadline, datetime(2026, 3, 4, 16))

    def test_team_without_calendar_never_stops_a_ticket(self):
        self.company.resource_calendar_id = False
        ticket = self._create_ticket()
        self.assertFalse(ticket.sla_deadline)
        self.assertEqual(self._status(ticket).cancel_reason, 'no_working_time')
        self.assertIn("Solved in 8 hours", ''.join(ticket.message_ids.mapped('body')))

    def test_calendar_without_hours_never_stops_a_ticket(self):
        self.team.resource_calendar_id = self._create_calendar("Nobody works", 'UTC', ())
        ticket = self._create_ticket()
        self.assertFalse(ticket.sla_deadline)

    # === PAUSES === #
    def test_waiting_for_the_customer_stops_the_clock_to_the_second(self):
        ticket = self._create_ticket()
        self._at(MONDAY + timedelta(hours=1, seconds=7), ticket, stage_id=self.waiting.id)
        self.assertFalse(ticket.sla_deadline)
        self.assertEqual(ticket.sla_state, 'paused')
        self._at(MONDAY + timedelta(hours=3, seconds=9), ticket, stage_id=self.working.id)
        self.assertEqual(ticket.sla_deadline, datetime(2026, 3, 3, 11, 0, 2))

    def test_paused_then_solved_directly_is_kept(self):
        ticket = self._create_ticket()
        self._at(MONDAY + timedelta(hours=1), ticket, stage_id=self.waiting.id)
        self._at(MONDAY + timedelta(days=4), ticket, stage_id=self.solved.id)
        self.assertEqual(self._status(ticket).state, 'reached')
        self.assertAlmostEqual(self._status(ticket).worked_hours, 1)

    def test_batch_of_stage_changes_counts_each_ticket(self):
        tickets = self._create_tickets(3)
        self._at(MONDAY + timedelta(hours=1), tickets, stage_id=self.waiting.id)
        self.assertEqual(set(tickets.mapped('sla_state')), {'paused'})
        self._at(MONDAY + timedelta(hours=2), tickets, stage_id=self.working.id)
        self.assertEqual(set(tickets.mapped('sla_deadline')), {datetime(2026, 3, 3, 10)})

    # === ENDS === #
    def test_stage_beyond_the_target_keeps_the_promise(self):
        policy = self._create_policy("Begun in 8 hours", target_stage_id=self.working.id)
        ticket = self._create_ticket()
        self._at(MONDAY + timedelta(hours=1), ticket, stage_id=self.solved.id)
        self.assertEqual(self._status(ticket, policy).state, 'reached')

    def test_cancelled_ticket_is_neither_kept_nor_missed(self):
        ticket = self._create_ticket()
        self._at(MONDAY + timedelta(hours=1), ticket, stage_id=self.cancelled.id)
        self.assertEqual(self._status(ticket).state, 'cancelled')

    def test_missed_stays_missed(self):
        ticket = self._create_ticket()
        self._run(MONDAY + timedelta(days=1, hours=1))
        self.assertEqual(ticket.sla_state, 'failed')
        self._at(MONDAY + timedelta(days=1, hours=2), ticket, stage_id=self.solved.id)
        status = self._status(ticket)
        self.assertEqual(status.state, 'failed')
        self.assertTrue(status.reached_date)
        self.assertAlmostEqual(status.exceeded_hours, 2)

    def test_reopened_after_success_stays_kept(self):
        ticket = self._create_ticket()
        self._at(MONDAY + timedelta(hours=1), ticket, stage_id=self.solved.id)
        self._at(MONDAY + timedelta(days=9), ticket, stage_id=self.working.id)
        self.assertEqual(self._status(ticket).state, 'reached')

    def test_first_response_is_the_first_public_message_of_an_agent(self):
        policy = self._create_policy("Answer in 8 hours", target='first_response')
        ticket = self._create_ticket()
        with freeze_time(MONDAY + timedelta(hours=2)):
            ticket.with_user(self.agent).message_post(body="internal", subtype_xmlid='mail.mt_note')
            self.assertEqual(self._status(ticket, policy).state, 'ongoing')
            ticket.with_user(self.agent).message_post(
                body="Hello", message_type='comment', subtype_xmlid='mail.mt_comment'
            )
        self.assertEqual(self._status(ticket, policy).state, 'reached')
        self.assertAlmostEqual(self._status(ticket, policy).worked_hours, 2)

    # === CRITERIA === #
    def test_criteria_of_tickets(self):
        kind = self.env['helpdesk.ticket.type'].create({'name': "Incident"})
        tag = self.env['helpdesk.ticket.tag'].create({'name': "Shop"})
        other_team = self.env['helpdesk.ticket.team'].create(
            {'name': "Other", 'company_id': self.company.id}
        )
        policies = {
            'type': self._create_policy("T", type_ids=kind),
            'tag': self._create_policy("G", tag_ids=tag),
            'team': self._create_policy("O", team_ids=other_team),
            'urgent': self._create_policy("U", priority_urgent=True, priority_immediate=True),
        }
        plain = self._create_ticket()
        self.assertEqual(plain.sla_status_ids.policy_id, self.solve)
        full = self._create_ticket(type_id=kind.id, tag_ids=[Command.set(tag.ids)], priority='3')
        self.assertEqual(
            full.sla_status_ids.policy_id,
            self.solve | policies['type'] | policies['tag'] | policies['urgent'],
        )

    def test_later_change_is_evaluated_from_the_creation(self):
        policy = self._create_policy("Urgent in 4 hours", priority_urgent=True, duration_hours=4)
        ticket = self._create_ticket()
        self._at(MONDAY + timedelta(hours=2), ticket, priority='2')
        self.assertEqual(self._status(ticket, policy).deadline, MONDAY + timedelta(hours=4))
        self._at(MONDAY + timedelta(hours=3), ticket, priority='0')
        self.assertEqual(self._status(ticket, policy).state, 'cancelled')
        self.assertEqual(ticket.sla_deadline, MONDAY + timedelta(hours=8))

    def test_team_switch_changes_the_promise(self):
        night = self.env['helpdesk.ticket.team'].create(
            {'name': "Night", 'company_id': self.company.id}
        )
        policy = self._create_policy("Night", team_ids=night, duration_hours=2)
        ticket = self._create_ticket()
        self._at(MONDAY + timedelta(hours=1), ticket, team_id=night.id)
        self.assertEqual(self._status(ticket, policy).deadline, MONDAY + timedelta(hours=2))

    def test_policy_of_another_company_never_applies(self):
        other = self.env['res.company'].create({'name': "Other Ltd"})
        self.env['sla.policy'].sudo().create(
            {
                'name': "Theirs",
                'company_id': other.id,
                'target': 'first_response',
                'duration_hours': 1,
            }
        )
        ticket = self.env['helpdesk.ticket'].sudo().browse(self._create_ticket().id)
        self.assertEqual(ticket.sla_status_ids.policy_id, self.solve)

    # === CONSEQUENCES === #
    def test_missed_raises_priority_once(self):
        self.solve.failed_raise_priority = True
        ticket = self._create_ticket()
        self._run(MONDAY + timedelta(days=1, hours=1))
        self._run(MONDAY + timedelta(days=1, hours=2))
        self.assertEqual(ticket.priority, '1')

    def test_missed_assigns_anew(self):
        self.env['service.agent'].search([('user_id', '=', self.agent.id)]).unlink()
        self.env['service.agent'].create(
            {'user_id': self.agent.id, 'company_id': self.company.id, 'presence': 'available'}
        )
        ticket = self._create_ticket()
        self.assertFalse(ticket.user_id)
        self.team.assignment_method = 'balanced'
        self.solve.failed_reassign = True
        self._run(MONDAY + timedelta(days=1, hours=1))
        self.assertEqual(ticket.user_id, self.agent)

    def test_missed_tells_the_leader_of_the_team(self):
        self.team.user_id = self.agent
        ticket = self._create_ticket()
        self._run(MONDAY + timedelta(days=1, hours=1))
        logged = self.env['notification.log'].search(
            [
                ('res_model', '=', 'helpdesk.ticket'),
                ('res_id', '=', ticket.id),
                ('event_id.code', '=', 'ticket_sla_failed'),
            ]
        )
        self.assertEqual(logged.partner_id, self.agent.partner_id)

    # === SCREENS AND RIGHTS === #
    def test_manager_makes_a_policy_in_the_form(self):
        manager = new_test_user(
            self.env,
            'sla_ticket_manager',
            groups='helpdesk_mgmt.group_helpdesk_manager',
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with Form(self.env['sla.policy'].with_user(manager)) as form:
            form.name = "Urgent"
            form.target = 'stage'
            form.target_stage_id = self.solved
            form.duration_hours = 4
            form.priority_urgent = True
            form.team_ids.add(self.team)
        policy = form.record
        self.assertEqual(policy.priorities, '2')
        self.assertIn("Urgent", policy.criteria_text)

    def test_agent_makes_no_policy(self):
        self.assertFalse(self.env['sla.policy'].with_user(self.agent).has_access('create'))
        self.assertTrue(self.env['sla.policy'].with_user(self.agent).has_access('read'))

    def test_desk_counts_deadlines(self):
        self._create_ticket(user_id=self.agent.id)
        with freeze_time(MONDAY + timedelta(days=2)):
            data = self.env['helpdesk.desk'].with_user(self.agent).get_data(self.team.id)
        values = {counter['key']: counter['value'] for counter in data['counters']}
        self.assertEqual((values['overdue'], values['due_today']), (1, 0))
        self.assertTrue(data['arrivals'][0]['is_overdue'])

    def test_queries_do_not_grow_with_the_batch(self):
        self._create_policy("Answer", target='first_response')
        self._create_tickets(2)  # warm

        def count(number):
            before = self.env.cr.sql_log_count
            self._create_tickets(number)
            return self.env.cr.sql_log_count - before

        one, hundred = count(1), count(100)
        self.assertLessEqual(
            hundred - one, 25, f'{one} queries for one ticket, {hundred} for a hundred'
        )
