"""How often somebody may ask: sliding windows in the memory of one worker. No Odoo here.

A worker counts for itself; nginx in front of the workers counts for all of them.
"""

import functools
import threading
from typing import NamedTuple

MAX_COUNTERS = 50_000


class Limit(NamedTuple):
    """So many hits within so many seconds."""

    hits: int
    seconds: int


class Usage(NamedTuple):
    """Where a caller stands: ``reset`` is in seconds."""

    limit: int
    remaining: int
    reset: int
    is_over: bool


@functools.cache
def parse(text):
    """Return the limits in a text like ``60/30 500/300`` (hits/seconds); wrong parts are none.

    An empty text or a 0 is no limit.
    """
    limits = []
    for part in (text or '').split():
        hits, _slash, seconds = part.partition('/')
        if hits.isdigit() and seconds.isdigit() and int(hits) and int(seconds):
            limits.append(Limit(int(hits), int(seconds)))
    return tuple(limits)


class SlidingWindows:
    """Counts hits by key, weighing the window before this one by what is still in sight of it."""

    def __init__(self, max_counters=MAX_COUNTERS):
        self.max_counters = max_counters
        self._counters = {}
        self._lock = threading.Lock()

    def hit(self, key, limits, now):
        """Count one hit and tell how tight it gets.

        :param key: what is limited (hashable)
        :param limits: :class:`Limit` tuples
        :param float now: seconds since the epoch
        :return: the :class:`Usage` of the tightest limit, or None without limits
        """
        usages = []
        with self._lock:
            if len(self._counters) >= self.max_counters:
                self._forget(now)
            for limit in limits:
                usages.append(self._count((key, limit), limit, now))
        return min(usages, key=lambda usage: (not usage.is_over, usage.remaining), default=None)

    def clear(self):
        with self._lock:
            self._counters.clear()

    def _count(self, key, limit, now):
        window, passed = divmod(now, limit.seconds)
        last, hits, before = self._counters.get(key, (window, 0, 0))
        if last != window:
            before = hits if last == window - 1 else 0
            hits = 0
        weighed = hits + before * (1 - passed / limit.seconds)
        is_over = weighed >= limit.hits
        # Refused hits do not count: whoever waits as told gets through.
        hits += not is_over
        self._counters[key] = (window, hits, before)
        remaining = max(0, int(limit.hits - weighed) - (not is_over))
        return Usage(limit.hits, remaining, max(1, round(limit.seconds - passed)), is_over)

    def _forget(self, now):
        """Drop the counters of windows that are over; when all are fresh, drop everything."""
        self._counters = {
            key: value
            for key, value in self._counters.items()
            if value[0] >= now // key[1].seconds - 1
        }
        if len(self._counters) >= self.max_counters:
            self._counters.clear()
