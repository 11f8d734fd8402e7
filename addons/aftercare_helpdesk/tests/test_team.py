from odoo.tests import Form, tagged, users

from .common import HelpdeskCommon


@tagged('post_install', '-at_install')
class TestTeam(HelpdeskCommon):
    def test_dry_run_names_the_next_agent_and_assigns_nothing(self):
        self._create_ticket(user_id=self.user_a.id)
        self._create_ticket(user_id=self.user_b.id)
        action = self.team.action_dry_run()
        before = self.env['service.assignment'].search_count([])
        with Form(self.env[action['res_model']].with_context(**action['context'])) as form:
            self.assertEqual(form.agent_id, self.agent_c)
            self.assertTrue(form.reason)
            self.customer.agent_id = self.agent_a
            form.partner_id = self.customer
            self.assertEqual(form.agent_id, self.agent_a)
        self.assertEqual(self.env['service.assignment'].search_count([]), before)
        self.assertEqual(self._create_ticket(partner_id=self.stranger.id).user_id, self.user_c)

    def test_dry_run_of_a_team_without_rule(self):
        self.team.assignment_method = 'manual'
        run = self.env['helpdesk.team.dry.run'].create({'team_id': self.team.id})
        self.assertFalse(run.is_automatic)
        self.assertFalse(run.agent_id)

    @users('helpdesk_ada')
    def test_dry_run_as_agent(self):
        run = self.env['helpdesk.team.dry.run'].create({'team_id': self.team.id})
        self.assertIn(run.agent_id, self.agent_a | self.agent_b | self.agent_c)

    def test_agents_of_a_team_are_read_once(self):
        self.team._get_agents()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            self.team._get_agents()

    def test_changes_of_members_and_agents_count_at_once(self):
        self.assertEqual(
            self.team._get_agents()[self.team], self.agent_a | self.agent_b | self.agent_c
        )
        self.team.user_ids -= self.user_a
        self.assertEqual(self.team._get_agents()[self.team], self.agent_b | self.agent_c)
        self.agent_b.active = False
        self.assertEqual(self.team._get_agents()[self.team], self.agent_c)
        self.user_a.helpdesk_team_ids |= self.team
        self.assertEqual(self.team._get_agents()[self.team], self.agent_a | self.agent_c)
        self.team.user_id = self.leader
        leader = self.env['service.agent'].create({'user_id': self.leader.id})
        self.assertIn(leader, self.team._get_agents()[self.team])

    def test_members_become_agents(self):
        manager = self._create_user('manager', 'helpdesk_mgmt.group_helpdesk_manager')
        former = self._create_agent('former')
        former.active = False
        teams = self._create_team("New", self.leader | self.user_a | former.user_id)
        teams += self._create_team("Newer", self.leader)
        self.assertEqual(teams[0].unprepared_user_ids, self.leader | former.user_id)
        teams.with_user(manager).action_create_agents()
        self.assertFalse(teams.unprepared_user_ids)
        self.assertTrue(former.active)

    def test_creator_of_a_team_does_not_follow_all_its_tickets(self):
        team = (
            self.env['helpdesk.ticket.team']
            .with_context(mail_create_nosubscribe=False)
            .create({'name': "Silent"})
        )
        self.assertFalse(team.message_partner_ids)

    def test_followers_of_a_team_follow_its_tickets(self):
        self.team.message_subscribe(self.leader.partner_id.ids)
        tickets = self.Ticket.create([self._prepare_ticket() for _number in range(2)])
        for ticket in tickets:
            self.assertIn(self.leader.partner_id, ticket.message_partner_ids)
            self.assertIn(self.customer, ticket.message_partner_ids)
            self.assertIn(ticket.user_id.partner_id, ticket.message_partner_ids)

    def test_counters_of_the_team(self):
        self._create_ticket(priority='3')
        self._create_ticket(user_id=self.user_a.id).stage_id = self.stage_done
        manual = self._create_team("Manual", self.user_a, assignment_method='manual')
        self._create_ticket(team_id=manual.id, user_id=False)
        self.env.flush_all()
        self.env.invalidate_all()
        teams = self.team + manual
        with self.assertQueryCount(2):
            teams.mapped('todo_ticket_count')
        self.assertEqual(teams.mapped('todo_ticket_count'), [1, 1])
        self.assertEqual(teams.mapped('todo_ticket_count_unassigned'), [0, 1])
        self.assertEqual(teams.mapped('todo_ticket_count_high_priority'), [1, 0])

    def test_actions_of_the_team(self):
        self.assertIn(
            ('team_id', '=', self.team.id), self.team.action_view_open_tickets()['domain']
        )
        self.assertIn(
            ('parent_res_id', '=', self.team.id), self.team.action_view_ratings()['domain']
        )

    def test_stage_to_go_on_with(self):
        self.assertEqual(self.team._get_reopen_stage(), self.stage_progress)
        self.team.reopen_stage_id = self.stage_new
        self.assertEqual(self.team._get_reopen_stage(), self.stage_new)
        self.assertEqual(self.env['helpdesk.ticket.team']._get_reopen_stage(), self.stage_progress)
