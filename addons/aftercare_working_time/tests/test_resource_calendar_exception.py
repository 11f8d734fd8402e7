from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import WorkingTimeCommon


@tagged('post_install', '-at_install')
class TestResourceCalendarException(WorkingTimeCommon):
    def _get_hours(self, day, calendar=None, **kwargs):
        """The working hours of a local day as text."""
        calendar = calendar or self.calendar
        tz = calendar.tz
        intervals = calendar._work_intervals_batch(
            self._aware(f'{day} 00:00', tz), self._aware(f'{day} 23:59', tz), **kwargs
        )
        resource = kwargs.get('resources')
        return [
            f'{start:%H:%M}-{stop:%H:%M}'
            for start, stop, _attendance in intervals[resource.id if resource else False]
        ]

    def test_saturday_is_not_worked(self):
        self.assertEqual(self._get_hours('2026-02-14'), [])

    def test_make_up_saturday_works_like_a_friday(self):
        self._create_makeup('2026-02-14')
        self.assertEqual(self._get_hours('2026-02-14'), ['09:00-12:00', '13:00-18:00'])
        self.assertEqual(self._get_hours('2026-02-15'), [])

    def test_own_hours_with_a_break(self):
        self._create_makeup(
            '2026-02-14', hours_like='own', hour_from=10, hour_to=16, break_from=12, break_to=12.5
        )
        self.assertEqual(self._get_hours('2026-02-14'), ['10:00-12:00', '12:30-16:00'])
        breaks = self.calendar._attendance_intervals_batch(
            self._aware('2026-02-14 00:00'), self._aware('2026-02-14 23:00'), lunch=True
        )[False]
        self.assertEqual([f'{start:%H:%M}' for start, _stop, _a in breaks], ['12:00'])

    def test_own_hours_replace_those_of_a_working_day(self):
        self._create_makeup(
            '2026-02-12', hours_like='own', hour_from=9, hour_to=11, break_from=0, break_to=0
        )
        self.assertEqual(self._get_hours('2026-02-12'), ['09:00-11:00'])

    def test_a_weekday_that_is_not_worked_changes_nothing(self):
        calendar = self._create_calendar("Mon-Thu", 'Asia/Shanghai', [0, 1, 2, 3, 5])
        self._create_makeup('2026-02-14', calendar, dayofweek='4')
        self.assertEqual(self._get_hours('2026-02-14', calendar), ['09:00-12:00', '13:00-18:00'])

    def test_lunch_line_of_the_copied_weekday_stays_a_break(self):
        self.calendar.attendance_ids = [
            (
                0,
                0,
                {
                    'name': "Lunch",
                    'dayofweek': '4',
                    'hour_from': 12,
                    'hour_to': 13,
                    'day_period': 'lunch',
                },
            )
        ]
        self._create_makeup('2026-02-14')
        self.assertEqual(self._get_hours('2026-02-14'), ['09:00-12:00', '13:00-18:00'])

    def test_two_week_calendar_copies_the_weekday_of_the_same_week(self):
        calendar = self._create_calendar("Two weeks", 'Asia/Shanghai', [4], hours=((9, 12),))
        calendar.switch_calendar_type()
        week = str(calendar.attendance_ids.get_week_type(date(2026, 2, 14)))
        calendar.attendance_ids.filtered(
            lambda a: a.week_type == week and not a.display_type
        ).hour_to = 11
        self._create_makeup('2026-02-14', calendar)
        self.assertEqual(self._get_hours('2026-02-14', calendar), ['09:00-11:00'])

    def test_company_wide_day_counts_for_its_calendars_only(self):
        self._create_makeup('2026-02-14', self.env['resource.calendar'])
        other = self.env['res.company'].create({'name': "Elsewhere"})
        foreign = self._create_calendar("Foreign", 'Asia/Shanghai', range(5))
        foreign.company_id = other
        self.assertTrue(self._get_hours('2026-02-14'))
        self.assertEqual(self._get_hours('2026-02-14', foreign), [])

    def test_calendars_own_day_beats_the_companys(self):
        self._create_makeup('2026-02-14', self.env['resource.calendar'])
        self._create_makeup(
            '2026-02-14', hours_like='own', hour_from=8, hour_to=9, break_from=0, break_to=0
        )
        self.assertEqual(self._get_hours('2026-02-14'), ['08:00-09:00'])

    def test_make_up_day_beats_a_whole_public_holiday(self):
        self._create_leave('2026-02-13 00:00', '2026-02-15 23:59')
        self.assertEqual(self._get_hours('2026-02-14'), [])
        self._create_makeup('2026-02-14')
        self.assertEqual(self._get_hours('2026-02-13'), [])
        self.assertEqual(self._get_hours('2026-02-14'), ['09:00-12:00', '13:00-18:00'])

    def test_make_up_day_respects_a_shorter_closure(self):
        self._create_makeup('2026-02-14')
        self._create_leave('2026-02-14 15:00', '2026-02-14 18:00')
        self.assertEqual(self._get_hours('2026-02-14'), ['09:00-12:00', '13:00-15:00'])

    def test_make_up_day_respects_a_personal_leave(self):
        resource = self.env['resource.resource'].create(
            {'name': "Li", 'calendar_id': self.calendar.id, 'company_id': self.company.id}
        )
        self._create_makeup('2026-02-14')
        self._create_leave('2026-02-13 00:00', '2026-02-15 23:59')
        self.assertTrue(self._get_hours('2026-02-14', resources=resource))
        self._create_leave('2026-02-14 13:00', '2026-02-14 23:59', resource_id=resource.id)
        self.assertEqual(self._get_hours('2026-02-14', resources=resource), ['09:00-12:00'])

    def test_flexible_calendar_works_its_average_day(self):
        calendar = self.env['resource.calendar'].create(
            {
                'name': "Flexible",
                'tz': 'Asia/Shanghai',
                'company_id': self.company.id,
                'schedule_type': 'flexible',
                'hours_per_day': 6,
                'full_time_required_hours': 30,
            }
        )
        self._create_makeup('2026-02-14', calendar)
        self.assertEqual(self._get_hours('2026-02-14', calendar), ['09:00-15:00'])

    def test_core_knows_the_day(self):
        day = date(2026, 2, 14)
        self.assertFalse(self.calendar._works_on_date(day))
        self._create_makeup(day)
        self.assertTrue(self.calendar._works_on_date(day))
        self.assertEqual(self.calendar._get_hours_for_date(day), (9, 18))
        self.assertEqual(self.calendar._get_hours_for_date(day, 'morning'), (9, 12))
        self.assertEqual(self.calendar._get_hours_for_date(day, 'afternoon'), (13, 18))
        unusual = self.calendar._get_unusual_days(
            self._aware('2026-02-13 00:00'), self._aware('2026-02-15 23:00')
        )
        self.assertEqual(unusual, {'2026-02-13': False, '2026-02-14': False, '2026-02-15': True})
        data = self.calendar.get_work_duration_data(
            self._aware('2026-02-14 00:00'), self._aware('2026-02-15 00:00')
        )
        self.assertEqual(data, {'days': 1, 'hours': 8})

    def test_works_on_date_follows_the_weekly_hours(self):
        self.assertTrue(self.calendar._works_on_date(date(2026, 2, 13)))
        self.calendar.attendance_ids.filtered(lambda a: a.dayofweek == '4').unlink()
        self.assertFalse(self.calendar._works_on_date(date(2026, 2, 13)))

    def test_removed_or_archived_day_is_no_workday(self):
        makeup = self._create_makeup('2026-02-14')
        self.assertTrue(self._get_hours('2026-02-14'))
        makeup.action_archive()
        self.assertFalse(self._get_hours('2026-02-14'))
        makeup.action_unarchive()
        makeup.unlink()
        self.assertFalse(self._get_hours('2026-02-14'))

    def test_one_make_up_day_per_date(self):
        self._create_makeup('2026-02-14')
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            self._create_makeup('2026-02-14')

    def test_hours_must_make_sense(self):
        for values in (
            {'hour_from': 18, 'hour_to': 9},
            {'hour_from': 9, 'hour_to': 25},
            {'hour_from': 9, 'hour_to': 18, 'break_from': 8, 'break_to': 10},
        ):
            with (
                self.subTest(values),
                mute_logger('odoo.sql_db'),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._create_makeup('2026-02-14', hours_like='own', **values)
        with self.assertRaises(ValidationError):
            self._create_makeup('2026-02-14', dayofweek=False)

    def test_manager_enters_a_make_up_day_with_the_form(self):
        form = Form(self.env['resource.calendar.exception'].with_user(self.manager))
        form.date = date(2026, 2, 14)
        form.calendar_id = self.calendar
        form.dayofweek = '4'
        makeup = form.save()
        self.assertEqual(makeup.hours_text, "09:00–12:00, 13:00–18:00")
        self.assertTrue(self._get_hours('2026-02-14'))

    def test_employee_may_look_but_not_change(self):
        makeup = self._create_makeup('2026-02-14')
        self.assertTrue(makeup.with_user(self.employee).read(['name', 'hours_text']))
        with self.assertRaises(AccessError):
            makeup.with_user(self.employee).name = "Mine"

    def test_foreign_company_does_not_see_the_day(self):
        makeup = self._create_makeup('2026-02-14')
        makeup.calendar_id.company_id = self.env['res.company'].create({'name': "Elsewhere"})
        self.assertFalse(
            self.env['resource.calendar.exception']
            .with_user(self.employee)
            .search([('id', '=', makeup.id)])
        )
