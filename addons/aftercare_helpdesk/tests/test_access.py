from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import HelpdeskCommon


@tagged('post_install', '-at_install')
class TestAccess(HelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env,
            login='helpdesk_portal',
            groups='base.group_portal',
            partner_id=cls.customer.id,
        )
        cls.foreign_portal = new_test_user(
            cls.env,
            login='helpdesk_foreign',
            groups='base.group_portal',
            partner_id=cls.stranger.id,
        )
        cls.outsider = cls._create_user('outsider')
        cls.own = cls._create_user('own', 'helpdesk_mgmt.group_helpdesk_user_own')
        cls.of_team = cls._create_user('ofteam', 'helpdesk_mgmt.group_helpdesk_user_team')
        cls.manager = cls._create_user('manager', 'helpdesk_mgmt.group_helpdesk_manager')

    def _can_see(self, user, ticket):
        self.env.flush_all()
        visible = ticket in self.Ticket.with_user(user).search([])
        self.assertEqual(visible, ticket.with_user(user).has_access('read'))
        return visible

    def test_groups_are_staff(self):
        self.assertTrue(self.own.has_group('aftercare_base.aftercare_base_group_user'))
        self.assertFalse(self.own.has_group('aftercare_base.aftercare_base_group_manager'))
        self.assertTrue(self.manager.has_group('aftercare_base.aftercare_base_group_manager'))

    def test_portal_team_is_seen_by_helpdesk_and_customer(self):
        ticket = self._create_ticket()
        for user in (self.outsider, self.user_a, self.manager, self.portal):
            self.assertTrue(self._can_see(user, ticket), user.name)
        self.assertFalse(self._can_see(self.foreign_portal, ticket))

    def test_internal_team_is_hidden_from_the_customer(self):
        self.team.visibility = 'internal'
        ticket = self._create_ticket()
        self.assertTrue(self._can_see(self.outsider, ticket))
        self.assertFalse(self._can_see(self.portal, ticket))
        ticket.message_subscribe(self.customer.ids)
        self.assertFalse(self._can_see(self.portal, ticket), "an invitation is for colleagues")

    def test_invited_team_is_seen_by_members_and_followers(self):
        self.team.visibility = 'invited'
        ticket = self._create_ticket(user_id=self.user_a.id)
        self.assertTrue(self._can_see(self.user_b, ticket), "member")
        self.assertTrue(self._can_see(self.manager, ticket), "manager")
        self.assertFalse(self._can_see(self.outsider, ticket))
        self.assertFalse(self._can_see(self.portal, ticket))
        ticket.message_subscribe(self.outsider.partner_id.ids)
        self.assertTrue(self._can_see(self.outsider, ticket), "follower")

    def test_leader_sees_the_invited_team(self):
        self.team.write({'visibility': 'invited', 'user_id': self.leader.id})
        self.assertTrue(self._can_see(self.leader, self._create_ticket()))

    def test_new_member_sees_the_team_at_once(self):
        self.team.visibility = 'invited'
        ticket = self._create_ticket(user_id=self.user_a.id)
        self.assertFalse(self._can_see(self.outsider, ticket))
        self.team.user_ids += self.outsider
        self.assertTrue(self._can_see(self.outsider, ticket))
        self.outsider.helpdesk_team_ids = [(5,)]
        self.assertFalse(self._can_see(self.outsider, ticket))

    def test_ticket_without_team_is_seen(self):
        ticket = self._create_ticket(team_id=False, user_id=False)
        self.assertTrue(self._can_see(self.outsider, ticket))
        self.assertTrue(self._can_see(self.portal, ticket))

    def test_upstream_levels_hold(self):
        self.team.user_ids += self.own | self.of_team
        foreign_team = self._create_team("Foreign", self.user_a)
        own = self._create_ticket(user_id=self.own.id)
        of_team = self._create_ticket(user_id=self.user_b.id)
        foreign = self._create_ticket(team_id=foreign_team.id, user_id=self.user_a.id)
        self.assertTrue(self._can_see(self.own, own))
        self.assertFalse(self._can_see(self.own, of_team))
        self.assertTrue(self._can_see(self.of_team, of_team))
        self.assertFalse(self._can_see(self.of_team, foreign))
        self.assertTrue(self._can_see(self.outsider, foreign))

    def test_agent_with_own_customers_sees_theirs_and_his(self):
        agent = self._create_agent(
            'modest',
            'helpdesk_mgmt.group_helpdesk_user,aftercare_agent.aftercare_agent_group_own',
        )
        user = agent.user_id
        self.team.user_ids += user
        self.customer_company.agent_id = agent
        self.customer.agent_id = agent
        of_customer = self._create_ticket(user_id=self.user_a.id)
        assigned = self._create_ticket(partner_id=self.stranger.id, user_id=user.id)
        foreign = self._create_ticket(partner_id=self.stranger.id, user_id=self.user_a.id)
        self.assertTrue(self._can_see(user, of_customer))
        self.assertTrue(self._can_see(user, assigned))
        self.assertFalse(self._can_see(user, foreign))
        self.assertTrue(self._can_see(self.user_b, foreign), "who is not limited sees it")
        user.group_ids += self.env.ref('aftercare_agent.aftercare_agent_group_all')
        self.assertTrue(self._can_see(user, foreign))

    def test_agent_with_own_customers_cannot_write_to_others(self):
        agent = self._create_agent(
            'modest',
            'helpdesk_mgmt.group_helpdesk_user,aftercare_agent.aftercare_agent_group_own',
        )
        ticket = self._create_ticket(user_id=self.user_a.id)
        with self.assertRaises(AccessError):
            ticket.with_user(agent.user_id).write({'priority': '3'})

    def test_agent_sees_and_works_on_tickets_of_authorised_customers(self):
        agent = self._create_agent(
            'modest',
            'helpdesk_mgmt.group_helpdesk_user,aftercare_agent.aftercare_agent_group_own',
        )
        user = agent.user_id
        tag = self.env['res.partner.category'].create({'name': "VIP"})
        self.customer_company.category_id = tag
        ticket = self._create_ticket(user_id=self.user_a.id)
        of_company = self._create_ticket(
            partner_id=self.customer_company.id, user_id=self.user_a.id
        )
        foreign = self._create_ticket(partner_id=self.stranger.id, user_id=self.user_a.id)
        without = self._create_ticket(partner_id=False, user_id=self.user_a.id)
        everything = (ticket, of_company, foreign, without)
        self.assertFalse(any(self._can_see(user, each) for each in everything))
        access = self.env['service.customer.access'].create(
            {
                'name': "VIPs",
                'company_id': False,
                'agent_ids': [(4, agent.id)],
                'category_ids': [(4, tag.id)],
            }
        )
        seen = [self._can_see(user, each) for each in everything]
        self.assertEqual(seen, [True, True, False, False])
        ticket.with_user(user).write({'priority': '3'})
        ticket.with_user(user).message_post(body="Hello", subtype_xmlid='mail.mt_comment')
        with self.assertRaises(AccessError):
            foreign.with_user(user).write({'priority': '3'})
        with self.assertRaises(AccessError):
            ticket.with_user(user).partner_id.comment = "Only to be seen"
        access.write({'category_ids': [(5,)], 'customer_ids': [(6, 0, self.stranger.ids)]})
        seen = [self._can_see(user, each) for each in everything]
        self.assertEqual(seen, [False, False, True, False])
        self.assertTrue(self._can_see(self.user_b, ticket), "who is not limited sees all")
        self.assertTrue(self._can_see(self.portal, ticket))
        self.assertFalse(self._can_see(self.portal, foreign))
        access.active = False
        self.assertFalse(any(self._can_see(user, each) for each in everything))

    def test_authorised_customer_chosen_as_a_person(self):
        agent = self._create_agent(
            'modest',
            'helpdesk_mgmt.group_helpdesk_user,aftercare_agent.aftercare_agent_group_own',
        )
        self.env['service.customer.access'].create(
            {
                'name': "Carla alone",
                'company_id': False,
                'agent_ids': [(4, agent.id)],
                'customer_ids': [(4, self.customer.id)],
            }
        )
        hers = self._create_ticket(user_id=self.user_a.id)
        his = self._create_ticket(partner_id=self.colleague.id, user_id=self.user_a.id)
        self.assertTrue(self._can_see(agent.user_id, hers))
        self.assertFalse(self._can_see(agent.user_id, his))

    def test_customers_cannot_write(self):
        ticket = self._create_ticket()
        with self.assertRaises(AccessError):
            ticket.with_user(self.portal).write({'priority': '3'})
        with self.assertRaises(AccessError):
            self.Ticket.with_user(self.portal).create(self._prepare_ticket())

    def test_portal_users_see_portal_teams_only(self):
        Team = self.env['helpdesk.ticket.team'].with_user(self.portal)
        self.assertIn(self.team, Team.search([]))
        self.team.visibility = 'internal'
        self.assertNotIn(self.team, Team.search([]))

    def test_visitors_cannot_write_stages(self):
        public = self.env.ref('base.public_user')
        self.assertFalse(self.stage_new.with_user(public).has_access('write'))
        self.assertTrue(self.stage_new.with_user(self.manager).has_access('write'))

    def test_all_agents_read_types(self):
        ticket_type = self.env['helpdesk.ticket.type'].create({'name': "Question"})
        self.assertEqual(ticket_type.with_user(self.own).name, "Question")

    def test_company_switch(self):
        company = self.env['res.company'].create({'name': "Elsewhere"})
        ticket = self._create_ticket()
        self.outsider.write({'company_ids': [(4, company.id)]})
        Ticket = self.Ticket.with_user(self.outsider)
        self.assertIn(ticket, Ticket.with_context(allowed_company_ids=self.company.ids).search([]))
        self.assertNotIn(ticket, Ticket.with_context(allowed_company_ids=company.ids).search([]))
