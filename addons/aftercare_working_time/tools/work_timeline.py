"""Working time of one calendar as numbers, for many questions with few queries."""

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta

from pytz import timezone, utc

EPOCH = datetime(1970, 1, 1)
WEEK = 7 * 86400
# The epoch was a Thursday: windows are aligned to Mondays, so that flexible calendars, whose hours
# are laid out from the first day asked for, always start with their first day of the week.
FIRST_MONDAY = 4 * 86400
FIRST_WINDOW_WEEKS = 6
MAX_WINDOW_WEEKS = 26
# A leave ends at 23:59:59 by convention; the second left before midnight is nobody's work.
CRUMB = 1


def to_seconds(dt):
    """Naive UTC datetime to whole seconds since the epoch."""
    return round((dt - EPOCH).total_seconds())


def to_datetime(seconds):
    """Whole seconds since the epoch to naive UTC datetime."""
    return EPOCH + timedelta(seconds=seconds)


class WorkTimeline:
    """The working intervals of one calendar, loaded in growing windows and kept as prefix sums.

    All datetimes are naive UTC, all amounts are whole seconds.

    :param load: function (aware start, aware end) → iterable of (aware start, aware end)
    :param tz: name of the calendar's time zone; windows begin at its midnights
    """

    HORIZON = 4 * 366 * 86400

    def __init__(self, load, tz):
        self._load = load
        self._tz = timezone(tz or 'UTC')
        self._low = self._high = None
        self._starts = []
        self._stops = []
        self._sums = []  # working seconds before interval i

    # === QUESTIONS === #
    def measure(self, start, end):
        """Working seconds between two datetimes; 0 when the end is not after the start."""
        start, end = to_seconds(start), to_seconds(end)
        if end <= start:
            return 0
        self._cover(start, end)
        return self._worked_until(end) - self._worked_until(start)

    def plan(self, start, seconds):
        """The moment at which so many working seconds after start have passed.

        :return: naive UTC datetime, or False when the calendar does not offer that much time
            within four years
        """
        start = to_seconds(start)
        if seconds <= 0:
            return to_datetime(start)
        limit = start + self.HORIZON
        end = start + max(2 * WEEK, 5 * seconds)
        while True:
            end = min(end, limit)
            self._cover(start, end)
            goal = self._worked_until(start) + seconds
            if self._worked_until(end) >= goal:
                index = bisect_left(self._sums, goal) - 1
                return to_datetime(self._starts[index] + goal - self._sums[index])
            if end >= limit:
                return False
            end = start + 2 * (end - start)

    def is_open(self, at):
        """Whether the moment lies in working time (a closing moment does not)."""
        at = to_seconds(at)
        self._cover(at, at + 1)
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and at < self._stops[index]

    def next_opening(self, at):
        """The moment itself when open, else the next start of work; False when there is none."""
        if self.is_open(at):
            return at
        moment = self.plan(at, 1)
        return moment and moment - timedelta(seconds=1)

    # === WINDOWS === #
    def _cover(self, start, end):
        """Load what is missing of the weeks around the two moments."""
        low = (start - FIRST_MONDAY) // WEEK * WEEK + FIRST_MONDAY - WEEK
        high = -((FIRST_MONDAY - end) // WEEK) * WEEK + FIRST_MONDAY + WEEK
        if self._low is None:
            high = max(high, low + FIRST_WINDOW_WEEKS * WEEK)
            self._rebuild(self._fetch(low, high))
            self._low, self._high = low, high
            return
        if low < self._low:
            before = self._fetch(low, self._low)
            self._rebuild([*before, *zip(self._starts, self._stops, strict=True)])
            self._low = low
        if high > self._high:
            after = self._fetch(self._high, high)
            self._rebuild([*zip(self._starts, self._stops, strict=True), *after])
            self._high = high

    def _fetch(self, low, high):
        result = []
        while low < high:
            stop = min(high, low + MAX_WINDOW_WEEKS * WEEK)
            intervals = self._load(self._midnight(low), self._midnight(stop))
            for start, end in intervals:
                start = round(start.timestamp())
                end = round(end.timestamp())
                if end - start > CRUMB:
                    result.append((start, end))
            low = stop
        return result

    def _midnight(self, seconds):
        return self._tz.localize(to_datetime(seconds)).astimezone(utc)

    def _rebuild(self, intervals):
        self._starts, self._stops, self._sums = [], [], []
        total = 0
        for start, end in sorted(intervals):
            if self._stops and start <= self._stops[-1]:
                total += max(0, end - self._stops[-1])
                self._stops[-1] = max(end, self._stops[-1])
                continue
            self._starts.append(start)
            self._stops.append(end)
            self._sums.append(total)
            total += end - start

    def _worked_until(self, moment):
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0
        return self._sums[index] + min(moment, self._stops[index]) - self._starts[index]
