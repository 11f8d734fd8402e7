from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..tools import holiday_list
from ..tools.holiday_list import HolidayDay
from .common import WorkingTimeCommon
from .test_holiday_list import CHINA_2026_OFF, CHINA_2026_WORKED


@tagged('post_install', '-at_install')
@freeze_time('2026-11-21 08:00:00')
class TestHolidayImport(WorkingTimeCommon):
    def _get_open_days(self, year=2026):
        overview = self.calendar.get_year_overview(year)
        return {day for day, info in overview['days'].items() if info['hours']}

    def _count(self):
        return len(self.calendar.leave_ids), len(self.calendar.exception_ids)

    def test_china_2026_is_worked_as_announced(self):
        self.calendar._import_holidays(self.china, [2026])
        open_days = self._get_open_days()
        for day in CHINA_2026_OFF:
            self.assertNotIn(f'2026-{day}', open_days)
        for day in CHINA_2026_WORKED:
            self.assertIn(f'2026-{day}', open_days)
        self.assertEqual(len(open_days), 261 - len(CHINA_2026_OFF) + len(CHINA_2026_WORKED))

    def test_make_up_day_works_like_the_day_it_pays_for(self):
        self.calendar._import_holidays(self.china, [2026], language='en_US')
        makeup = self.calendar.exception_ids.filtered(lambda e: e.date == date(2026, 2, 28))
        self.assertEqual(makeup.replaces_date, date(2026, 2, 23))
        self.assertEqual(makeup.dayofweek, '0')
        self.assertIn("February 23", makeup.name)

    def test_import_again_changes_nothing(self):
        self.calendar._import_holidays(self.china, [2026])
        before = self._count()
        ids = self.calendar.leave_ids.ids
        changes = self.calendar._import_holidays(self.china, [2026])
        self.assertEqual({change.status for change in changes}, {'same'})
        self.assertEqual(self._count(), before)
        self.assertEqual(self.calendar.leave_ids.ids, ids)

    def test_update_and_removal_follow_the_list(self):
        self.calendar._import_holidays(self.china, [2026])
        moved = [
            HolidayDay(date(2026, 10, 1), 'holiday', "Renamed"),
            HolidayDay(date(2026, 12, 30), 'holiday', "Added"),
        ]
        with patch.object(holiday_list, 'get_days', return_value=moved):
            self.calendar._import_holidays(self.china, [2026])
        self.assertEqual(self._count(), (2, 0))
        self.assertEqual(set(self.calendar.leave_ids.mapped('name')), {"Renamed", "Added"})

    def test_other_years_and_own_holidays_stay(self):
        own = self._create_leave('2026-03-02 00:00', '2026-03-02 23:59')
        self.calendar._import_holidays(self.china, [2025, 2026])
        before = self._count()
        with patch.object(holiday_list, 'get_days', return_value=[]):
            self.calendar._import_holidays(self.china, [2026])
        self.assertTrue(own.exists())
        self.assertEqual(
            {day.year for day in self.calendar.leave_ids.mapped('holiday_date') if day}, {2025}
        )
        self.assertLess(self._count(), before)

    def test_another_country_takes_over(self):
        self.calendar._import_holidays(self.china, [2026])
        self.calendar._import_holidays(self.spain, [2026], 'CT', 'es')
        self.assertEqual(set(self.calendar.leave_ids.mapped('holiday_source')), {'ES-CT'})
        self.assertFalse(self.calendar.exception_ids)
        self.assertNotIn('2026-09-11', self._get_open_days())

    def test_deleted_by_hand_stays_deleted(self):
        self.calendar._import_holidays(self.china, [2026])
        self.calendar.leave_ids.filtered(lambda x: x.holiday_date == date(2026, 6, 19)).unlink()
        self.calendar.exception_ids.filtered(lambda x: x.date == date(2026, 2, 14)).unlink()
        self.calendar._import_holidays(self.china, [2026])
        open_days = self._get_open_days()
        self.assertIn('2026-06-19', open_days)
        self.assertNotIn('2026-02-14', open_days)

    def test_changed_by_hand_stays_changed(self):
        self.calendar._import_holidays(self.china, [2026])
        leave = self.calendar.leave_ids.filtered(lambda x: x.holiday_date == date(2026, 6, 19))
        leave.date_from = self._at('2026-06-19 13:00')
        makeup = self.calendar.exception_ids.filtered(lambda x: x.date == date(2026, 2, 14))
        makeup.dayofweek = '0'
        self.calendar._import_holidays(self.china, [2026])
        self.assertEqual(leave.date_from, self._at('2026-06-19 13:00'))
        self.assertEqual(makeup.dayofweek, '0')
        self.assertEqual(
            len(self.calendar.leave_ids.filtered(lambda x: x.days_text.startswith("Fri, Jun 19"))),
            1,
        )

    def test_archived_make_up_day_stays_archived(self):
        self.calendar._import_holidays(self.china, [2026])
        makeup = self.calendar.exception_ids.filtered(lambda x: x.date == date(2026, 2, 14))
        makeup.action_archive()
        self.calendar._import_holidays(self.china, [2026])
        self.assertFalse(makeup.active)
        self.assertNotIn('2026-02-14', self._get_open_days())

    # === THE WINDOW === #
    def _open_window(self, user=None):
        return Form(
            self.env['resource.calendar.holiday.import']
            .with_user(user or self.manager)
            .with_context(default_calendar_id=self.calendar.id)
        )

    def test_window_previews_before_it_applies(self):
        form = self._open_window()
        self.assertEqual(form.country_id, self.china)
        form.year_to = 2026
        window = form.save()
        self.assertEqual(len(window.line_ids.filtered(lambda x: x.kind == 'makeup')), 6)
        self.assertEqual(set(window.line_ids.mapped('status')), {'new'})
        self.assertEqual(self._count(), (0, 0))
        window.action_apply()
        self.assertEqual(self._count(), (22, 6))
        self.assertEqual(self.calendar.holiday_country_id, self.china)
        self.assertEqual(self.calendar.holiday_user_id, self.manager)

    def test_unticked_line_is_left_out_for_good(self):
        window = self._open_window().save()
        window.line_ids.filtered(lambda x: x.date == date(2026, 2, 14)).selected = False
        window.action_apply()
        self.assertNotIn('2026-02-14', self._get_open_days())
        self.calendar._renew_holidays()
        again = self._open_window().save()
        line = again.line_ids.filtered(lambda x: x.date == date(2026, 2, 14))
        self.assertEqual(line.status, 'skipped')
        line.selected = True
        again.action_apply()
        self.assertIn('2026-02-14', self._get_open_days())

    def test_window_follows_country_part_and_language(self):
        form = self._open_window()
        form.year_to = 2026
        form.country_id = self.spain
        self.assertEqual(form.language, 'en_US')
        self.assertIn(['CT', "Cataluña"], [list(choice) for choice in form.subdivision_choices])
        form.subdivision = 'CT'
        form.language = 'es'
        window = form.save()
        names = window.line_ids.mapped('name')
        self.assertIn("Fiesta Nacional de Cataluña", names)
        form.country_id = self.china
        self.assertFalse(form.subdivision)

    def test_window_warns_of_an_incomplete_year(self):
        with patch.object(
            holiday_list, 'is_complete', side_effect=lambda country, year, today: year != 2027
        ):
            form = self._open_window()
            self.assertEqual(form.incomplete_years, '2027')
            form.year_to = 2026
            self.assertFalse(form.incomplete_years)

    def test_window_refuses_absurd_years(self):
        form = self._open_window()
        form.year_to = 2999
        window = form.save()
        self.assertFalse(window.line_ids)
        with self.assertRaises(UserError):
            window.action_apply()

    def test_employee_may_not_import(self):
        with self.assertRaises(AccessError):
            self._open_window(self.employee).save()

    # === RENEWAL === #
    def _run_renewal(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref('aftercare_working_time.ir_cron_renew_holidays').method_direct_trigger()
        self.env.invalidate_all()

    def test_renewal_takes_over_next_year(self):
        self.calendar.holiday_country_id = self.china
        self._run_renewal()
        years = {day.year for day in self.calendar.leave_ids.mapped('holiday_date')}
        self.assertIn(2027, years)

    @freeze_time('2026-03-01 08:00:00')
    def test_renewal_in_spring_minds_this_year_only(self):
        self.calendar.holiday_country_id = self.china
        self._run_renewal()
        years = {day.year for day in self.calendar.leave_ids.mapped('holiday_date')}
        self.assertEqual(years, {2026})

    def test_renewal_leaves_past_days_alone(self):
        self.calendar.holiday_country_id = self.china
        self.calendar._import_holidays(self.china, [2026])
        before = self._count()
        with patch.object(holiday_list, 'get_days', return_value=[]):
            self._run_renewal()
        self.assertEqual(self._count(), before)

    def test_renewal_does_not_touch_a_calendar_that_declined(self):
        self.calendar.write({'holiday_country_id': self.china.id, 'holiday_renew': False})
        self._run_renewal()
        self.assertEqual(self._count(), (0, 0))

    def test_one_bad_list_does_not_stop_the_others(self):
        bad = self._create_calendar("Bad", 'UTC', range(5))
        bad.write({'holiday_country_id': self.spain.id, 'holiday_subdivision': 'NOWHERE'})
        self.calendar.holiday_country_id = self.china
        with mute_logger('odoo.addons.aftercare_working_time.models.resource_calendar_holiday'):
            self._run_renewal()
        self.assertTrue(self.calendar.leave_ids)
        self.assertFalse(bad.leave_ids)

    def test_incomplete_year_is_shown_and_remembered_once(self):
        self.calendar.write(
            {'holiday_country_id': self.china.id, 'holiday_user_id': self.manager.id}
        )
        with patch.object(
            holiday_list, 'is_complete', side_effect=lambda country, year, today: year != 2027
        ):
            self.calendar.invalidate_recordset(['holiday_incomplete_year'])
            self.assertEqual(self.calendar.holiday_incomplete_year, 2027)
            self._run_renewal()
            self._run_renewal()
            activity = self.calendar.activity_ids
            self.assertEqual(activity.user_id, self.manager)
            self.assertIn('2027', activity.summary)
        with patch.object(holiday_list, 'is_complete', return_value=True):
            self.calendar.invalidate_recordset(['holiday_incomplete_year'])
            self._run_renewal()
            self.assertFalse(self.calendar.holiday_incomplete_year)
        self.assertFalse(self.calendar.activity_ids)
