from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import SlaCommon


@tagged('post_install', '-at_install')
class TestSlaCriteria(SlaCommon):
    """Which promises apply, and what happens when that changes."""

    def test_empty_criteria_match_everything(self):
        self._create_policy(4)
        self.assertEqual(len(self._create_record(kind='a').sla_status_ids), 1)

    def test_all_criteria_must_match(self):
        self._create_policy(4, test_kind='a', partner_ids=[Command.set(self.customer.ids)])
        self.assertFalse(self._create_record(kind='a').sla_status_ids)
        self.assertFalse(self._create_record(partner_id=self.customer.id).sla_status_ids)
        record = self._create_record(kind='a', partner_id=self.customer.id)
        self.assertTrue(record.sla_status_ids)

    def test_contact_counts_as_his_company(self):
        self._create_policy(4, partner_ids=[Command.set(self.customer.ids)])
        contact = self.env['res.partner'].create({'name': "Contact", 'parent_id': self.customer.id})
        self.assertTrue(self._create_record(partner_id=contact.id).sla_status_ids)

    def test_customer_tags(self):
        tag = self.env['res.partner.category'].create({'name': "Gold"})
        self._create_policy(4, partner_category_ids=[Command.set(tag.ids)])
        self.assertFalse(self._create_record(partner_id=self.customer.id).sla_status_ids)
        self.customer.category_id = tag
        contact = self.env['res.partner'].create({'name': "Contact", 'parent_id': self.customer.id})
        self.assertTrue(self._create_record(partner_id=self.customer.id).sla_status_ids)
        self.assertTrue(self._create_record(partner_id=contact.id).sla_status_ids)

    def test_new_promise_counts_from_the_creation(self):
        self._create_policy(4, test_kind='a')
        fast = self._create_policy(2, test_kind='b')
        record = self._create_record(kind='a')
        self._move(record, '2026-03-02 10:00', kind='b')
        status = self._status(record)
        self.assertEqual(status.policy_id, fast)
        self.assertEqual(status.start_date, self._dt('2026-03-02 09:00'))
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 11:00'))

    def test_old_promise_is_kept_as_cancelled(self):
        slow = self._create_policy(4, test_kind='a')
        record = self._create_record(kind='a')
        self._move(record, '2026-03-02 10:00', kind='b')
        status = record.sla_status_ids
        self.assertEqual(status.policy_id, slow)
        self.assertEqual((status.state, status.cancel_reason), ('cancelled', 'not_applicable'))
        self.assertEqual(self._kinds(status), ['started', 'cancelled'])
        self.assertFalse(record.sla_deadline)

    def test_there_and_back_again(self):
        self._create_policy(4, test_kind='a')
        record = self._create_record(kind='a')
        self._move(record, '2026-03-02 10:00', kind='b')
        self._move(record, '2026-03-02 11:00', kind='a')
        self.assertEqual(sorted(record.sla_status_ids.mapped('state')), ['cancelled', 'ongoing'])
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 13:00'))

    def test_new_promise_knows_earlier_pauses(self):
        self._create_policy(4, test_kind='b', test_excluded='waiting')
        record = self._create_record(kind='a')
        self._move(record, '2026-03-02 10:00', stage='waiting')
        self._move(record, '2026-03-02 12:00', stage='work')
        self._move(record, '2026-03-02 12:30', kind='b')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 15:00'))
        self.assertEqual(self._kinds(self._status(record)), ['started', 'paused', 'resumed'])

    def test_new_promise_may_be_broken_from_the_start(self):
        self._create_policy(2, test_kind='b')
        record = self._create_record(kind='a')
        self._move(record, '2026-03-02 15:00', kind='b')
        status = self._status(record)
        self.assertEqual(status.state, 'failed')
        self.assertEqual(status.failed_date, self._dt('2026-03-02 11:00'))

    def test_new_promise_may_be_kept_already(self):
        self._create_policy(2, test_kind='b', target='first_response')
        record = self._create_record(kind='a')
        self._move(record, '2026-03-02 10:00', answered='2026-03-02 10:00:00')
        self._move(record, '2026-03-02 15:00', kind='b')
        self.assertEqual(self._status(record).state, 'reached')

    def test_closed_record_gets_no_new_promise(self):
        self._create_policy(2, test_kind='b')
        record = self._create_record(kind='a')
        self._move(record, '2026-03-02 10:00', stage='done')
        self._move(record, '2026-03-05 10:00', kind='b')
        self.assertFalse(record.sla_status_ids)

    def test_finished_promise_is_not_cancelled_by_a_change(self):
        self._create_policy(4, test_kind='a')
        record = self._create_record(kind='a')
        self._move(record, '2026-03-02 10:00', stage='done')
        self._move(record, '2026-03-02 11:00', kind='b')
        self.assertEqual(record.sla_status_ids.state, 'reached')

    def test_missed_promise_that_no_longer_applies_stays_missed(self):
        self._create_policy(4, test_kind='a')
        record = self._create_record(kind='a')
        self._run('2026-03-02 14:00')
        self._move(record, '2026-03-02 15:00', kind='b')
        self._move(record, '2026-03-02 16:00', kind='c')
        status = record.sla_status_ids
        self.assertEqual(status.state, 'failed')
        self.assertTrue(status.end_date)
        self.assertEqual(self._kinds(status), ['started', 'failed', 'cancelled'])

    def test_policies_do_not_cross_companies(self):
        other = self.env['res.company'].create({'name': "Other"})
        foreign = self._create_policy(1, company_id=other.id)
        own = self._create_policy(4)
        record = self._create_record()
        self.assertEqual(record.sla_status_ids.policy_id, own)
        self.env.user.company_ids += other
        self._move(record, '2026-03-02 10:00', company_id=other.id)
        self.assertEqual(self._status(record).policy_id, foreign)
        self.assertEqual(self._status(record).company_id, other)

    def test_visitor_gets_the_promises_of_the_right_company(self):
        other = self.env['res.company'].create({'name': "Other"})
        self._create_policy(1, company_id=other.id)
        own = self._create_policy(4)
        visitor = new_test_user(self.env, 'sla_visitor', groups='base.group_portal')
        with self._at('2026-03-02 09:00'):
            record = (
                self.env['test.sla.record']
                .with_user(visitor)
                .with_context(allowed_company_ids=[])
                .create({'name': "From the portal", 'company_id': self.company.id})
            )
        self.assertEqual(record.sudo().sla_status_ids.policy_id, own)
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 13:00'))

    def test_record_without_company_has_no_promise(self):
        self._create_policy(4)
        self.assertFalse(self._create_record(company_id=False).sla_status_ids)

    def test_responsible_follows_while_the_clock_runs(self):
        self._create_policy(4)
        record = self._create_record(user_id=self.agent.id)
        status = record.sla_status_ids
        self.assertEqual(status.user_id, self.agent)
        self._move(record, '2026-03-02 10:00', user_id=self.manager.id)
        self.assertEqual(status.user_id, self.manager)
        self._move(record, '2026-03-02 11:00', stage='done')
        self._move(record, '2026-03-02 12:00', user_id=self.agent.id)
        self.assertEqual(status.user_id, self.manager)
