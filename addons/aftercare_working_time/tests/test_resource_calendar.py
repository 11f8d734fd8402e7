from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import WorkingTimeCommon


@tagged('post_install', '-at_install')
class TestResourceCalendar(WorkingTimeCommon):
    def test_four_hours_from_friday_evening_end_on_make_up_saturday(self):
        start = self._at('2026-02-13 17:00')
        self.calendar._import_holidays(self.china, [2026])
        expected = self._at('2026-02-14 12:00')
        self.assertEqual(self.calendar._plan_seconds(4 * 3600, start), expected)
        self.assertEqual(self.calendar.plan_hours(4, start, compute_leaves=True), expected)
        self.assertEqual(self.calendar._get_work_seconds(start, expected), 4 * 3600)
        self.assertEqual(self.calendar.get_work_hours_count(start, expected), 4)

    def test_without_make_up_days_spring_festival_stands_in_between(self):
        start = self._at('2026-02-13 17:00')
        self.calendar._import_holidays(self.china, [2026])
        self.calendar.exception_ids.unlink()
        self.assertEqual(self.calendar._plan_seconds(4 * 3600, start), self._at('2026-02-24 12:00'))

    def test_iranian_week_rests_on_friday(self):
        tz = 'Asia/Tehran'
        calendar = self._create_calendar("Tehran", tz, [5, 6, 0, 1, 2, 3], hours=((8, 16),))
        calendar._import_holidays(self.iran, [2026], language='fa_IR')
        # Thursday 7 May 2026, 15:00 and two hours: Friday rests, Saturday 9:00.
        self.assertEqual(
            calendar._plan_seconds(2 * 3600, self._at('2026-05-07 15:00', tz)),
            self._at('2026-05-09 09:00', tz),
        )
        # 11 February, the day of the revolution, is a Wednesday and a public holiday.
        self.assertFalse(calendar._is_open_at(self._at('2026-02-11 10:00', tz)))

    def test_spring_forward_skips_an_hour_of_the_night_shift(self):
        tz = 'Europe/Madrid'
        calendar = self._create_calendar("Round the clock", tz, range(7), hours=((0, 24),))
        # On 29 March 2026 the clock jumps from 2 to 3.
        self.assertEqual(
            calendar._get_work_seconds(
                self._at('2026-03-29 00:00', tz), self._at('2026-03-30 00:00', tz)
            ),
            23 * 3600,
        )
        self.assertEqual(
            calendar._get_work_seconds(
                self._at('2026-10-25 00:00', tz), self._at('2026-10-26 00:00', tz)
            ),
            25 * 3600,
        )

    def test_office_hours_keep_local_time_over_the_change(self):
        tz = 'Europe/Madrid'
        calendar = self._create_calendar("Madrid", tz, range(5))
        # Friday 17:00 to Monday: one hour left on Friday, one on Monday, whatever the clocks do.
        self.assertEqual(
            calendar._plan_seconds(2 * 3600, self._at('2026-03-27 17:00', tz)),
            self._at('2026-03-30 10:00', tz),
        )

    def test_time_is_counted_to_the_second(self):
        start = self._at('2026-03-02 17:59')
        end = self._at('2026-03-03 09:00') + timedelta(seconds=7)
        self.assertEqual(self.calendar._get_work_seconds(start, end), 67)

    def test_round_the_clock_has_no_gap_at_midnight(self):
        calendar = self._create_calendar("24/7", 'UTC', range(7), hours=((0, 24),))
        week = timedelta(days=7)
        start = self._at('2026-03-02 10:00', 'UTC')
        self.assertEqual(calendar._get_work_seconds(start, start + week), 7 * 86400)

    def test_a_holiday_leaves_no_second_before_midnight(self):
        calendar = self._create_calendar("24/7", 'Asia/Shanghai', range(7), hours=((0, 24),))
        calendar._import_holidays(self.china, [2026])
        start = self._at('2026-10-01 00:00')
        self.assertEqual(calendar._get_next_opening(start), self._at('2026-10-04 00:00'))

    def test_holidays_of_another_company_do_not_close_us(self):
        other = self.env['res.company'].create({'name': "Elsewhere"})
        self.env['resource.calendar.leaves'].with_company(other).create(
            {
                'name': "Foreign feast",
                'company_id': other.id,
                'date_from': self._at('2026-03-02 00:00'),
                'date_to': self._at('2026-03-02 23:59'),
            }
        )
        self.assertTrue(self.calendar._is_open_at(self._at('2026-03-02 10:00')))

    def test_personal_leave_does_not_close_the_team(self):
        resource = self.env['resource.resource'].create(
            {'name': "Li", 'calendar_id': self.calendar.id, 'company_id': self.company.id}
        )
        self._create_leave('2026-03-02 00:00', '2026-03-02 23:59', resource_id=resource.id)
        self.assertTrue(self.calendar._is_open_at(self._at('2026-03-02 10:00')))

    def test_empty_calendar_never_opens(self):
        calendar = self._create_calendar("Empty", 'UTC', [])
        calendar.attendance_ids.unlink()
        self.assertFalse(calendar._has_working_time())
        self.assertFalse(calendar._plan_seconds(60, self._at('2026-03-02 10:00')))
        self.assertFalse(calendar._is_open_at(self._at('2026-03-02 10:00')))
        self.assertFalse(calendar._get_next_opening(self._at('2026-03-02 10:00')))

    def test_many_questions_need_few_queries(self):
        self.calendar._import_holidays(self.china, [2026])
        self.env.flush_all()
        timeline = self.calendar._get_work_timeline()
        start = self._at('2026-03-02 10:00')
        timeline.plan(start, 60)
        self.env.invalidate_all()
        with self.assertQueryCount(7):
            timeline = self.calendar._get_work_timeline()
            for hours in range(200):
                timeline.plan(start + timedelta(hours=hours % 40), 3600 * (1 + hours % 16))

    def test_portal_visitor_can_ask(self):
        visitor = self.env.ref('base.public_user')
        calendar = self.calendar.with_user(visitor)
        self.assertTrue(calendar._is_open_at(self._at('2026-03-02 10:00')))

    def test_travel_is_kept_free_around_a_visit(self):
        self.calendar.write({'travel_before_minutes': 30, 'travel_after_minutes': 45})
        start, stop = self._at('2026-03-02 10:00'), self._at('2026-03-02 11:00')
        self.assertEqual(
            self.calendar._reserve_travel(start, stop),
            (self._at('2026-03-02 09:30'), self._at('2026-03-02 11:45')),
        )

    def test_visit_with_its_travel_must_fit_working_time(self):
        self.calendar.write({'travel_before_minutes': 30, 'travel_after_minutes': 45})
        fits = self.calendar._can_visit
        self.assertTrue(fits(self._at('2026-03-02 09:30'), self._at('2026-03-02 11:00')))
        self.assertFalse(fits(self._at('2026-03-02 09:00'), self._at('2026-03-02 10:00')))
        self.assertFalse(fits(self._at('2026-03-02 17:00'), self._at('2026-03-02 17:30')))

    def test_imported_holidays_follow_the_time_zone(self):
        self.calendar._import_holidays(self.china, [2026])
        leave = self.calendar.leave_ids.filtered(lambda x: str(x.holiday_date) == '2026-10-01')
        self.assertEqual(leave.date_from, self._at('2026-10-01 00:00'))
        self.calendar.tz = 'Europe/Madrid'
        self.assertEqual(leave.date_from, self._at('2026-10-01 00:00', 'Europe/Madrid'))
        self.assertTrue(leave.holiday_source)

    def test_manager_changes_schedules_without_technical_mode(self):
        calendar = self.calendar.with_user(self.manager)
        calendar.write(
            {
                'attendance_ids': [
                    Command.create(
                        {
                            'name': "Saturday",
                            'dayofweek': '5',
                            'hour_from': 9,
                            'hour_to': 12,
                        }
                    )
                ]
            }
        )
        holiday = (
            self.env['resource.calendar.leaves']
            .with_user(self.manager)
            .create(
                {
                    'name': "Company day",
                    'calendar_id': calendar.id,
                    'date_from': self._at('2026-03-02 00:00'),
                    'date_to': self._at('2026-03-02 23:59'),
                }
            )
        )
        self.assertEqual(holiday.days_text, "Mon, Mar 2, 2026")
        holiday.unlink()

    def test_employee_changes_neither_schedules_nor_public_holidays(self):
        with self.assertRaises(AccessError):
            self.calendar.with_user(self.employee).name = "Mine"
        with self.assertRaises(AccessError):
            self.env['resource.calendar.leaves'].with_user(self.employee).create(
                {
                    'name': "Day off for all",
                    'calendar_id': self.calendar.id,
                    'date_from': self._at('2026-03-02 00:00'),
                    'date_to': self._at('2026-03-02 23:59'),
                }
            )
