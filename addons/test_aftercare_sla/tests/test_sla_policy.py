from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SlaCommon


@tagged('post_install', '-at_install')
class TestSlaPolicy(SlaCommon):
    def test_manager_sets_up_a_policy(self):
        form = Form(self.env['sla.policy'].with_user(self.manager))
        form.name = "Gold"
        form.res_model = 'test.sla.record'
        form.duration_hours = 4
        policy = form.save()
        self.assertEqual(policy._get_promise_text(), "Closing within 04:00 working hours")
        self.assertEqual(policy.criteria_text, "Everything")

    def test_staff_may_look_but_not_promise(self):
        policy = self._create_policy(4)
        self.assertTrue(policy.with_user(self.agent).read(['name', 'criteria_text']))
        with self.assertRaises(AccessError):
            policy.with_user(self.agent).duration_hours = 1
        with self.assertRaises(AccessError):
            policy.with_user(self.agent).action_apply()

    def test_policies_of_other_companies_are_hidden(self):
        other = self.env['res.company'].create({'name': "Other"})
        policy = self._create_policy(4, company_id=other.id)
        self.assertNotIn(policy, self.env['sla.policy'].with_user(self.manager).search([]))

    def test_statuses_cannot_be_changed_by_anybody(self):
        self._create_policy(4)
        status = self._create_record().sla_status_ids
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                status.with_user(user).state = 'reached'
            with self.assertRaises(AccessError):
                status.with_user(user).unlink()
            with self.assertRaises(AccessError):
                status.event_ids.with_user(user).unlink()
            with self.assertRaises(AccessError):
                status.event_ids.with_user(user).worked_seconds = 1

    def test_given_promises_keep_their_terms(self):
        policy = self._create_policy(4)
        record = self._create_record()
        policy.duration_hours = 1
        self._move(record, '2026-03-02 09:30', stage='work')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 13:00'))
        self.assertEqual(self._create_record().sla_deadline, self._dt('2026-03-02 10:00'))

    def test_used_policy_is_neither_retargeted_nor_deleted(self):
        policy = self._create_policy(4)
        policy.target = 'first_response'
        policy.target = 'closed'
        self._create_record()
        with self.assertRaises(UserError):
            policy.target = 'first_response'
        with self.assertRaises(UserError):
            policy.unlink()
        policy.target = 'closed'
        policy.copy().unlink()

    def test_absurd_promises_are_refused(self):
        for values in ({'hours': 0}, {'hours': -1}, {'warning_hours': -1}):
            with (
                mute_logger('odoo.sql_db'),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._create_policy(**values)

    def test_one_clock_per_policy_and_record(self):
        self._create_policy(4)
        status = self._create_record().sla_status_ids
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            status.copy()
            self.env.flush_all()

    def test_success_rate(self):
        policy = self._create_policy(4)
        records = self._create_record() + self._create_record() + self._create_record()
        self._move(records[0], '2026-03-02 10:00', stage='done')
        self._move(records[1], '2026-03-02 16:00', stage='done')
        policy.invalidate_recordset()
        self.assertEqual(policy.success_rate, 0.5)
        self.assertEqual(policy.ongoing_count, 1)

    def test_list_of_policies_counts_with_one_query(self):
        policies = self.env['sla.policy'].union(*(self._create_policy(n) for n in range(1, 8)))
        self._create_record()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            policies.mapped('ongoing_count')

    def test_analysis_by_responsible(self):
        self._create_policy(4)
        records = self._create_record(user_id=self.agent.id)
        records += self._create_record(user_id=self.agent.id)
        self._move(records[0], '2026-03-02 10:00', stage='done')
        self._move(records[1], '2026-03-02 15:00', stage='done')
        [(user, rate, exceeded)] = self.env['sla.status']._read_group(
            [('company_id', '=', self.company.id)],
            ['user_id'],
            ['success_rate:avg', 'exceeded_hours:sum'],
        )
        self.assertEqual((user, rate, exceeded), (self.agent, 0.5, 2))
