from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..tools.sla_clock import Point, RoundTheClock, SlaClock

START = datetime(2026, 3, 2, 9)
HOUR = 3600


class OfficeHours(RoundTheClock):
    """Works from 9 to 17 every day."""

    def measure(self, start, end):
        total, day = 0, start.replace(hour=0, minute=0, second=0)
        while day < end:
            low, high = max(start, day.replace(hour=9)), min(end, day.replace(hour=17))
            total += max(0, round((high - low).total_seconds()))
            day += timedelta(days=1)
        return total

    def plan(self, start, seconds):
        moment = start
        while self.measure(start, moment) < seconds:
            moment += timedelta(seconds=seconds - self.measure(start, moment))
        return moment


@tagged('post_install', '-at_install')
class TestSlaClock(BaseCase):
    def _start(self, hours=4, **values):
        clock = SlaClock(timeline=RoundTheClock(), target=hours * HOUR, date=START, **values)
        clock.start()
        return clock

    def _after(self, **kwargs):
        return START + timedelta(**kwargs)

    def _kinds(self, clock):
        return [event.kind for event in clock.events]

    def test_running_clock_has_a_deadline(self):
        clock = self._start()
        self.assertEqual(clock.deadline, self._after(hours=4))
        self.assertEqual(clock.next_check, clock.deadline)

    def test_reached_at_the_very_deadline(self):
        clock = self._start()
        clock.advance([Point(self._after(hours=4), reaches=True)], self._after(hours=5))
        self.assertEqual(clock.state, 'reached')
        self.assertEqual(clock.worked, 4 * HOUR)
        self.assertEqual(clock.deadline, self._after(hours=4))

    def test_one_second_late_is_failed_and_stays_so(self):
        clock = self._start()
        late = self._after(hours=4, seconds=1)
        clock.advance([Point(late, reaches=True)], late)
        self.assertEqual(clock.state, 'failed')
        self.assertEqual(clock.failed, self._after(hours=4))
        self.assertEqual(clock.reached, late)
        self.assertEqual(clock.worked, 4 * HOUR + 1)
        self.assertEqual(self._kinds(clock), ['started', 'failed', 'reached'])
        self.assertFalse(clock.is_live)

    def test_pause_moves_the_deadline_to_the_second(self):
        clock = self._start()
        clock.advance([Point(self._after(seconds=61), pauses=True)], self._after(hours=1))
        self.assertEqual((clock.state, clock.deadline, clock.next_check), ('paused', None, None))
        clock.advance([Point(self._after(hours=9, seconds=7), pauses=False)], self._after(hours=10))
        self.assertEqual(clock.state, 'ongoing')
        self.assertEqual(clock.deadline, self._after(hours=4 + 9, seconds=7 - 61))

    def test_several_pauses_at_once(self):
        clock = self._start()
        minutes = [10, 20, 100, 130]
        points = [
            Point(self._after(minutes=minute), pauses=index % 2 == 0)
            for index, minute in enumerate(minutes)
        ]
        clock.advance(points, self._after(minutes=140))
        self.assertEqual(clock.deadline, self._after(hours=4, minutes=10 + 30))
        self.assertEqual(self._kinds(clock), ['started', 'paused', 'resumed', 'paused', 'resumed'])
        self.assertEqual([event.worked for event in clock.events], [0, 600, 600, 5400, 5400])

    def test_paused_then_reached_is_a_success(self):
        clock = self._start()
        clock.advance([Point(self._after(hours=3), pauses=True)], self._after(hours=3))
        clock.advance([Point(self._after(hours=30), reaches=True)], self._after(hours=30))
        self.assertEqual(clock.state, 'reached')
        self.assertEqual(clock.worked, 3 * HOUR)

    def test_pause_after_the_deadline_comes_too_late(self):
        clock = self._start()
        clock.advance([Point(self._after(hours=5), pauses=True)], self._after(hours=6))
        self.assertEqual(clock.state, 'failed')
        self.assertEqual(self._kinds(clock), ['started', 'failed', 'paused'])
        clock.advance(
            [
                Point(self._after(hours=8), pauses=False),
                Point(self._after(hours=9), reaches=True),
            ],
            self._after(hours=9),
        )
        self.assertEqual(clock.worked, 6 * HOUR)

    def test_cancelled_is_neither_success_nor_failure(self):
        clock = self._start()
        clock.advance(
            [Point(self._after(hours=1), reaches=True, cancels=True, closes=True, pauses=True)],
            self._after(hours=1),
        )
        self.assertEqual((clock.state, clock.reason), ('cancelled', 'record_cancelled'))
        self.assertEqual(clock.ended, self._after(hours=1))

    def test_closed_without_the_target_ends_the_clock(self):
        clock = self._start()
        clock.advance([Point(self._after(hours=1), closes=True, pauses=True)], self._after(hours=1))
        self.assertEqual((clock.state, clock.reason), ('cancelled', 'record_closed'))

    def test_missed_stays_missed_when_cancelled(self):
        clock = self._start()
        clock.advance(
            [Point(self._after(hours=5), cancels=True, pauses=True)], self._after(hours=5)
        )
        self.assertEqual(clock.state, 'failed')
        self.assertEqual(clock.ended, self._after(hours=5))

    def test_missed_then_closed_then_reopened_can_still_be_reached_late(self):
        clock = self._start()
        clock.advance([Point(self._after(hours=5), closes=True, pauses=True)], self._after(hours=5))
        clock.advance([Point(self._after(hours=7), pauses=False)], self._after(hours=7))
        self.assertFalse(clock.ended)
        clock.advance([Point(self._after(hours=8), reaches=True)], self._after(hours=8))
        self.assertEqual(clock.state, 'failed')
        self.assertEqual(clock.worked, 6 * HOUR)

    def test_history_with_a_reopening_counts_the_closed_time_as_pause(self):
        clock = self._start()
        clock.advance(
            [
                Point(START, pauses=False),
                Point(self._after(hours=1), cancels=True, pauses=True),
                Point(self._after(hours=6), pauses=False),
            ],
            self._after(hours=6),
        )
        self.assertEqual(clock.state, 'ongoing')
        self.assertEqual(clock.deadline, self._after(hours=9))

    def test_warning_comes_once_and_before_the_deadline(self):
        clock = self._start(warning=HOUR)
        self.assertEqual(clock.next_check, self._after(hours=3))
        clock.advance([], self._after(hours=3, seconds=1))
        self.assertTrue(clock.warned)
        self.assertEqual(clock.next_check, self._after(hours=4))
        clock.advance([], self._after(hours=3, minutes=30))
        self.assertEqual(self._kinds(clock), ['started', 'warned'])

    def test_warning_longer_than_the_promise_is_none(self):
        clock = self._start(warning=4 * HOUR)
        self.assertFalse(clock.warning_date)

    def test_reached_does_nothing_any_more(self):
        clock = self._start()
        clock.advance([Point(self._after(hours=1), reaches=True)], self._after(hours=1))
        clock.advance([Point(self._after(hours=9), pauses=False)], self._after(hours=9))
        self.assertEqual((clock.state, clock.worked), ('reached', HOUR))

    def test_working_hours_are_counted_not_nights(self):
        clock = SlaClock(timeline=OfficeHours(), target=10 * HOUR, date=START)
        self.assertEqual(clock.deadline, self._after(days=1, hours=2))
        clock.advance([Point(self._after(hours=20), pauses=True)], self._after(hours=20))
        self.assertEqual(clock.worked, 8 * HOUR)

    def test_change_of_basis_keeps_what_was_counted(self):
        clock = SlaClock(timeline=OfficeHours(), target=10 * HOUR, date=START)
        clock.change_basis(RoundTheClock(), self._after(hours=8), "Night shift")
        self.assertEqual(clock.deadline, self._after(hours=10))
        self.assertEqual(self._kinds(clock), ['adjusted'])

    def test_cancel_after_the_deadline_keeps_the_failure(self):
        clock = self._start()
        clock.cancel(self._after(hours=5), 'not_applicable')
        self.assertEqual(clock.state, 'failed')
        self.assertTrue(clock.ended)
