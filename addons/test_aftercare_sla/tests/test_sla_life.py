from datetime import timedelta

from odoo.tests import tagged

from .common import SlaCommon


@tagged('post_install', '-at_install')
class TestSlaLife(SlaCommon):
    """From the creation of a record to the end of its clocks."""

    def test_deadline_is_in_working_time(self):
        self._create_policy(4)
        record = self._create_record('2026-03-06 16:00')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-09 11:00'))
        self.assertEqual(record.sla_state, 'ongoing')

    def test_elapsed_time_ignores_the_calendar(self):
        self._create_policy(4, time_basis='elapsed')
        record = self._create_record('2026-03-06 16:00')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-06 20:00'))

    def test_closed_in_time_is_reached(self):
        self._create_policy(4)
        record = self._create_record()
        self._move(record, '2026-03-02 12:00', stage='done')
        status = self._status(record)
        self.assertEqual(status.state, 'reached')
        self.assertEqual(status.reached_date, self._dt('2026-03-02 12:00'))
        self.assertEqual(status.worked_hours, 3)
        self.assertEqual(record.sla_state, 'reached')
        self.assertFalse(record.sla_deadline)

    def test_success_stays_after_reopening(self):
        self._create_policy(4)
        record = self._create_record()
        self._move(record, '2026-03-02 12:00', stage='done')
        self._move(record, '2026-03-03 12:00', stage='work')
        self._run('2026-03-10 12:00')
        self.assertEqual(record.sla_status_ids.mapped('state'), ['reached'])

    def test_closed_too_late_is_failed_with_the_hours_exceeded(self):
        self._create_policy(4)
        record = self._create_record()
        self._move(record, '2026-03-03 10:00', stage='done')
        status = self._status(record)
        self.assertEqual(status.state, 'failed')
        self.assertEqual(status.failed_date, self._dt('2026-03-02 13:00'))
        self.assertEqual(status.reached_date, self._dt('2026-03-03 10:00'))
        self.assertEqual(status.exceeded_hours, 6)
        self.assertEqual(record.sla_state, 'failed')

    def test_failure_stays_after_it_was_reached_late(self):
        self._create_policy(4)
        record = self._create_record()
        self._run('2026-03-02 14:00')
        self.assertEqual(record.sla_state, 'failed')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 13:00'))
        self._move(record, '2026-03-02 15:00', stage='done')
        status = self._status(record)
        self.assertEqual(status.state, 'failed')
        self.assertEqual(status.exceeded_hours, 2)
        self.assertFalse(record.sla_deadline)

    def test_paused_shows_no_deadline(self):
        self._create_policy(4, test_excluded='waiting')
        record = self._create_record()
        self._move(record, '2026-03-02 10:00', stage='waiting')
        self.assertEqual(record.sla_state, 'paused')
        self.assertFalse(record.sla_deadline)
        self._run('2026-03-20 10:00')
        self.assertEqual(self._status(record).state, 'paused')

    def test_pause_is_exact_to_the_second(self):
        self._create_policy(4, test_excluded='waiting')
        record = self._create_record()
        self._move(record, '2026-03-02 10:00:13', stage='waiting')
        self._move(record, '2026-03-03 09:30:41', stage='work')
        expected = self._dt('2026-03-03 09:30') + timedelta(seconds=41 + 4 * 3600 - (3600 + 13))
        self.assertEqual(record.sla_deadline, expected)
        events = self._status(record).event_ids
        self.assertEqual(events.mapped('kind'), ['started', 'paused', 'resumed'])
        self.assertEqual(events.mapped('worked_seconds'), [0, 3613, 3613])
        self.assertEqual(events[1].note, 'waiting')

    def test_paused_then_closed_is_reached(self):
        self._create_policy(4, test_excluded='waiting')
        record = self._create_record()
        self._move(record, '2026-03-02 10:00', stage='waiting')
        self._move(record, '2026-03-12 10:00', stage='done')
        status = self._status(record)
        self.assertEqual(status.state, 'reached')
        self.assertEqual(status.worked_hours, 1)

    def test_several_pauses(self):
        self._create_policy(4, test_excluded='waiting')
        record = self._create_record()
        for day in (3, 4, 5):
            self._move(record, f'2026-03-0{day} 09:00', stage='waiting')
            self._move(record, f'2026-03-0{day} 17:59', stage='work')
        self.assertEqual(self._status(record).state, 'failed')
        short = self._create_record()
        for hour in (10, 12):
            self._move(short, f'2026-03-02 {hour}:00', stage='waiting')
            self._move(short, f'2026-03-02 {hour + 1}:00', stage='work')
        self.assertEqual(short.sla_deadline, self._dt('2026-03-02 15:00'))

    def test_pause_at_night_costs_nothing(self):
        self._create_policy(4, test_excluded='waiting')
        record = self._create_record()
        self._move(record, '2026-03-02 19:00', stage='work')
        self.assertEqual(self._status(record).state, 'failed')
        other = self._create_record('2026-03-02 17:00')
        self._move(other, '2026-03-02 19:00', stage='waiting')
        self._move(other, '2026-03-03 08:00', stage='work')
        self.assertEqual(other.sla_deadline, self._dt('2026-03-03 12:00'))

    def test_created_in_an_excluded_stage_starts_paused(self):
        self._create_policy(4, test_excluded='waiting')
        record = self._create_record(stage='waiting')
        self.assertEqual(record.sla_state, 'paused')
        self._move(record, '2026-03-04 10:00', stage='work')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-04 14:00'))

    def test_batch_of_stage_changes(self):
        self._create_policy(4, test_excluded='waiting')
        records = self._create_record()
        records += self._create_record('2026-03-02 11:00', stage='waiting')
        records += self._create_record('2026-03-02 12:00')
        self._move(records, '2026-03-02 12:30', stage='waiting')
        self.assertEqual(set(records.mapped('sla_state')), {'paused'})
        self._move(records, '2026-03-03 09:00', stage='work')
        self.assertEqual(
            records.mapped('sla_deadline'),
            [
                self._dt('2026-03-03 09:30'),
                self._dt('2026-03-03 13:00'),
                self._dt('2026-03-03 12:30'),
            ],
        )
        self._move(records, '2026-03-03 09:15', stage='done')
        self.assertEqual(set(records.mapped('sla_state')), {'reached'})

    def test_cancelled_is_neither_success_nor_failure(self):
        self._create_policy(4)
        record = self._create_record()
        self._move(record, '2026-03-02 10:00', stage='cancelled')
        status = record.sla_status_ids
        self.assertEqual(status.state, 'cancelled')
        self.assertEqual(status.cancel_reason, 'record_cancelled')
        self.assertFalse(record.sla_state)
        self._run('2026-03-20 10:00')
        self.assertEqual(status.state, 'cancelled')

    def test_cancelled_then_reopened_does_not_count_the_time_between(self):
        self._create_policy(4)
        record = self._create_record()
        self._move(record, '2026-03-02 10:00', stage='cancelled')
        self._move(record, '2026-03-04 10:00', stage='work')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-04 13:00'))
        self.assertEqual(sorted(record.sla_status_ids.mapped('state')), ['cancelled', 'ongoing'])

    def test_closed_without_reaching_the_target(self):
        self._create_policy(4)
        record = self._create_record()
        self._move(record, '2026-03-02 10:00', stage='refused')
        self.assertEqual(record.sla_status_ids.cancel_reason, 'record_closed')

    def test_first_response(self):
        self._create_policy(2, target='first_response')
        record = self._create_record()
        self._move(record, '2026-03-02 10:30', answered='2026-03-02 10:30:00')
        status = self._status(record)
        self.assertEqual(status.state, 'reached')
        self.assertEqual(status.worked_hours, 1.5)

    def test_closed_without_an_answer_is_no_failed_answer(self):
        self._create_policy(2, target='first_response')
        record = self._create_record()
        self._move(record, '2026-03-02 10:00', stage='done')
        self.assertEqual(record.sla_status_ids.cancel_reason, 'record_closed')
        self._run('2026-03-20 10:00')
        self.assertEqual(record.sla_status_ids.state, 'cancelled')

    def test_earliest_unreached_deadline_is_shown(self):
        self._create_policy(2, target='first_response')
        self._create_policy(8)
        record = self._create_record()
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 11:00'))
        self._move(record, '2026-03-02 10:00', answered='2026-03-02 10:00:00')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 17:00'))

    def test_archived_record_is_not_chased(self):
        self._create_policy(4)
        record = self._create_record()
        self._move(record, '2026-03-02 10:00', active=False)
        self.assertEqual(record.sla_status_ids.state, 'cancelled')
        self._move(record, '2026-03-03 10:00', active=True)
        self.assertEqual(record.sla_deadline, self._dt('2026-03-03 13:00'))

    def test_deleted_record_takes_its_clocks_along(self):
        self._create_policy(4)
        record = self._create_record()
        status = record.sla_status_ids
        record.unlink()
        self.assertFalse(status.exists())

    def test_copy_starts_afresh(self):
        self._create_policy(4)
        record = self._create_record()
        with self._at('2026-03-03 09:00'):
            copy = record.copy()
        self.assertEqual(copy.sla_deadline, self._dt('2026-03-03 13:00'))
        self.assertEqual(len(copy.sla_status_ids), 1)

    def test_no_policy_no_clock(self):
        record = self._create_record()
        self._move(record, '2026-03-02 10:00', stage='work')
        self.assertFalse(record.sla_state)
        self.assertFalse(record.sla_clock)

    def test_history_can_be_imported(self):
        self._create_policy(4, test_excluded='waiting', failed_activity=True)
        Record = self.env['test.sla.record']
        record = Record.with_context(sla_now='2025-11-03 09:00:00').create(
            {'name': "Old", 'user_id': self.agent.id}
        )
        record.with_context(sla_now='2025-11-04 09:00:00').stage = 'done'
        status = self._status(record)
        self.assertEqual(status.state, 'failed')
        self.assertEqual(status.start_date, self._dt('2025-11-03 09:00'))
        self.assertEqual(status.reached_date, self._dt('2025-11-04 09:00'))
        self.assertFalse(record.activity_ids)

    def test_creation_of_many_needs_no_more_queries_than_of_one(self):
        self._create_policy(2, target='first_response')
        self._create_policy(8, test_excluded='waiting')
        Record = self.env['test.sla.record'].with_context(tracking_disable=True)

        def create(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Record.create([{'name': str(n), 'user_id': self.agent.id} for n in range(count)])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with self._at('2026-03-02 09:00'):
            create(1)
            one, hundred = create(1), create(100)
        self.assertLessEqual(hundred - one, 8, f'{one} queries for one, {hundred} for a hundred')
        self.assertLessEqual(one, 24)

    def test_stage_change_of_many_needs_no_more_queries_than_of_one(self):
        self._create_policy(8, test_excluded='waiting')
        self._create_policy(16)
        with self._at('2026-03-02 09:00'):
            records = self.env['test.sla.record'].create([{'name': str(n)} for n in range(101)])

        def move(some, stage):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.stage = stage
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with self._at('2026-03-02 10:00'):
            one, hundred = move(records[0], 'waiting'), move(records[1:], 'waiting')
        self.assertLessEqual(hundred - one, 6, f'{one} queries for one, {hundred} for a hundred')
