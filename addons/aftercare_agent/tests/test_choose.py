import random
from collections import Counter
from datetime import timedelta

from odoo.tests import tagged

from ..tools.board import KEPT_CANDIDATES
from .common import MOMENT, AgentCommon


@tagged('post_install', '-at_install')
class TestChoose(AgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_agent("Ann", region_ids=cls.east, skill_ids=cls.database)
        cls.bob = cls._create_agent("Bob", region_ids=cls.south, skill_ids=cls.network)
        cls.eva = cls._create_agent("Eva", region_ids=cls.spain)
        cls.agents = cls.ann | cls.bob | cls.eva

    # === METHODS === #

    def test_balanced_takes_who_has_least_open(self):
        self._patch_open_counts({self.ann.id: 2, self.bob.id: 1, self.eva.id: 3})
        assignment = self._choose()
        self.assertEqual(assignment.agent_id, self.bob)
        self.assertIn("1", assignment.reason)

    def test_balanced_breaks_ties_by_longest_since_last(self):
        self.ann.last_assignment_date = MOMENT - timedelta(hours=2)
        self.bob.last_assignment_date = MOMENT - timedelta(hours=3)
        self.eva.last_assignment_date = MOMENT - timedelta(hours=1)
        self.assertEqual(self._choose().agent_id, self.bob)

    def test_round_robin_takes_each_in_turn(self):
        chosen = [self._choose(method='round_robin').agent_id for _i in range(6)]
        self.assertEqual(set(chosen[:3]), set(self.agents))
        self.assertEqual(chosen[:3], chosen[3:])

    def test_round_robin_ignores_the_load(self):
        self._patch_open_counts({self.ann.id: 9})
        self.bob.last_assignment_date = self.eva.last_assignment_date = MOMENT
        self.assertEqual(self._choose(method='round_robin').agent_id, self.ann)

    def test_random_is_uniform_and_seedable(self):
        requests = [self._request(method='random') for _i in range(600)]
        random.seed(7)
        first = [a.agent_id for a in self.Agent._choose(requests, dry_run=True)]
        random.seed(7)
        second = [a.agent_id for a in self.Agent._choose(requests, dry_run=True)]
        self.assertEqual(first, second)
        for count in Counter(first).values():
            self.assertGreater(count, 150)

    def test_manual_takes_nobody(self):
        assignment = self._choose(method='manual')
        self.assertFalse(assignment.agent_id)
        self.assertEqual(assignment.outcome, 'by_hand')
        self.assertEqual(assignment.eligible_count, 3)

    def test_batch_spreads_as_one_by_one_would(self):
        assignments = self.Agent._choose([self._request() for _i in range(9)])
        counts = Counter(assignment.agent_id for assignment in assignments)
        self.assertEqual(set(counts.values()), {3})

    def test_answers_come_in_the_order_of_the_requests(self):
        assignments = self.Agent._choose(
            [
                self._request(region=self.spain, use_region=True),
                self._request(method='manual'),
                self._request(region=self.south, use_region=True),
            ]
        )
        self.assertEqual(
            [a.agent_id for a in assignments], [self.eva, self.Agent.browse(), self.bob]
        )

    # === CANDIDATES === #

    def test_only_the_given_agents_are_candidates(self):
        self._patch_open_counts({self.bob.id: 5})
        assignment = self._choose(agents=self.bob)
        self.assertEqual(assignment.agent_id, self.bob)
        self.assertEqual(assignment.candidate_ids.agent_id, self.bob)

    def test_no_agents_given_is_not_all_agents(self):
        self.assertEqual(self._choose(agents=self.Agent.browse()).outcome, 'nobody')

    def test_archived_agents_are_no_candidates(self):
        self.ann.active = False
        self.assertNotIn(self.ann, self._choose(agents=self.agents).candidate_ids.agent_id)

    def test_agents_of_archived_users_are_no_candidates(self):
        self.ann.user_id.active = False
        self.assertNotIn(self.ann, self._choose(agents=self.agents).candidate_ids.agent_id)

    def test_agents_of_other_companies_are_no_candidates(self):
        other = self.env['res.company'].create({'name': "Other"})
        agent = self.Agent.create(
            {'user_id': self.ann.user_id.id, 'company_id': other.id, 'presence': 'available'}
        )
        self.assertNotIn(agent, self._choose(agents=self.agents | agent).candidate_ids.agent_id)
        self.assertEqual(self._choose(company=other).agent_id, agent)

    # === REGION === #

    def test_agent_of_region_above_serves_customer(self):
        self._patch_open_counts({self.ann.id: 9})
        assignment = self._choose(region=self.shanghai, use_region=True)
        self.assertEqual(assignment.agent_id, self.ann)
        self.assertFalse(assignment.relaxed_region)

    def test_most_specific_region_is_preferred(self):
        self._patch_open_counts({self.bob.id: 9})
        self.bob.region_ids = self.shanghai
        self.assertEqual(self._choose(region=self.shanghai, use_region=True).agent_id, self.bob)

    def test_agent_of_a_part_serves_who_is_somewhere_in_the_whole(self):
        self._patch_open_counts({self.ann.id: 9, self.bob.id: 9})
        assignment = self._choose(region=self.china, use_region=True)
        self.assertIn(assignment.agent_id, self.ann | self.bob)

    def test_region_is_ignored_when_switched_off(self):
        self._patch_open_counts({self.ann.id: 9})
        self.assertNotEqual(self._choose(region=self.shanghai).agent_id, self.ann)

    def test_unknown_region_excludes_nobody(self):
        self.assertEqual(self._choose(use_region=True).eligible_count, 3)

    def test_region_of_the_customer_counts(self):
        partner = self.env['res.partner'].create({'name': "Customer", 'region_id': self.south.id})
        self.assertEqual(self._choose(partner=partner, use_region=True).agent_id, self.bob)

    def test_region_is_relaxed_first(self):
        assignment = self._choose(
            region=self.spain, use_region=True, skills=self.network, use_skills=True
        )
        self.assertEqual(assignment.agent_id, self.bob)
        self.assertTrue(assignment.relaxed_region)
        self.assertFalse(assignment.relaxed_skills)
        self.assertIn("Test Spain", assignment.relaxed)

    # === SKILLS === #

    def test_skill_is_required(self):
        self._patch_open_counts({self.bob.id: 9})
        self.assertEqual(self._choose(skills=self.network, use_skills=True).agent_id, self.bob)

    def test_skill_includes_its_parts(self):
        self._patch_open_counts({self.ann.id: 9})
        self.assertEqual(self._choose(skills=self.postgres, use_skills=True).agent_id, self.ann)

    def test_skills_are_relaxed_before_presence(self):
        self.bob.presence = 'away'
        assignment = self._choose(skills=self.network, use_skills=True)
        self.assertNotEqual(assignment.agent_id, self.bob)
        self.assertTrue(assignment.relaxed_skills)
        self.assertFalse(assignment.relaxed_presence)

    def test_who_has_some_of_the_skills_is_preferred(self):
        self._patch_open_counts({self.bob.id: 9})
        assignment = self._choose(
            skills=self.network | self.env['service.skill'].create({'name': "Juggling"}),
            use_skills=True,
        )
        self.assertEqual(assignment.agent_id, self.bob)
        self.assertTrue(assignment.relaxed_skills)
        self.assertIn("Juggling", assignment.relaxed)

    # === CAPACITY === #

    def test_full_agent_gets_nothing(self):
        self.ann.max_open_tickets = 2
        self._patch_open_counts({self.ann.id: 2, self.bob.id: 5, self.eva.id: 5})
        assignment = self._choose()
        self.assertNotEqual(assignment.agent_id, self.ann)
        self.assertIn("2", self._candidate(assignment, self.ann).explanation)

    def test_capacity_of_zero_is_no_limit(self):
        self._patch_open_counts(dict.fromkeys(self.agents.ids, 100))
        self.assertTrue(self._choose().agent_id)

    def test_capacity_is_never_relaxed(self):
        self.agents.max_open_tickets = 1
        assignments = self.Agent._choose([self._request() for _i in range(5)])
        self.assertEqual(sum(bool(a.agent_id) for a in assignments), 3)
        self.assertEqual([a.outcome for a in assignments[3:]], ['nobody', 'nobody'])

    def test_full_region_is_relaxed(self):
        self.bob.max_open_tickets = 1
        self._patch_open_counts({self.bob.id: 1})
        assignment = self._choose(region=self.south, use_region=True)
        self.assertTrue(assignment.agent_id)
        self.assertTrue(assignment.relaxed_region)

    # === LEADER === #

    def test_leader_gets_what_nobody_else_can(self):
        self.ann.max_open_tickets = 1
        self._patch_open_counts({self.ann.id: 1})
        assignment = self._choose(agents=self.ann, leader=self.eva)
        self.assertEqual(assignment.agent_id, self.eva)
        self.assertEqual(assignment.outcome, 'leader')
        self.assertEqual(assignment.candidate_ids[0].agent_id, self.eva)

    def test_full_leader_gets_nothing(self):
        self.agents.max_open_tickets = 1
        self._patch_open_counts(dict.fromkeys(self.agents.ids, 1))
        assignment = self._choose(agents=self.ann, leader=self.eva)
        self.assertFalse(assignment.agent_id)
        self.assertEqual(assignment.outcome, 'nobody')

    def test_leader_gets_nothing_while_others_can(self):
        self._patch_open_counts({self.ann.id: 50})
        self.assertEqual(self._choose(agents=self.ann, leader=self.eva).agent_id, self.ann)

    # === OWN AGENT === #

    def test_own_agent_comes_first(self):
        partner = self.env['res.partner'].create({'name': "Customer", 'agent_id': self.eva.id})
        self._patch_open_counts({self.eva.id: 9})
        assignment = self._choose(
            partner=partner, use_own_agent=True, region=self.south, use_region=True
        )
        self.assertEqual(assignment.agent_id, self.eva)
        self.assertEqual(assignment.outcome, 'own')
        self.assertFalse(assignment.relaxed_region)

    def test_own_agent_is_ignored_when_switched_off(self):
        partner = self.env['res.partner'].create({'name': "Customer", 'agent_id': self.eva.id})
        self._patch_open_counts({self.eva.id: 9})
        self.assertNotEqual(self._choose(partner=partner).agent_id, self.eva)

    def test_own_agent_outside_the_team_is_not_chosen(self):
        partner = self.env['res.partner'].create({'name': "Customer", 'agent_id': self.eva.id})
        assignment = self._choose(partner=partner, use_own_agent=True, agents=self.ann | self.bob)
        self.assertNotEqual(assignment.agent_id, self.eva)

    def test_full_own_agent_is_not_chosen(self):
        partner = self.env['res.partner'].create({'name': "Customer", 'agent_id': self.eva.id})
        self.eva.max_open_tickets = 1
        self._patch_open_counts({self.eva.id: 1})
        self.assertNotEqual(self._choose(partner=partner, use_own_agent=True).agent_id, self.eva)

    def test_own_agent_gets_it_even_where_others_choose_by_hand(self):
        partner = self.env['res.partner'].create({'name': "Customer", 'agent_id': self.eva.id})
        assignment = self._choose(partner=partner, use_own_agent=True, method='manual')
        self.assertEqual(assignment.agent_id, self.eva)

    def test_contacts_have_the_agent_of_their_company(self):
        company = self.env['res.partner'].create(
            {'name': "Customer", 'is_company': True, 'agent_id': self.bob.id}
        )
        contact = self.env['res.partner'].create({'name': "Contact", 'parent_id': company.id})
        assignment = self._choose(partner=contact, use_own_agent=True)
        self.assertEqual(assignment.agent_id, self.bob)

    # === EFFORT === #

    def _count_queries(self, number):
        partners = self.env['res.partner'].create(
            [
                {'name': f"Customer {i}", 'region_id': (self.east | self.south)[i % 2].id}
                for i in range(number)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        requests = [
            self._request(
                res_id=partner.id,
                partner=self.env['res.partner'].browse(partner.id),
                use_own_agent=True,
                use_region=True,
                use_skills=True,
                skills=self.env['service.skill'].browse(self.database.id),
            )
            for partner in partners
        ]
        before = self.env.cr.sql_log_count
        self.Agent._choose(requests)
        return self.env.cr.sql_log_count - before

    def test_number_of_queries_does_not_grow_with_the_requests(self):
        self._count_queries(2)  # warm the caches
        self.assertEqual(self._count_queries(2), self._count_queries(80))

    def test_number_of_queries_does_not_grow_with_the_agents(self):
        self._count_queries(2)
        before = self._count_queries(2)
        users = self.env['res.users'].create(
            [
                {
                    'name': f"Crowd {i}",
                    'login': f'crowd_{i}',
                    'company_id': self.company.id,
                    'company_ids': self.company.ids,
                }
                for i in range(500)
            ]
        )
        self.Agent.create(
            [
                {
                    'user_id': user.id,
                    'company_id': self.company.id,
                    'presence': 'available',
                    'region_ids': self.spain.ids,
                    'tz': 'Asia/Shanghai',
                }
                for user in users
            ]
        )
        self._count_queries(2)
        self.assertEqual(self._count_queries(2), before)
        assignment = self._choose(region=self.south, use_region=True)
        self.assertEqual(assignment.agent_id, self.bob)
        self.assertEqual(assignment.candidate_count, 503)
        self.assertEqual(len(assignment.candidate_ids), KEPT_CANDIDATES)
