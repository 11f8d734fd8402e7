"""What a sale earns those who brought the customer. Pure functions of decimals; no Odoo here."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

MAX_LEVELS = 2


class Rule(NamedTuple):
    """Rates for what fits all criteria that are set; one without any is the programme itself."""

    id: int | None = None
    affiliate: int | None = None
    product: int | None = None
    category: int | None = None
    grade: int | None = None
    is_fixed: bool = False
    rates: dict = {}  # kind → rate of each level; percent, or an amount for each unit
    max_renewals: int = 0


class Case(NamedTuple):
    """What a line is about, seen from one affiliate."""

    affiliate: int | None = None
    product: int | None = None
    categories: tuple = ()  # from the root to the category of the product
    grade: int | None = None


class Offer(NamedTuple):
    """The rate that one level gets for a line."""

    rule: int | None
    is_fixed: bool
    rate: Decimal


class Line(NamedTuple):
    """A line of what was paid: untaxed, after discounts, the share of real money."""

    key: str
    base: Decimal
    kind: str
    offers: tuple  # an offer or None for each level, the direct referrer first
    quantity: Decimal = Decimal(1)
    share: Decimal = Decimal(1)


class Entry(NamedTuple):
    """What one level earns by all lines under one rule."""

    level: int
    kind: str
    offer: Offer
    base: Decimal
    quantity: Decimal
    uncapped: Decimal
    amount: Decimal
    lines: tuple  # (key, base, amount not rounded) of each line


# === WHICH RULE === #


def fits(rule, case):
    """Tell whether all criteria of a rule that are set hold."""
    return (
        rule.affiliate in (None, case.affiliate)
        and rule.product in (None, case.product)
        and rule.grade in (None, case.grade)
        and (rule.category is None or rule.category in case.categories)
    )


def get_precedence(rule, case):
    """Return what is compared: affiliate beats product beats category beats level beats all."""
    return (
        rule.affiliate is not None,
        rule.product is not None,
        0 if rule.category is None else 1 + case.categories.index(rule.category),
        rule.grade is not None,
    )


def choose(rules, case):
    """Return the rule that decides and the number of renewals that count, 0 for all of them.

    A limit holds whichever of the fitting rules sets it.
    """
    fitting = [rule for rule in rules if fits(rule, case)]
    if not fitting:
        return None, 0
    limits = [rule.max_renewals for rule in fitting if rule.max_renewals]
    chosen = max(fitting, key=lambda rule: get_precedence(rule, case))
    return chosen, min(limits, default=0)


def get_offer(rule, kind, level):
    """Return what a rule gives a level, or None."""
    rates = rule.rates.get(kind, ())
    if level > len(rates) or not rates[level - 1]:
        return None
    return Offer(rule.id, rule.is_fixed, rates[level - 1])


# === HOW MUCH === #


def round_half_up(amount, step):
    """Round to a multiple of the currency's step; a half goes away from zero."""
    return (amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def calculate(lines, cap_percent, step):
    """Return the entries of one sale.

    Lines under one rule are summed and rounded once. All levels together get no more than the
    cap, level 1 first.

    :param list lines: ``Line``
    :param Decimal cap_percent: of the base of all lines
    :param Decimal step: rounding of the currency, such as 0.01
    """
    groups = {}
    for line in lines:
        for level, offer in enumerate(line.offers[:MAX_LEVELS], start=1):
            if offer:
                groups.setdefault((level, line.kind, offer), []).append(line)
    left = round_half_up(sum(line.base for line in lines) * cap_percent / 100, step)
    entries = []
    for (level, kind, offer), members in sorted(groups.items(), key=lambda item: item[0][0]):
        parts = tuple((line.key, line.base, _get_part(line, offer)) for line in members)
        uncapped = round_half_up(sum(amount for _key, _base, amount in parts), step)
        amount = max(min(uncapped, left), Decimal(0))
        left -= amount
        if amount:
            base = sum(line.base for line in members)
            quantity = sum(line.quantity for line in members)
            entries.append(Entry(level, kind, offer, base, quantity, uncapped, amount, parts))
    return entries


def _get_part(line, offer):
    if offer.is_fixed:
        return offer.rate * line.quantity * line.share
    return line.base * offer.rate / 100


def get_reversal(amount, base, refunded, step):
    """Return how much of an amount is taken back after all refunds so far together.

    Since it is cumulative, refunds in three parts end at exactly zero.

    :param Decimal refunded: the part of the base that was given back, all refunds together
    """
    if refunded <= 0:
        return Decimal(0)
    if refunded >= base:
        return amount
    return round_half_up(amount * refunded / base, step)


def convert(amount, rate, step):
    """Return an amount in the currency of the affiliate, by a rate that stays as it is."""
    return round_half_up(amount * rate, step)
