"""When somebody works next: plain datetimes (naive UTC), no database."""

from bisect import bisect_right


def merge(intervals):
    """Return sorted, disjoint ``(start, end)`` covering the same time."""
    result = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        elif start < end:
            result.append((start, end))
    return result


def covering(intervals, moment):
    """Return the interval of a merged list that covers a moment, None when none does."""
    index = bisect_right(intervals, moment, key=lambda interval: interval[0]) - 1
    if index >= 0 and moment < intervals[index][1]:
        return intervals[index]
    return None


def next_work(shift, leaves, moment):
    """Return the first moment from ``moment`` on that is worked, None when there is none.

    :param shift: merged intervals worked; None when there is no calendar, which is always
    :param leaves: merged intervals of personal leave
    """
    while True:
        if shift is not None and not covering(shift, moment):
            index = bisect_right(shift, moment, key=lambda interval: interval[0])
            if index == len(shift):
                return None
            moment = shift[index][0]
        leave = covering(leaves, moment)
        if not leave:
            return moment
        moment = leave[1]
