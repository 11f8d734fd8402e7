from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .common import WorkingTimeCommon


@tagged('post_install', '-at_install')
class TestYearOverview(WorkingTimeCommon):
    def _get_day(self, day, calendar=None):
        return (calendar or self.calendar).get_year_overview(2026)['days'][day]

    def test_each_kind_of_day(self):
        self.calendar._import_holidays(self.china, [2026], language='en_US')
        self._create_leave('2026-03-03 13:00', '2026-03-03 18:00')
        self.assertEqual(self._get_day('2026-03-02')['kind'], 'work')
        self.assertEqual(self._get_day('2026-03-03')['kind'], 'short')
        self.assertEqual(self._get_day('2026-03-03')['hours'], 3)
        self.assertEqual(self._get_day('2026-03-07')['kind'], 'off')
        self.assertEqual(self._get_day('2026-10-01')['kind'], 'holiday')
        makeup = self._get_day('2026-02-14')
        self.assertEqual(makeup['kind'], 'makeup')
        self.assertIn("09:00–12:00, 13:00–18:00", makeup['text'])

    @freeze_time('2026-03-02 20:00:00')
    def test_today_is_the_day_of_the_calendar(self):
        self.assertEqual(self.calendar.get_year_overview(2026)['today'], '2026-03-03')

    def test_totals(self):
        self.calendar._import_holidays(self.china, [2026])
        totals = self.calendar.get_year_overview(2026)['totals']
        self.assertEqual(totals['work'], 248)
        self.assertEqual(totals['makeup'], 6)
        self.assertEqual(totals['hours'], 1984)

    def test_closure_of_several_days_counts_on_each(self):
        self._create_leave('2026-03-02 00:00', '2026-03-04 23:59')
        for day in ('2026-03-02', '2026-03-03', '2026-03-04'):
            self.assertEqual(self._get_day(day)['kind'], 'holiday')
        self.assertEqual(self._get_day('2026-03-05')['kind'], 'work')

    def test_a_year_costs_few_queries_and_an_employee_may_look(self):
        self.calendar._import_holidays(self.china, [2026])
        calendar = self.calendar.with_user(self.employee)
        calendar.get_year_overview(2026)
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            overview = calendar.get_year_overview(2026)
        self.assertFalse(overview['can_edit'])
        self.assertEqual(len(overview['days']), 365)

    def test_click_on_a_day_off_offers_a_make_up_workday(self):
        action = self.calendar.with_user(self.manager).action_open_day('2026-03-07')
        self.assertEqual(action['res_model'], 'resource.calendar.exception')
        form = Form(
            self.env['resource.calendar.exception']
            .with_user(self.manager)
            .with_context(**action['context'])
        )
        self.assertEqual(form.save().date, date(2026, 3, 7))
        self.assertEqual(self._get_day('2026-03-07')['kind'], 'makeup')

    def test_click_on_a_working_day_offers_a_holiday(self):
        action = self.calendar.with_user(self.manager).action_open_day('2026-03-02')
        self.assertEqual(action['res_model'], 'resource.calendar.leaves')
        form = Form(
            self.env['resource.calendar.leaves']
            .with_user(self.manager)
            .with_context(**action['context']),
            'aftercare_working_time.resource_calendar_leaves_view_form',
        )
        form.name = "Anniversary"
        form.save()
        self.assertEqual(self._get_day('2026-03-02')['kind'], 'holiday')
        self.assertEqual(self._get_day('2026-03-03')['kind'], 'work')

    def test_click_on_what_exists_opens_it(self):
        makeup = self._create_makeup('2026-03-07')
        leave = self._create_leave('2026-03-09 00:00', '2026-03-09 23:59')
        self.assertEqual(self.calendar.action_open_day('2026-03-07')['res_id'], makeup.id)
        self.assertEqual(self.calendar.action_open_day('2026-03-09')['res_id'], leave.id)

    def test_employee_may_not_click(self):
        with self.assertRaises(AccessError):
            self.calendar.with_user(self.employee).action_open_day('2026-03-07')
