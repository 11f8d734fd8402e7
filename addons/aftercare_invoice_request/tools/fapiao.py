"""The form of the numbers of Chinese tax invoices."""

import re

DIGITAL_NUMBER = re.compile(r'\d{20}')
PAPER_NUMBER = re.compile(r'\d{8}')
PAPER_CODE = re.compile(r'\d{10}|\d{12}')


def is_digital_number(number):
    """Return whether this is the one number of a fully digital invoice."""
    return bool(DIGITAL_NUMBER.fullmatch(number or ''))


def is_paper_number(number, code):
    """Return whether these are the number and the code of an invoice on paper."""
    return bool(PAPER_NUMBER.fullmatch(number or '') and PAPER_CODE.fullmatch(code or ''))
