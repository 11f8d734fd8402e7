"""Numbers as the database keeps them, without the noise of binary fractions."""

from decimal import Decimal


def to_decimal(value):
    """Return a number of a field as an exact decimal."""
    return value if isinstance(value, Decimal) else Decimal(str(round(value or 0, 8)))
