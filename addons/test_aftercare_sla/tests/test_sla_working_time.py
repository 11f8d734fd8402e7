from odoo.tests import tagged

from .common import SlaCommon


@tagged('post_install', '-at_install')
class TestSlaWorkingTime(SlaCommon):
    """Calendars that are missing, empty, special, changed."""

    def test_calendar_of_the_policy_then_of_the_record_then_of_the_company(self):
        early = self._create_calendar("Early", 'UTC', hours=((6, 10),))
        late = self._create_calendar("Late", 'UTC', hours=((14, 20),))
        policy = self._create_policy(2)
        moment = '2026-03-02 05:00'
        record = self._create_record(moment, calendar_id=late.id)
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 16:00'))
        self.assertEqual(self._create_record(moment).sla_deadline, self._dt('2026-03-02 11:00'))
        policy.calendar_id = early
        record = self._create_record(moment, calendar_id=late.id)
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 08:00'))

    def test_no_calendar_at_all_skips_the_promise_and_says_so_once(self):
        self.company.resource_calendar_id = False
        self._create_policy(4)
        record = self._create_record()
        self.assertEqual(record.sla_status_ids.cancel_reason, 'no_working_time')
        self.assertFalse(record.sla_deadline)
        self._move(record, '2026-03-02 10:00', stage='work')
        self.assertEqual(len(record.sla_status_ids), 1)
        notes = record.message_ids.filtered(lambda message: "skipped" in message.body)
        self.assertEqual(len(notes), 1)

    def test_empty_calendar_skips_the_promise(self):
        empty = self._create_calendar("Empty", 'UTC', weekdays=[])
        empty.attendance_ids.unlink()
        self._create_policy(4)
        record = self._create_record(calendar_id=empty.id)
        self.assertEqual(record.sla_status_ids.cancel_reason, 'no_working_time')
        self._move(record, '2026-03-02 10:00', calendar_id=self.calendar.id)
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 13:00'))

    def test_elapsed_time_needs_no_calendar(self):
        self.company.resource_calendar_id = False
        self._create_policy(4, time_basis='elapsed')
        self.assertEqual(self._create_record().sla_deadline, self._dt('2026-03-02 13:00'))

    def test_holiday_inside(self):
        self.env['resource.calendar.leaves'].create(
            {
                'name': "Holiday",
                'calendar_id': self.calendar.id,
                'date_from': '2026-03-03 00:00:00',
                'date_to': '2026-03-03 23:59:59',
            }
        )
        self._create_policy(8)
        record = self._create_record('2026-03-02 14:00')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-04 13:00'))

    def test_make_up_saturday_inside(self):
        self.env['resource.calendar.exception'].create(
            {
                'name': "Make-up",
                'calendar_id': self.calendar.id,
                'date': '2026-03-07',
                'dayofweek': '0',
            }
        )
        self._create_policy(4)
        record = self._create_record('2026-03-06 17:00')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-07 12:00'))

    def test_chinese_spring_festival(self):
        calendar = self._create_calendar("Shanghai", 'Asia/Shanghai', hours=((9, 12), (13, 18)))
        calendar._import_holidays(self.env.ref('base.cn'), [2026])
        self._create_policy(4)
        created = self._dt('2026-02-13 17:00', 'Asia/Shanghai')
        record = self._create_record(created, calendar_id=calendar.id)
        self.assertEqual(record.sla_deadline, self._dt('2026-02-14 12:00', 'Asia/Shanghai'))

    def test_daylight_saving(self):
        calendar = self._create_calendar("Madrid", 'Europe/Madrid')
        self._create_policy(9)
        created = self._dt('2026-03-27 17:00', 'Europe/Madrid')
        record = self._create_record(created, calendar_id=calendar.id)
        self.assertEqual(record.sla_deadline, self._dt('2026-03-30 17:00', 'Europe/Madrid'))

    def test_holiday_announced_later_moves_open_deadlines(self):
        self._create_policy(8)
        record = self._create_record('2026-03-02 14:00')
        paused_policy = self._create_policy(8, test_kind='p', test_excluded='waiting')
        self.assertTrue(paused_policy)
        self.assertEqual(record.sla_deadline, self._dt('2026-03-03 13:00'))
        with self._at('2026-03-02 15:00'):
            self.env['resource.calendar.leaves'].create(
                {
                    'name': "Holiday",
                    'calendar_id': self.calendar.id,
                    'date_from': '2026-03-03 00:00:00',
                    'date_to': '2026-03-03 23:59:59',
                }
            )
        self._run('2026-03-02 15:01')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-04 13:00'))
        self.assertEqual(self._kinds(record.sla_status_ids), ['started', 'adjusted'])

    def test_time_zone_change_moves_open_deadlines(self):
        self._create_policy(8)
        record = self._create_record('2026-03-02 14:00')
        with self._at('2026-03-02 15:00'):
            self.calendar.tz = 'America/New_York'
        self._run('2026-03-02 15:01')
        # Four working hours were used up from 9 to 18 UTC before; now 14 to 23 UTC is worked.
        status = record.sla_status_ids
        self.assertEqual(status.state, 'ongoing')
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 22:00'))

    def test_other_calendar_keeps_what_was_counted(self):
        late = self._create_calendar("Late", 'UTC', hours=((14, 20),))
        self._create_policy(4)
        record = self._create_record()
        self._move(record, '2026-03-02 11:00', calendar_id=late.id)
        self.assertEqual(record.sla_deadline, self._dt('2026-03-02 16:00'))
        status = record.sla_status_ids
        self.assertEqual(self._kinds(status), ['started', 'adjusted'])
        self.assertEqual(status.event_ids[-1].worked_seconds, 2 * 3600)

    def test_changed_hours_touch_only_their_own_clocks(self):
        late = self._create_calendar("Late", 'UTC', hours=((14, 20),))
        self._create_policy(4)
        own, other = self._create_record(), self._create_record(calendar_id=late.id)
        with self._at('2026-03-02 09:30'):
            late.attendance_ids.hour_to = 15
        now = self._dt('2026-03-02 09:30')
        self.assertGreater(own.sla_status_ids.next_check, now)
        self.assertLess(other.sla_status_ids.next_check, now)
