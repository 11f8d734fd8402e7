from unittest.mock import patch

from odoo import fields
from odoo.addons.aftercare_sla.models import sla_status
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SlaCommon


@tagged('post_install', '-at_install')
class TestSlaCron(SlaCommon):
    """The scheduled action finds what is due, and each thing happens once."""

    def test_missed_deadline_fails_once(self):
        self._create_policy(4)
        record = self._create_record(user_id=self.agent.id)
        self._run('2026-03-02 13:00:00')
        self.assertEqual(record.sla_state, 'ongoing')
        self._run('2026-03-02 13:00:01')
        self._run('2026-03-02 13:05:00')
        status = self._status(record)
        self.assertEqual(status.state, 'failed')
        self.assertEqual(self._kinds(status), ['started', 'failed'])
        self.assertEqual(len(record.activity_ids), 1)

    def test_warning_comes_once(self):
        self._create_policy(4, warning_hours=1)
        record = self._create_record(user_id=self.agent.id)
        self._run('2026-03-02 11:59')
        self.assertEqual(record.sla_state, 'ongoing')
        self._run('2026-03-02 12:01')
        self._run('2026-03-02 12:30')
        self.assertEqual(record.sla_state, 'warning')
        self.assertEqual(len(record.activity_ids), 1)
        self._run('2026-03-02 13:01')
        self.assertEqual(record.sla_state, 'failed')
        self.assertEqual(self._kinds(record.sla_status_ids), ['started', 'warned', 'failed'])

    def test_warning_too_late_is_not_given(self):
        self._create_policy(4, warning_hours=1)
        record = self._create_record()
        Record = self.env.registry['test.sla.record']
        with patch.object(Record, '_sla_on_warning', autospec=True) as warn:
            self._run('2026-03-02 14:00')
        warn.assert_not_called()
        self.assertEqual(record.sla_state, 'failed')

    def test_only_what_is_due_is_read(self):
        self._create_policy(4)
        for hour in (9, 10, 11):
            self._create_record(f'2026-03-02 {hour}:00')
        Status = self.env.registry['sla.status']
        seen = []
        original = Status._run_due

        def spy(statuses, now):
            seen.extend(statuses.ids)
            return original(statuses, now)

        with patch.object(Status, '_run_due', spy):
            self._run('2026-03-02 13:30')
        self.assertEqual(len(seen), 1)

    def test_everything_is_processed_in_batches(self):
        self._create_policy(4)
        with self._at('2026-03-02 09:00'):
            records = self.env['test.sla.record'].create([{'name': str(n)} for n in range(7)])
        self.env.flush_all()
        with self._at('2026-03-02 14:00'), self._no_commit():
            self.env['sla.status']._cron_run(batch_size=3)
        self.assertEqual(set(records.mapped('sla_state')), {'failed'})

    def test_a_thousand_due_cost_a_bounded_number_of_queries(self):
        self._create_policy(4, failed_note=True, failed_activity=True)
        with self._at('2026-03-02 09:00'):
            self.env['test.sla.record'].create(
                [{'name': str(n), 'user_id': self.agent.id} for n in range(200)]
            )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._run('2026-03-02 14:00')
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 60)

    @mute_logger('odoo.addons.aftercare_sla.models.sla_status')
    def test_one_bad_record_does_not_stop_the_others(self):
        self._create_policy(4)
        good, bad, better = (self._create_record() for _n in range(3))
        bad_status = bad.sla_status_ids
        Status = self.env.registry['sla.status']
        original = Status._get_clock

        def explode(status, timelines):
            if status == bad_status:
                raise UserError("Broken")
            return original(status, timelines)

        with patch.object(Status, '_get_clock', explode):
            self._run('2026-03-02 14:00')
        self.assertEqual((good | better).mapped('sla_state'), ['failed', 'failed'])
        self.assertEqual(bad.sla_state, 'ongoing')
        self.assertEqual(
            bad_status.next_check, self._dt('2026-03-02 14:00') + sla_status.RETRY_AFTER
        )
        self._run('2026-03-02 15:01')
        self.assertEqual(bad.sla_state, 'failed')

    @mute_logger('odoo.addons.aftercare_sla.models.sla_status')
    def test_failing_action_is_noted_and_does_not_stop_the_others(self):
        self._create_policy(4, failed_activity=True)
        good = self._create_record(user_id=self.agent.id)
        bad = self._create_record(user_id=self.agent.id)
        Record = self.env.registry['test.sla.record']
        original = Record._sla_on_failed

        def explode(records, statuses):
            if bad in records:
                raise UserError("No mail server")
            return original(records, statuses)

        with patch.object(Record, '_sla_on_failed', explode):
            self._run('2026-03-02 14:00')
        self.assertEqual((good | bad).mapped('sla_state'), ['failed', 'failed'])
        self.assertTrue(good.activity_ids)
        error = bad.sla_status_ids.event_ids[-1]
        self.assertEqual((error.kind, error.note), ('error', "No mail server"))

    def test_archived_policy_ends_its_clocks(self):
        policy = self._create_policy(4)
        record = self._create_record()
        with self._at('2026-03-02 10:00'):
            policy.active = False
        self._run('2026-03-02 10:01')
        self.assertEqual(record.sla_status_ids.cancel_reason, 'not_applicable')
        self.assertFalse(record.sla_deadline)

    def test_orphan_status_does_not_stop_the_run(self):
        self._create_policy(4)
        orphan, record = self._create_record(), self._create_record()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM test_sla_record WHERE id = %s", [orphan.id])
        self.env.invalidate_all()
        self._run('2026-03-02 14:00')
        self.assertEqual(record.sla_state, 'failed')

    def test_scheduled_action_is_one_call(self):
        self._create_policy(4)
        record = self._create_record()
        self.env.flush_all()
        with self._at('2026-03-02 14:00'), self.enter_registry_test_mode():
            self.env.ref('aftercare_sla.ir_cron_run').method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(record.sla_state, 'failed')

    def test_next_check_is_indexed(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'sla_status'"
            " AND indexdef LIKE '%(next_check)%'"
        )
        self.assertTrue(self.env.cr.fetchall())

    def test_policy_is_applied_to_open_records_in_the_background(self):
        records = self._create_record() + self._create_record(stage='done')
        policy = self._create_policy(4)
        self.assertFalse(records.sla_status_ids)
        policy.with_user(self.manager).action_apply()
        with self._at('2026-03-02 10:00'), self._no_commit():
            self.env['sla.policy']._cron_apply_policies(batch_size=1)
        self.assertEqual(records[0].sla_deadline, self._dt('2026-03-02 13:00'))
        self.assertFalse(records[1].sla_status_ids)
        self.assertFalse(policy.apply_pending)
        self.assertEqual(
            fields.Datetime.to_string(records[0].sla_status_ids.start_date)[:10], '2026-03-02'
        )
