"""Reads what customers typed into the extra fields of a form."""

import math
from datetime import date, datetime

import pytz

from odoo.addons.aftercare_helpdesk_website.utils import clean_line, clean_text
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

MAX_CHAR, MAX_TEXT = 255, 5000
MAX_NUMBER = 10**15
FIRST_YEAR, LAST_YEAR = 1900, 2200


class BadValue(ValueError):
    """A value no ticket can have. Its message, a lazy translation, is for the customer."""


def clean(definition, texts):
    """Return what was typed as the form shows it again.

    :param dict definition: of the field
    :param list texts: all the values sent under its name
    """
    match definition['type']:
        case 'tags':
            return texts
        case 'boolean':
            return bool(texts and texts[0])
        case 'text':
            return clean_text(texts[0]) if texts else ''
    return clean_line(texts[0]) if texts else ''


def parse(definition, value, zone):
    """Return what was typed as a ticket stores it, False if nothing was.

    :param dict definition: of the field
    :param value: see ``clean``
    :param str zone: the customer's time zone
    :raise BadValue: this cannot be stored
    """
    if definition['type'] == 'boolean':
        return value
    if not value:
        return False
    try:
        return PARSERS[definition['type']](definition, value, zone)
    except BadValue:
        raise
    except (ValueError, OverflowError) as error:
        raise BadValue(EXAMPLES[definition['type']]) from error


def _parse_char(definition, value, zone):
    return _check_length(value, MAX_CHAR)


def _parse_text(definition, value, zone):
    return _check_length(value, MAX_TEXT)


def _check_length(value, length):
    if len(value) > length:
        raise BadValue(_lt("Please shorten this to %(length)s characters.", length=length))
    return value


def _parse_integer(definition, value, zone):
    number = int(value)
    if abs(number) > MAX_NUMBER:
        raise OverflowError(value)
    return number


def _parse_float(definition, value, zone):
    number = float(value.replace(',', '.') if value.count(',') == 1 else value)
    if not math.isfinite(number) or abs(number) > MAX_NUMBER:
        raise OverflowError(value)
    return number


def _parse_date(definition, value, zone):
    return _check_year(date.fromisoformat(value)).isoformat()


def _parse_datetime(definition, value, zone):
    moment = _check_year(datetime.fromisoformat(value).replace(tzinfo=None, microsecond=0))
    moment = pytz.timezone(zone).localize(moment).astimezone(pytz.utc)
    return moment.strftime('%Y-%m-%d %H:%M:%S')


def _check_year(moment):
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(moment)
    return moment


def _parse_selection(definition, value, zone):
    if value not in {option[0] for option in definition['selection']}:
        raise BadValue(EXAMPLES['selection'])
    return value


def _parse_tags(definition, value, zone):
    if not {tag[0] for tag in definition['tags']}.issuperset(value):
        raise BadValue(EXAMPLES['selection'])
    return list(dict.fromkeys(value))


PARSERS = {
    'char': _parse_char,
    'text': _parse_text,
    'integer': _parse_integer,
    'float': _parse_float,
    'date': _parse_date,
    'datetime': _parse_datetime,
    'selection': _parse_selection,
    'tags': _parse_tags,
}
EXAMPLES = {
    'integer': _lt("Please write a whole number, such as 42."),
    'float': _lt("Please write a number, such as 3.5."),
    'date': _lt("Please write a date, such as 2026-03-31."),
    'datetime': _lt("Please write a date and a time, such as 2026-03-31 14:30."),
    'selection': _lt("Please choose one of the list."),
}
