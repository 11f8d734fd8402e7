from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ..tools import beijing


@tagged('post_install', '-at_install')
class TestBeijing(BaseCase):
    def test_times_of_gateways(self):
        expected = datetime(2026, 11, 22, 10, 0)
        self.assertEqual(beijing.to_utc('2026-11-22 18:00:00'), expected)
        self.assertEqual(beijing.to_utc('2026-11-22T18:00:00+08:00'), expected)
        self.assertEqual(beijing.to_utc('2026-11-22T10:00:00+00:00'), expected)
        for text in (None, '', 'yesterday'):
            self.assertIsNone(beijing.to_utc(text))

    def test_day_of_beijing(self):
        self.assertEqual(
            beijing.get_day(date(2026, 11, 22)),
            (datetime(2026, 11, 21, 16, 0), datetime(2026, 11, 22, 16, 0)),
        )
        self.assertEqual(
            beijing.localize(datetime(2026, 11, 21, 16, 0)).isoformat(),
            '2026-11-22T00:00:00+08:00',
        )
