from odoo.exceptions import UserError
from odoo.tests import tagged, users

from .common import HelpdeskCommon


@tagged('post_install', '-at_install')
class TestAssignment(HelpdeskCommon):
    def test_balanced_gives_to_who_has_least(self):
        self._create_ticket(user_id=self.user_a.id)
        self._create_ticket(user_id=self.user_a.id)
        self._create_ticket(user_id=self.user_b.id)
        self.assertEqual(self._create_ticket().user_id, self.user_c)

    def test_batch_is_spread(self):
        tickets = self.Ticket.create([self._prepare_ticket() for _number in range(9)])
        self.assertEqual(
            {user: len(own) for user, own in tickets.grouped('user_id').items()},
            {self.user_a: 3, self.user_b: 3, self.user_c: 3},
        )

    def test_round_robin_takes_turns(self):
        self.team.assignment_method = 'round_robin'
        chosen = [self._create_ticket().user_id for _number in range(6)]
        self.assertEqual(len(set(chosen[:3])), 3)
        self.assertEqual(chosen[:3], chosen[3:])

    def test_random_chooses_somebody_of_the_team(self):
        self.team.assignment_method = 'random'
        self.assertIn(self._create_ticket().user_id, self.team.user_ids)

    def test_manual_chooses_nobody(self):
        self.team.assignment_method = 'manual'
        ticket = self._create_ticket(user_id=False)
        self.assertFalse(ticket.user_id)
        self.assertFalse(ticket.assignment_ids)

    def test_given_agent_is_kept(self):
        ticket = self._create_ticket(user_id=self.user_b.id)
        self.assertEqual(ticket.user_id, self.user_b)
        self.assertFalse(ticket.assignment_ids)

    def test_closed_tickets_do_not_count(self):
        for _number in range(3):
            self._create_ticket(user_id=self.user_c.id).stage_id = self.stage_done
        self._create_ticket(user_id=self.user_a.id)
        self._create_ticket(user_id=self.user_b.id)
        self.assertEqual(self._create_ticket().user_id, self.user_c)

    def test_own_agent_comes_first(self):
        self.customer.agent_id = self.agent_c
        self._create_ticket(user_id=self.user_c.id)
        self.assertEqual(self._create_ticket().user_id, self.user_c)
        self.team.assign_own_agent = False
        self.assertNotEqual(self._create_ticket().user_id, self.user_c)

    def test_region_of_the_customer(self):
        region = self.env['service.region'].create({'name': "Moon"})
        self.agent_b.region_ids = region
        self.customer.region_id = region
        self._create_ticket(user_id=self.user_b.id)
        ticket = self._create_ticket()
        self.assertEqual(ticket.region_id, region)
        self.assertEqual(ticket.user_id, self.user_b)
        self.team.assign_region = False
        self.assertNotEqual(self._create_ticket().user_id, self.user_b)

    def test_skills_of_type_and_category(self):
        skill_1, skill_2 = self.env['service.skill'].create([{'name': "Tea"}, {'name': "Coffee"}])
        ticket_type = self.env['helpdesk.ticket.type'].create(
            {'name': "Cup", 'skill_ids': [(6, 0, skill_1.ids)]}
        )
        category = self.env['helpdesk.ticket.category'].create(
            {'name': "Can", 'skill_ids': [(6, 0, skill_2.ids)]}
        )
        self.agent_b.skill_ids = skill_1
        self.agent_c.skill_ids = skill_1 | skill_2
        self._create_ticket(user_id=self.user_c.id)
        values = {'type_id': ticket_type.id, 'category_id': category.id}
        ticket = self._create_ticket(**values)
        self.assertEqual(ticket.user_id, self.user_c)
        self.assertEqual(ticket.skill_ids, skill_1 | skill_2)
        self.team.assign_skills = False
        self.assertNotEqual(self._create_ticket(**values).user_id, self.user_c)

    def test_full_agents_get_nothing(self):
        (self.agent_a | self.agent_b).max_open_tickets = 1
        self.agent_c.presence = 'busy'
        first, second = self._create_ticket().user_id, self._create_ticket().user_id
        self.assertEqual(first | second, self.user_a | self.user_b)
        third = self._create_ticket().user_id
        self.assertNotIn(third, self.user_a | self.user_b)

    def test_nobody_found_asks_the_leader(self):
        (self.agent_a | self.agent_b | self.agent_c).max_open_tickets = 1
        self.team.user_id = self.leader
        self.Ticket.create([self._prepare_ticket() for _number in range(3)])
        tickets = self.Ticket.create([self._prepare_ticket() for _number in range(2)])
        self.assertFalse(tickets.user_id)
        self.assertEqual(tickets.activity_ids.user_id, self.leader)
        self.assertEqual(len(tickets.activity_ids), 2)
        self.assertTrue(all(ticket.assignment_ids for ticket in tickets))

    def test_leader_who_is_an_agent_gets_what_nobody_else_can_take(self):
        (self.agent_a | self.agent_b | self.agent_c).max_open_tickets = 1
        self.Ticket.create([self._prepare_ticket() for _number in range(3)])
        leader = self._create_agent('boss')
        self.team.user_id = leader.user_id
        ticket = self._create_ticket()
        self.assertEqual(ticket.user_id, leader.user_id)
        self.assertFalse(ticket.activity_ids)

    def test_new_team_chooses_its_own_agent(self):
        ticket = self._create_ticket()
        agent = self._create_agent('dora')
        other = self._create_team("Other", agent.user_id)
        ticket.team_id = other
        self.assertEqual(ticket.user_id, agent.user_id)

    def test_agent_who_is_in_both_teams_keeps_the_ticket(self):
        ticket = self._create_ticket(user_id=self.user_a.id)
        ticket.team_id = self._create_team("Other", self.user_a | self.leader)
        self.assertEqual(ticket.user_id, self.user_a)

    def test_every_choice_explains_itself(self):
        ticket = self._create_ticket()
        assignment = ticket.assignment_ids
        self.assertEqual(len(assignment), 1)
        self.assertEqual(assignment.agent_id, ticket.agent_id)
        self.assertEqual(
            assignment.candidate_ids.agent_id, self.agent_a | self.agent_b | self.agent_c
        )
        self.assertTrue(assignment.reason)
        action = ticket.action_explain_assignment()
        self.assertEqual(action['res_model'], 'service.assignment')
        self.assertEqual(action['res_id'], assignment.id)

    @users('helpdesk_ada')
    def test_take_and_give_back(self):
        ticket = self._create_ticket(user_id=self.user_b.id).with_env(self.env)
        ticket.action_take()
        self.assertEqual(ticket.user_id, self.user_a)
        self.assertEqual(ticket.sudo().assignment_ids.agent_id, self.agent_a)
        self.assertIn(
            "Ben", ticket.sudo().assignment_ids.reason or ticket.sudo().assignment_ids.note
        )
        ticket.action_unassign()
        self.assertFalse(ticket.user_id)
        ticket.action_assign_by_rule()
        self.assertTrue(ticket.user_id)

    @users('helpdesk_leader')
    def test_only_members_take(self):
        ticket = self._create_ticket().with_env(self.env)
        with self.assertRaises(UserError):
            ticket.action_take()

    def test_manager_takes_from_any_team(self):
        manager = self._create_user('manager', 'helpdesk_mgmt.group_helpdesk_manager')
        ticket = self._create_ticket()
        ticket.with_user(manager).action_take()
        self.assertEqual(ticket.user_id, manager)

    def test_upstream_button_takes_too(self):
        ticket = self._create_ticket(user_id=self.user_b.id)
        ticket.with_user(self.user_a).assign_to_me()
        self.assertEqual(ticket.user_id, self.user_a)

    def test_agent_of_the_ticket(self):
        ticket = self._create_ticket(user_id=self.user_b.id)
        self.assertEqual(ticket.agent_id, self.agent_b)
        self.assertIn(ticket, self.Ticket.search([('agent_id', '=', self.agent_b.id)]))
        self.assertNotIn(ticket, self.Ticket.search([('agent_id', '=', self.agent_a.id)]))
        unassigned = self._create_team("Nobody", self.user_a, assignment_method='manual')
        other = self._create_ticket(team_id=unassigned.id, user_id=False)
        self.assertIn(other, self.Ticket.search([('agent_id', '=', False)]))

    def test_open_counts_take_one_query(self):
        self._create_ticket(user_id=self.user_b.id)
        self._create_ticket(user_id=self.user_b.id).stage_id = self.stage_done
        agents = self.agent_a | self.agent_b
        agents.mapped('user_id.login')
        agents.mapped('company_id.name')
        self.env.flush_all()
        with self.assertQueryCount(1):
            counts = agents._get_ticket_open_counts()
        self.assertEqual(counts, {self.agent_a.id: 0, self.agent_b.id: 1})
        self.assertEqual(self.agent_b.open_count, 1)

    def test_tickets_of_another_company_are_assigned_there(self):
        company = self.env['res.company'].create({'name': "Elsewhere"})
        user = self._create_user('eve', company_id=company.id, company_ids=[(6, 0, company.ids)])
        self.env['service.agent'].create(
            {'user_id': user.id, 'company_id': company.id, 'presence': 'available'}
        )
        team = self._create_team("Elsewhere", user | self.user_a, company_id=company.id)
        ticket = self._create_ticket(team_id=team.id)
        self.assertEqual(ticket.company_id, company)
        self.assertEqual(ticket.user_id, user)
