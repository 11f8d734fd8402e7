"""Exact amounts: what enters the book is a Decimal with the decimals of its currency."""

import math
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
# float columns of the web client keep 15 digits: enough for this with four decimals
MAX_AMOUNT = Decimal(10) ** 11


def to_decimal(amount, currency):
    """Return an amount rounded to its currency, or None for what is no number.

    :param amount: float, int or Decimal, also with the dust of float arithmetic (0.1 + 0.2)
    :param currency: ``res.currency`` record
    """
    if isinstance(amount, bool) or not isinstance(amount, int | float | Decimal):
        return None
    if not math.isfinite(amount):
        return None
    if abs(amount) > 10 * MAX_AMOUNT:
        return Decimal(amount)  # too large in any case, and for rounding, too
    if isinstance(amount, Decimal):
        if currency.rounding == 10**-currency.decimal_places:
            return amount.quantize(_exponent(currency), ROUND_HALF_UP)
    return Decimal(repr(float(currency.round(float(amount))))).quantize(
        _exponent(currency), ROUND_HALF_UP
    )


def take_share(total, part, whole, currency):
    """Return ``total * part / whole`` rounded to the currency; exactly ``total`` for the whole."""
    if part == whole:
        return total
    return to_decimal(total * part / whole, currency)


def take_from(amount, stocks):
    """Take an amount from stocks, one after the other.

    :param list stocks: tuples (thing, Decimal on stock)
    :return: tuple of a list of (thing, Decimal taken) and the amount that was not there
    """
    taken = []
    for thing, stock in stocks:
        share = min(amount, stock)
        if share > ZERO:
            taken.append((thing, share))
            amount -= share
    return taken, amount


def _exponent(currency):
    return Decimal(1).scaleb(-currency.decimal_places)
