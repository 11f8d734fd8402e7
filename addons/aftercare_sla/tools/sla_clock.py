"""The clock of one promise: pure arithmetic on moments, no database.

All moments are naive UTC datetimes on whole seconds, all amounts are whole seconds of the clock's
own time basis: working time of a calendar, or time around the clock.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

LIVE_STATES = ('ongoing', 'paused')


class Point(NamedTuple):
    """Something that happened to the record: it entered a stage, or an answer was given."""

    date: datetime
    reaches: bool = False
    cancels: bool = False
    closes: bool = False
    pauses: bool | None = None  # None: leaves the clock running or paused as it was
    note: str = ''


class Event(NamedTuple):
    """A row of the timeline."""

    date: datetime
    kind: str
    worked: int
    note: str = ''


class RoundTheClock:
    """The time basis that never rests; answers like a `WorkTimeline`."""

    def measure(self, start, end):
        return max(0, round((end - start).total_seconds()))

    def plan(self, start, seconds):
        return start + timedelta(seconds=max(0, seconds))

    def is_open(self, at):
        return True


@dataclass
class SlaClock:
    """Runs, pauses and stops; knows its deadline while it runs.

    :param timeline: answers `measure(start, end)` and `plan(start, seconds)`
    :param target: the time promised
    :param warning: how long before the deadline to warn; 0 for never
    :param date: the moment up to which the clock has run
    :param worked: the time used up to then
    """

    timeline: object
    target: int
    date: datetime
    warning: int = 0
    worked: int = 0
    running: bool = True
    warned: bool = False
    state: str = 'ongoing'
    reason: str = ''
    reached: datetime | None = None
    failed: datetime | None = None
    ended: datetime | None = None
    last_deadline: datetime | None = None
    events: list = field(default_factory=list)

    # === QUESTIONS === #
    @property
    def deadline(self):
        """When the promise breaks; None while paused; once over, what it was at the end."""
        if self.failed:
            return self.failed
        if self.ended:
            return self.last_deadline
        if self.state != 'ongoing' or not self.running:
            return None
        return self.timeline.plan(self.date, self.target - self.worked) or None

    @property
    def warning_date(self):
        """When to warn; None when there is nothing to warn of (any more)."""
        if not 0 < self.warning < self.target or self.state != 'ongoing' or not self.running:
            return None
        left = self.target - self.warning - self.worked
        return self.timeline.plan(self.date, left) or None

    @property
    def next_check(self):
        """When the clock wants to be looked at again."""
        if self.state != 'ongoing' or not self.running:
            return None
        return (not self.warned and self.warning_date) or self.deadline

    @property
    def is_live(self):
        """Whether something can still happen: a failed promise waits for its late fulfilment."""
        return self.state in LIVE_STATES or (self.state == 'failed' and not self.reached)

    # === WHAT HAPPENS === #
    def start(self, note=''):
        self._record('started', self.date, note)

    def advance(self, points, now):
        """Let the points happen in order of time, then run on to now.

        Only the last point may close or cancel: who closes a record and opens it again has paused.
        """
        points = sorted(points, key=lambda point: point.date)
        last = next((p for p in reversed(points) if p.pauses is not None), None)
        for point in points:
            if not self.is_live:
                return
            self._run_to(max(point.date, self.date))
            self._happen(point, is_last=point is last)
        if self.is_live:
            self._check(now)

    def change_basis(self, timeline, now, note=''):
        """Count in other working time from now on."""
        self._run_to(max(now, self.date))
        self.timeline = timeline
        self._record('adjusted', now, note)

    def cancel(self, date, reason, note=''):
        """Nobody needs the promise any more: neither success nor failure."""
        self._run_to(max(date, self.date))
        self._end(date, 'cancelled', note)
        self.reason = reason

    def _happen(self, point, is_last):
        date = max(point.date, self.date)
        if point.reaches and not point.cancels:
            self.reached = date
            self._end(date, 'reached', point.note)
        elif (point.cancels or point.closes) and is_last:
            self.reason = 'record_cancelled' if point.cancels else 'record_closed'
            self._end(date, 'cancelled', point.note)
        elif point.pauses or point.cancels or point.closes:
            self._pause(date, point.note)
        elif point.pauses is False:
            self._resume(date, point.note)

    def _pause(self, date, note):
        self.ended = None
        if self.running:
            self.running = False
            if self.state == 'ongoing':
                self.state = 'paused'
            self._record('paused', date, note)

    def _resume(self, date, note):
        self.ended = None
        if not self.running:
            self.running = True
            if self.state == 'paused':
                self.state = 'ongoing'
            self._record('resumed', date, note)

    def _end(self, date, kind, note):
        self.last_deadline = self.deadline
        self.running = False
        self.ended = date
        if self.state in LIVE_STATES:
            self.state = kind
        # A failed promise stays failed; its timeline says that it was kept late, or dropped.
        self._record(kind, date, note)

    def _run_to(self, date):
        """Count the time up to a moment, and notice a deadline that passed on the way."""
        if not self.running:
            self.date = max(date, self.date)
            return
        self._check(date)
        self.worked += self.timeline.measure(self.date, date)
        self.date = date

    def _check(self, now):
        """Notice a warning or a deadline before now, without moving the clock."""
        if self.state != 'ongoing' or not self.running:
            return
        deadline = self.deadline
        if deadline and deadline < now:
            self.state = 'failed'
            self.failed = deadline
            self._record('failed', deadline, worked=self.target)
            return
        warning = None if self.warned else self.warning_date
        if warning and warning < now:
            self.warned = True
            self._record('warned', warning, worked=self.target - self.warning)

    def note(self, kind, date, text=''):
        """Add a row to the timeline that changes nothing."""
        self._record(kind, date, text)

    def _record(self, kind, date, note='', worked=None):
        self.events.append(Event(date, kind, self.worked if worked is None else worked, note))
