from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import GROUP_MANAGER, MOMENT, AgentCommon


@tagged('post_install', '-at_install')
class TestServiceAssignment(AgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_agent("Ann", region_ids=cls.east)
        cls.bob = cls._create_agent("Bob", region_ids=cls.south)
        cls.manager = cls._create_user('assignment_manager', GROUP_MANAGER)
        cls.partner = cls.env['res.partner'].create({'name': "Customer"})

    # === APPEND-ONLY === #

    def test_nobody_changes_an_assignment(self):
        assignment = self._choose()
        for record in (assignment.with_user(self.manager), assignment.sudo()):
            with self.assertRaises(UserError):
                record.write({'agent_id': self.bob.id})

    def test_nobody_deletes_an_assignment(self):
        assignment = self._choose()
        with self.assertRaises(UserError):
            assignment.sudo().unlink()
        with self.assertRaises(AccessError):
            assignment.with_user(self.manager).unlink()

    def test_nobody_makes_one_up(self):
        with self.assertRaises(AccessError):
            self.Assignment.with_user(self.manager).create(
                {'res_model': 'res.partner', 'method': 'manual', 'agent_id': self.ann.id}
            )

    def test_candidates_cannot_be_changed(self):
        candidate = self._choose().candidate_ids[0]
        with self.assertRaises(AccessError):
            candidate.with_user(self.manager).write({'score': 1})

    def test_agent_with_assignments_is_not_deleted(self):
        agent = self._choose().agent_id
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            agent.sudo().unlink()
            self.env.flush_all()

    def test_assignment_is_bound_to_its_record_once(self):
        assignment = self._choose(res_model='res.partner')
        assignment._bind(self.partner)
        self.assertEqual(assignment.res_id, self.partner.id)
        assignment._bind(self.env.user.partner_id)
        self.env.invalidate_all()
        self.assertEqual(assignment.res_id, self.partner.id)

    def test_assignments_go_with_their_record(self):
        mine = self._choose(res_model='res.partner', res_id=self.partner.id)
        other = self._choose(res_model='res.partner', res_id=self.env.user.partner_id.id)
        self.partner.unlink()
        self.assertFalse(mine.exists())
        self.assertTrue(other.exists())

    def test_old_assignments_are_cleaned_up(self):
        self.env['ir.config_parameter'].set_param('aftercare_agent.assignment_retention_days', 100)
        now = datetime.now()
        old = self._choose(at=now - timedelta(days=101))
        young = self._choose(at=now - timedelta(days=99))
        self.Assignment._gc_assignments()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())

    def test_assignments_of_lost_records_are_cleaned_up(self):
        now = datetime.now()
        lost = self._choose(res_model='res.partner', res_id=2**30, at=now)
        kept = self._choose(res_model='res.partner', res_id=self.partner.id, at=now)
        unbound = self._choose(res_model='res.partner', at=now)
        self.Assignment._gc_assignments()
        self.assertFalse(lost.exists())
        self.assertTrue(kept.exists())
        self.assertTrue(unbound.exists())

    # === EXPLANATION === #

    def test_every_candidate_is_kept_with_his_numbers(self):
        self._patch_open_counts({self.ann.id: 4, self.bob.id: 2})
        self.ann.max_open_tickets = 9
        assignment = self._choose()
        self.env.invalidate_all()
        candidate = self._candidate(assignment, self.ann)
        self.assertEqual(candidate.open_count, 4)
        self.assertEqual(candidate.max_open, 9)
        self.assertEqual(candidate.presence, 'available')
        self.assertEqual(candidate.work_state, 'present')
        self.assertTrue(candidate.eligible)
        self.assertFalse(candidate.chosen)
        self.assertEqual(candidate.why, 'load')
        self.assertTrue(assignment.candidate_ids[0].chosen)

    def test_dry_run_says_the_same_and_leaves_nothing(self):
        self._patch_open_counts({self.ann.id: 4, self.bob.id: 2})
        before = self.Assignment.search_count([])
        dry = self._choose(dry_run=True, region=self.east, use_region=True)
        explanations = dry.candidate_ids.mapped('explanation')
        self.assertEqual(self.Assignment.search_count([]), before)
        self.assertFalse(self.ann.last_assignment_date)
        real = self._choose(region=self.east, use_region=True)
        self.assertEqual(dry.agent_id, real.agent_id)
        self.assertEqual(dry.reason, real.reason)
        self.assertEqual(explanations, real.candidate_ids.mapped('explanation'))

    def test_assignment_is_noted_on_the_agent(self):
        assignment = self._choose()
        self.assertEqual(assignment.agent_id.last_assignment_date, MOMENT)
        self.assertEqual(assignment.agent_id.assignment_sequence, assignment.id)

    def test_reason_is_in_the_language_of_the_reader(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.env['ir.module.module']._load_module_terms(['aftercare_agent'], ['zh_CN'])
        assignment = self._choose()
        chinese = assignment.with_context(lang='zh_CN')
        self.assertNotEqual(assignment.reason, chinese.reason)
        self.assertNotIn("Chosen", chinese.explanation)

    def test_names_are_escaped(self):
        self.ann.name = "<b>Ann</b>"
        assignment = self._choose(agents=self.ann)
        self.assertNotIn("<b>Ann</b>", assignment.explanation)

    def test_dialog_shows_the_newest(self):
        self._choose(res_model='res.partner', res_id=self.partner.id)
        last = self._choose(res_model='res.partner', res_id=self.partner.id)
        Assignment = self.Assignment.with_user(self.ann.user_id)
        action = Assignment._get_explanation_action('res.partner', self.partner.id)
        self.assertEqual((action['res_model'], action['res_id']), (last._name, last.id))
        self.assertEqual(action['target'], 'new')
        self.assertEqual(len(last.previous_ids), 1)

    def test_dialog_without_assignment_says_so(self):
        action = self.Assignment._get_explanation_action('res.partner', self.partner.id)
        self.assertEqual(action['tag'], 'display_notification')

    def test_name_of_the_record_needs_access_to_it(self):
        assignment = self._choose(res_model='res.partner', res_id=self.partner.id)
        self.assertEqual(assignment.with_user(self.manager).res_name, "Customer")
        limited = self._create_user(
            'assignment_limited', 'aftercare_agent.aftercare_agent_group_own'
        )
        self.assertFalse(assignment.with_user(limited).res_name)
        self.assertTrue(assignment.with_user(limited).reason)

    def test_person_s_choice_is_written_down(self):
        assignment = self.Assignment.with_user(self.manager)._record_choice(
            self.partner, self.bob, "Speaks Farsi"
        )
        self.assertEqual(assignment.user_id, self.manager)
        self.assertIn("Speaks Farsi", assignment.reason)
        self.assertFalse(assignment.candidate_ids)

    def test_assignments_of_other_companies_are_not_seen(self):
        other = self.env['res.company'].create({'name': "Other"})
        assignment = self._choose(company=other)
        self.assertNotIn(assignment, self.Assignment.with_user(self.manager).search([]))

    def test_every_reason_has_words(self):
        self.bob.presence = 'busy'
        self.ann.skill_ids = self.database
        for vals in (
            {},
            {'method': 'random'},
            {'method': 'round_robin'},
            {'method': 'manual'},
            {'region': self.spain, 'use_region': True},
            {'skills': self.network, 'use_skills': True},
            {'agents': self.bob},
            {'agents': self.Agent.browse(), 'leader': self.bob},
            {'agents': self.Agent.browse()},
        ):
            assignment = self._choose(**vals)
            self.assertTrue(assignment.reason)
            self.assertTrue(assignment.explanation)
            self.assertTrue(all(assignment.candidate_ids.mapped('explanation')))
