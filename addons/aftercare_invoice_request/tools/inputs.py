"""What comes from a form, as far as it can be used."""

MAX_LENGTH = 250
MAX_ID = 2**31 - 1


def clean(value):
    """Return what somebody has typed, as far as it can be stored."""
    return (value or '').replace('\0', '').strip()[:MAX_LENGTH]


def clean_id(value):
    """Return a record id that somebody has sent, or 0."""
    text = str(value or '')
    if not (text.isascii() and text.isdecimal()) or len(text) > 10:
        return 0
    return int(text) if int(text) <= MAX_ID else 0
