"""Terms and reminders: the arithmetic of dates. No Odoo here; all moments are naive UTC."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

# Whoever has just bought need not be reminded on the next day.
REMINDER_MARGIN = timedelta(days=2)
# Less than any offset in days: no reminder was sent.
NO_REMINDER = -10_000


def add_months(moment, months, anchor_day=None):
    """Return the moment some months later, on the anchor day where the month is long enough.

    A term that began on the 31st ends on the 28th of February and again on the 31st of March.
    """
    return moment + relativedelta(months=months, day=anchor_day or moment.day)


def get_reminder_moment(expiry, offset):
    """Return when the reminder of an offset (days, negative before the expiry) is due."""
    return expiry + timedelta(days=offset)


def get_passed_reminder(expiry, offsets, now):
    """Return the offset of the latest reminder that is due at ``now``, or ``NO_REMINDER``."""
    return max(
        (offset for offset in offsets if get_reminder_moment(expiry, offset) <= now),
        default=NO_REMINDER,
    )


def get_first_passed_reminder(expiry, offsets, now):
    """Return up to which offset a new expiry needs no reminders any more."""
    return get_passed_reminder(expiry, offsets, now + REMINDER_MARGIN)


def get_next_reminder(expiry, offsets, last):
    """Return when the next reminder after the offset ``last`` is due, or None."""
    left = [offset for offset in offsets if offset > last]
    return get_reminder_moment(expiry, min(left)) if left else None
