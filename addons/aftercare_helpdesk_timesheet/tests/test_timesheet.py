from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user

from .common import HelpdeskTimesheetCommon


class TestTimesheet(HelpdeskTimesheetCommon):
    def test_a_team_that_keeps_time_gets_a_project(self):
        project = self.team.project_id
        self.assertEqual(project.name, self.team.name)
        self.assertTrue(project.allow_timesheets)
        self.assertEqual(project.company_id, self.team.company_id)
        self.assertTrue(project.account_id)

    def test_a_chosen_project_is_kept(self):
        project = self.env['project.project'].create({'name': "Mine", 'allow_timesheets': True})
        team = self._create_team("Other", self.user_a, allow_timesheets=True, project_id=project.id)
        self.assertEqual(team.project_id, project)

    def test_a_helpdesk_manager_switches_time_on(self):
        manager = self._create_user('manager', 'helpdesk_mgmt.group_helpdesk_manager')
        team = self._create_team("Other", self.user_a)
        with Form(team.with_user(manager)) as form:
            form.allow_timesheets = True
        self.assertTrue(team.project_id.allow_timesheets)

    def test_a_copied_team_has_a_project_of_its_own(self):
        copy = self.team.copy({'name': "Copy"})
        self.assertTrue(copy.project_id)
        self.assertNotEqual(copy.project_id, self.team.project_id)

    def test_an_agent_logs_time_on_the_ticket(self):
        # What the list in the form sends.
        self.ticket.with_user(self.user_a).with_context(is_timesheet=1).web_save(
            {
                'timesheet_ids': [
                    Command.create({'name': "Called the customer", 'unit_amount': 1.5})
                ]
            },
            {'timesheet_ids': {'fields': {'name': {}, 'employee_id': {'fields': {}}}}},
        )
        line = self.ticket.timesheet_ids
        self.assertEqual(line.employee_id, self.employee_a)
        self.assertEqual(line.user_id, self.user_a)
        self.assertEqual(line.project_id, self.team.project_id)
        self.assertEqual(line.partner_id, self.customer)
        self.assertEqual(line.helpdesk_team_id, self.team)
        self.assertEqual(line.amount, -75)
        self.assertEqual(self.ticket.hours_spent, 1.5)

    def test_the_time_of_all_agents_adds_up(self):
        self._log(self.user_a)
        line = self._log(self.user_b, hours=2)
        self.assertEqual(self.ticket.hours_spent, 3)
        line.unit_amount = 0.5
        self.assertEqual(self.ticket.hours_spent, 1.5)
        line.unlink()
        self.assertEqual(self.ticket.hours_spent, 1)

    def test_hours_of_many_tickets_take_as_many_queries_as_of_one(self):
        tickets = self.ticket | self._create_ticket() | self._create_ticket()
        for ticket in tickets:
            self._log(self.user_a, ticket)
        self.assertEqual(
            self._count_queries(tickets._compute_hours_spent),
            self._count_queries(self.ticket._compute_hours_spent),
        )

    def test_agents_see_the_time_of_each_other_on_tickets_they_see(self):
        line = self._log(self.user_a)
        ticket = self.ticket.with_user(self.user_b)
        self.assertEqual(ticket.timesheet_ids, line)
        self.assertEqual(ticket.timesheet_ids.unit_amount, 1)
        self.assertTrue(ticket.timesheet_ids.readonly_timesheet)

    def test_the_time_on_unseen_tickets_is_unseen(self):
        line = self._log(self.user_a)
        self.assertFalse(line.with_user(self.outsider).search([('id', '=', line.id)]))
        with self.assertRaises(AccessError):
            line.with_user(self.outsider).read(['name'])

    def test_agents_do_not_see_what_an_hour_costs(self):
        line = self._log(self.user_a)
        Line = line.with_user(self.user_b)
        with self.assertRaises(AccessError):
            Line.read(['amount'])
        with self.assertRaises(AccessError):
            Line._read_group([], [], ['amount:sum'])
        arch = Line.get_view(self.env.ref('hr_timesheet.view_hr_timesheet_line_pivot').id, 'pivot')[
            'arch'
        ]
        self.assertNotIn('"amount"', arch)
        accountant = self._create_user(
            'accountant',
            'helpdesk_mgmt.group_helpdesk_user,hr_timesheet.group_hr_timesheet_approver',
        )
        self.assertEqual(line.with_user(accountant).amount, -50)

    def test_other_time_stays_out_of_sight(self):
        line = self.env['account.analytic.line'].create(
            {
                'project_id': self.team.project_id.id,
                'employee_id': self.employee_b.id,
                'name': "Not on a ticket",
            }
        )
        self.assertFalse(line.with_user(self.user_a).search([('id', '=', line.id)]))
        with self.assertRaises(AccessError):
            self.env['account.analytic.line'].with_user(self.user_a).create(
                {'project_id': self.team.project_id.id, 'name': "Without a ticket"}
            )

    def test_nobody_logs_in_the_name_of_another(self):
        with self.assertRaises(AccessError):
            self._log(self.user_a, employee_id=self.employee_b.id)
        line = self._log(self.user_a)
        for name, record in (('employee_id', self.employee_b), ('user_id', self.user_b)):
            with self.subTest(name), self.assertRaises(AccessError):
                line.write({name: record.id})

    def test_nobody_changes_the_time_of_another(self):
        line = self._log(self.user_a)
        with self.assertRaises(AccessError):
            line.with_user(self.user_b).write({'unit_amount': 9})
        with self.assertRaises(AccessError):
            line.with_user(self.user_b).unlink()
        line.write({'unit_amount': 2, 'name': "Longer"})
        self.assertEqual(self.ticket.hours_spent, 2)

    def test_an_approver_logs_in_the_name_of_others(self):
        approver = self._create_user(
            'approver',
            'helpdesk_mgmt.group_helpdesk_user,hr_timesheet.group_hr_timesheet_approver',
        )
        line = self._log(approver, employee_id=self.employee_b.id)
        self.assertEqual(line.user_id, self.user_b)
        self.assertFalse(line.readonly_timesheet)

    def test_no_time_on_tickets_one_may_not_write(self):
        with self.assertRaises(AccessError):
            self._log(self.outsider)
        own = self._create_ticket(user_id=self.outsider.id)
        line = self._log(self.outsider, own)
        with self.assertRaises(AccessError):
            line.write({'ticket_id': self.ticket.id})

    def test_no_time_of_timesheet_users_on_foreign_tickets(self):
        user = new_test_user(
            self.env, login='timesheeter', groups='hr_timesheet.group_hr_timesheet_user'
        )
        self.env['hr.employee'].create({'name': "Tim", 'user_id': user.id})
        with self.assertRaises(AccessError):
            self._log(user)

    def test_time_goes_to_the_project_of_the_team(self):
        project = self.env['project.project'].create({'name': "Else", 'allow_timesheets': True})
        with self.assertRaises(ValidationError):
            self._log(self.user_a, project_id=project.id)
        line = self._log(self.user_a)
        with self.assertRaises(ValidationError):
            line.write({'project_id': project.id})

    def test_time_moves_to_another_ticket_and_its_project(self):
        line = self._log(self.user_a)
        other_team = self._create_team("Others", self.user_a, allow_timesheets=True)
        other = self._create_ticket(team_id=other_team.id)
        line.write({'ticket_id': other.id})
        self.assertEqual(line.project_id, other_team.project_id)
        self.assertEqual(line.helpdesk_team_id, other_team)
        self.assertEqual((self.ticket.hours_spent, other.hours_spent), (0, 1))

    def test_time_stays_with_the_team_that_spent_it(self):
        line = self._log(self.user_a)
        other_team = self._create_team("Others", self.user_a, allow_timesheets=True)
        self.ticket.team_id = other_team
        self.assertEqual(line.helpdesk_team_id, self.team)
        self.assertEqual(line.project_id, self.team.project_id)

    def test_a_team_without_timesheets_takes_no_time(self):
        self.team.allow_timesheets = False
        with self.assertRaises(ValidationError):
            self._log(self.user_a)

    def test_who_is_no_employee_is_told(self):
        ticket = self.ticket.with_user(self.user_c)
        self.assertFalse(ticket.can_log_time)
        with self.assertRaises(UserError):
            ticket.action_timer_start()
        with self.assertRaises(ValidationError):
            self._log(self.user_c)

    def test_customers_do_not_read_the_time(self):
        portal = new_test_user(
            self.env, login='carla', groups='base.group_portal', partner_id=self.customer.id
        )
        ticket = self.ticket.with_user(portal)
        self.assertEqual(ticket.name, self.ticket.name)
        for name in ('hours_spent', 'timesheet_ids', 'timer_start'):
            with self.subTest(name), self.assertRaises(AccessError):
                ticket.read([name])
        self.env['hr.employee'].create({'name': "Not really", 'user_id': portal.id})
        with self.assertRaises(AccessError):
            self._log(portal)

    def test_hours_are_analysed_by_team_and_customer(self):
        self._log(self.user_a)
        self._log(self.user_b, self._create_ticket(partner_id=self.stranger.id), hours=2)
        rows = (
            self.env['account.analytic.line']
            .with_user(self.user_a)
            ._read_group(
                [('ticket_id', '!=', False), ('helpdesk_team_id', '=', self.team.id)],
                ['partner_id'],
                ['unit_amount:sum'],
            )
        )
        self.assertEqual(dict(rows), {self.customer: 1, self.stranger: 2})
