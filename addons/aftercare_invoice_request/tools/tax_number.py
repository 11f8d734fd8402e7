"""What can be told from a tax number by itself: its form and its check digit."""

import re
import unicodedata

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError
from stdnum.util import get_cc_module

# The registers of farmers' cooperatives and of a few others begin with a letter.
LETTER_REGISTERS = 'ANY'
USCC_ALPHABET = set('0123456789ABCDEFGHJKLMNPQRTUWXY')

# What is wrong, or only unusual, with a Chinese number.
MISSING = 'missing'
BAD_FORM = 'bad_form'
BAD_CHECK = 'bad_check'
OLD = 'old'
PERSONAL = 'personal'


def normalize(number):
    """Return a number without spaces and hyphens, in capital half-width letters."""
    return re.sub(r'[\s\-\u200b]', '', unicodedata.normalize('NFKC', number or '')).upper()


def is_uscc(number):
    """Return whether a number is a unified social credit code with a right check digit."""
    if uscc.is_valid(number):
        return True
    return (
        len(number) == 18
        and number[0] in LETTER_REGISTERS
        and set(number) <= USCC_ALPHABET
        and uscc.calc_check_digit(number) == number[-1]
    )


def is_ric(number):
    """Return whether a number is an identity number: birthday and check digit are right.

    The list of places is left out: it is never complete, and people keep their numbers.
    """
    if not re.fullmatch(r'[0-9]{17}[0-9X]', number):
        return False
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return ric.calc_check_digit(number) == number[-1]


def check_chinese(number):
    """Return what there is to say about a normalized Chinese number, or None.

    :return: MISSING, BAD_FORM, BAD_CHECK, OLD (15, 17 or 20 characters, given out before 2015)
        or PERSONAL (an identity number, as sole proprietors use it)
    """
    if not number:
        return MISSING
    if not re.fullmatch(r'[0-9A-Z]+', number):
        return BAD_FORM
    if len(number) == 18:
        if is_uscc(number):
            return None
        return PERSONAL if is_ric(number) else BAD_CHECK
    return OLD if len(number) in (15, 17, 20) else BAD_FORM


def is_valid_abroad(number, country_code):
    """Return whether a number fits the country's rules, or None when they are not known."""
    module = get_cc_module(country_code.lower(), 'vat')
    if not module:
        return None
    try:
        return module.is_valid(number) or module.is_valid(number.removeprefix(country_code.upper()))
    except OSError:
        return None  # the tables that some countries' rules read are not installed
