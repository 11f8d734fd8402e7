from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..tools.work_timeline import WorkTimeline


@tagged('post_install', '-at_install')
class TestWorkTimeline(BaseCase):
    """Pure arithmetic: a made-up calendar of 9 to 17 UTC on weekdays."""

    def setUp(self):
        super().setUp()
        self.loaded = []

        def load(start, end):
            self.loaded.append((start, end))
            day = start.replace(hour=0, minute=0, second=0)
            while day < end:
                if day.weekday() < 5:
                    yield max(start, day.replace(hour=9)), min(end, day.replace(hour=17))
                day += timedelta(days=1)

        self.timeline = WorkTimeline(load, 'UTC')

    def test_measures_within_one_day(self):
        start = datetime(2026, 3, 2, 9, 30, 15)
        self.assertEqual(self.timeline.measure(start, datetime(2026, 3, 2, 9, 30, 45)), 30)

    def test_measures_over_a_weekend(self):
        start, end = datetime(2026, 3, 6, 16), datetime(2026, 3, 9, 10)
        self.assertEqual(self.timeline.measure(start, end), 2 * 3600)

    def test_nothing_is_worked_backwards_or_at_night(self):
        self.assertEqual(self.timeline.measure(datetime(2026, 3, 3, 9), datetime(2026, 3, 2, 9)), 0)
        self.assertEqual(
            self.timeline.measure(datetime(2026, 3, 2, 18), datetime(2026, 3, 3, 8)), 0
        )

    def test_plans_to_the_second(self):
        self.assertEqual(
            self.timeline.plan(datetime(2026, 3, 6, 16, 59, 58), 5),
            datetime(2026, 3, 9, 9, 0, 3),
        )

    def test_plan_ends_at_closing_time_rather_than_next_opening(self):
        self.assertEqual(
            self.timeline.plan(datetime(2026, 3, 6, 9), 8 * 3600), datetime(2026, 3, 6, 17)
        )

    def test_plan_and_measure_agree_far_ahead_and_back(self):
        start = datetime(2026, 3, 4, 11, 11, 11)
        for hours in (1, 39, 400, 2500):
            end = self.timeline.plan(start, hours * 3600)
            self.assertEqual(self.timeline.measure(start, end), hours * 3600)
        self.assertEqual(
            self.timeline.measure(datetime(2025, 3, 5, 9), datetime(2025, 3, 5, 10)), 3600
        )

    def test_nothing_planned_is_now(self):
        moment = datetime(2026, 3, 7, 3)
        self.assertEqual(self.timeline.plan(moment, 0), moment)

    def test_no_working_time_gives_no_plan(self):
        empty = WorkTimeline(lambda start, end: [], 'UTC')
        self.assertFalse(empty.plan(datetime(2026, 3, 2), 1))
        self.assertFalse(empty.next_opening(datetime(2026, 3, 2)))

    def test_open_at_the_start_but_not_at_the_end(self):
        self.assertTrue(self.timeline.is_open(datetime(2026, 3, 2, 9)))
        self.assertFalse(self.timeline.is_open(datetime(2026, 3, 2, 17)))
        self.assertFalse(self.timeline.is_open(datetime(2026, 3, 1, 12)))

    def test_next_opening(self):
        self.assertEqual(
            self.timeline.next_opening(datetime(2026, 3, 6, 17)), datetime(2026, 3, 9, 9)
        )
        self.assertEqual(
            self.timeline.next_opening(datetime(2026, 3, 6, 10)), datetime(2026, 3, 6, 10)
        )

    def test_the_last_second_before_midnight_is_nobodys_work(self):
        crumbs = [
            (datetime(2026, 3, 2), datetime(2026, 3, 2, 23, 59, 59)),
        ]

        def load(start, end):
            for low, high in crumbs:
                yield low.astimezone(start.tzinfo), high.astimezone(start.tzinfo)
            yield (
                datetime(2026, 3, 2, 23, 59, 59, tzinfo=start.tzinfo),
                datetime(2026, 3, 2, 23, 59, 59, 999999, tzinfo=start.tzinfo),
            )

        timeline = WorkTimeline(load, 'UTC')
        self.assertFalse(timeline.is_open(datetime(2026, 3, 2, 23, 59, 59)))

    def test_asks_again_only_for_what_is_missing(self):
        for _again in range(50):
            self.timeline.measure(datetime(2026, 3, 2), datetime(2026, 3, 10))
            self.timeline.plan(datetime(2026, 3, 2, 10), 3600)
        self.assertEqual(len(self.loaded), 1)
