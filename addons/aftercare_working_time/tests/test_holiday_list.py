from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools import holiday_list

TODAY = date(2026, 11, 21)

# The State Council's list of 2026: days off that fall on a weekday, and the weekend days worked.
CHINA_2026_OFF = [
    "01-01",
    "01-02",
    "02-16",
    "02-17",
    "02-18",
    "02-19",
    "02-20",
    "02-23",
    "04-06",
    "05-01",
    "05-04",
    "05-05",
    "06-19",
    "09-25",
    "10-01",
    "10-02",
    "10-05",
    "10-06",
    "10-07",
]
CHINA_2026_WORKED = ['01-04', '02-14', '02-28', '05-09', '09-20', '10-10']


@tagged('post_install', '-at_install')
class TestHolidayList(BaseCase):
    def test_china_2026(self):
        days = holiday_list.get_days('CN', None, [2026], 'zh_CN')
        off = [day.date for day in days if day.kind == 'holiday' and day.date.weekday() < 5]
        worked = [day.date for day in days if day.kind == 'makeup']
        self.assertEqual([f'{day:%m-%d}' for day in off], CHINA_2026_OFF)
        self.assertEqual([f'{day:%m-%d}' for day in worked], CHINA_2026_WORKED)

    def test_make_up_workday_knows_the_day_off_it_pays_for(self):
        days = holiday_list.get_days('CN', None, [2026])
        paid = {day.date: day.replaces for day in days if day.kind == 'makeup'}
        self.assertEqual(paid[date(2026, 2, 14)], date(2026, 2, 20))
        self.assertEqual(paid[date(2026, 9, 20)], date(2026, 10, 6))

    def test_only_the_years_asked_for(self):
        days = holiday_list.get_days('CN', None, [2025, 2026])
        self.assertEqual({day.date.year for day in days}, {2025, 2026})

    def test_spain_has_parts_with_own_holidays(self):
        whole = {day.date for day in holiday_list.get_days('ES', None, [2026])}
        catalonia = {day.date for day in holiday_list.get_days('ES', 'CT', [2026])}
        self.assertIn(date(2026, 9, 11), catalonia)
        self.assertNotIn(date(2026, 9, 11), whole)
        self.assertIn(('CT', "Cataluña"), holiday_list.get_subdivisions('ES'))

    def test_names_come_in_the_language_asked_for(self):
        english = {d.date: d.name for d in holiday_list.get_days('CN', None, [2026], 'en_US')}
        chinese = {d.date: d.name for d in holiday_list.get_days('CN', None, [2026], 'zh_CN')}
        self.assertEqual(chinese[date(2026, 10, 1)], "国庆节")
        self.assertIn("National Day", english[date(2026, 10, 1)])

    def test_language_falls_back_to_the_countrys_own(self):
        self.assertEqual(holiday_list.choose_language('ES', 'es_MX'), 'es')
        self.assertEqual(holiday_list.choose_language('IR', 'zh_CN'), 'fa_IR')

    def test_next_year_is_incomplete_until_the_make_up_days_are_announced(self):
        self.assertTrue(holiday_list.is_complete('CN', 2026, TODAY))
        # 2100 is announced by nobody, whatever the installed list already knows.
        self.assertFalse(holiday_list.is_complete('CN', 2100, date(2026, 11, 21)))

    def test_a_country_without_make_up_days_is_always_complete(self):
        self.assertTrue(holiday_list.is_complete('ES', 2100, TODAY))
        self.assertTrue(holiday_list.is_complete('XX', 2027, TODAY))

    def test_unknown_country_is_refused(self):
        with self.assertRaises(NotImplementedError):
            holiday_list.get_days('XX', None, [2026])
