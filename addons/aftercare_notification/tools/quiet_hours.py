from datetime import datetime, time, timedelta

import pytz


def get_quiet_end(now, tz, start, end):
    """Tell when the quiet hours that hold at a moment are over.

    :param datetime now: naive UTC
    :param str tz: name of the time zone in which the hours are meant
    :param float start: hour at which the quiet begins, 22.5 is 22:30
    :param float end: hour at which it ends; less than ``start`` when it spans midnight
    :return: naive UTC datetime, or None when it is not quiet at that moment
    """
    start_seconds, end_seconds = round(start * 3600), round(end * 3600)
    zone = pytz.timezone(tz)
    local = pytz.utc.localize(now).astimezone(zone)
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    spans_midnight = start_seconds > end_seconds
    if spans_midnight:
        is_quiet = seconds >= start_seconds or seconds < end_seconds
    else:
        is_quiet = start_seconds <= seconds < end_seconds
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=spans_midnight and seconds >= start_seconds)
    naive_end = datetime.combine(day, time()) + timedelta(seconds=end_seconds)
    return _localize_after(zone, naive_end, now)


def _localize_after(zone, naive, now):
    """Return the moment (naive UTC) a clock of the zone shows a time, after ``now``."""
    try:
        moment = zone.localize(naive, is_dst=None)
    except pytz.NonExistentTimeError:
        # the clock jumps over it: 02:30 that never comes is 03:30 summer time
        moment = zone.localize(naive, is_dst=False)
    except pytz.AmbiguousTimeError:
        # the clock shows it twice: the first time that is still to come
        moment = zone.localize(naive, is_dst=True)
        if moment.astimezone(pytz.utc).replace(tzinfo=None) <= now:
            moment = zone.localize(naive, is_dst=False)
    return moment.astimezone(pytz.utc).replace(tzinfo=None)
