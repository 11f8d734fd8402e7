"""Both gateways count days and write times in Beijing time; the database holds naive UTC."""

from datetime import datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def localize(moment):
    """Return the naive UTC ``moment`` as an aware Beijing datetime."""
    return moment.replace(tzinfo=timezone.utc).astimezone(BEIJING)


def to_utc(text):
    """Return naive UTC of ``2026-11-22 18:00:00`` (Beijing) or RFC 3339; None when unreadable."""
    try:
        moment = datetime.fromisoformat((text or '').strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=BEIJING)
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)


def get_day(date):
    """Return the naive UTC start and end (exclusive) of the Beijing day ``date``."""
    start = datetime.combine(date, time.min, BEIJING).astimezone(timezone.utc).replace(tzinfo=None)
    return start, start + timedelta(days=1)
