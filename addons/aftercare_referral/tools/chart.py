"""Bars of a chart as numbers that a page draws. No Odoo here."""

import math


def get_nice_top(value):
    """Return a round number not below a value, at which a scale may end."""
    if value <= 0:
        return 1
    magnitude = 10 ** math.floor(math.log10(value))
    return next(step * magnitude for step in (1, 2, 2.5, 5, 10) if step * magnitude >= value)


def get_bars(months, width, height, is_mirrored=False):
    """Return the bars of stacked amounts, one for each month.

    :param list months: dicts ``label`` and ``parts``, a list of (name, amount); an amount below
        zero hangs below the line
    :param bool is_mirrored: the first month is at the right
    :return: dict ``bars``, ``zero`` (y of the line), ``top`` and ``bottom`` (scale)
    """
    top = max((sum(max(a, 0) for _n, a in month['parts']) for month in months), default=0)
    bottom = max((sum(max(-a, 0) for _n, a in month['parts']) for month in months), default=0)
    top = get_nice_top(top)
    bottom = get_nice_top(bottom) if bottom else 0
    scale = height / (top + bottom)
    zero = top * scale
    slot = width / max(len(months), 1)
    bars = []
    for index, month in enumerate(months):
        place = len(months) - 1 - index if is_mirrored else index
        up, down, segments = zero, zero, []
        for name, amount in month['parts']:
            size = abs(amount) * scale
            if not size:
                continue
            if amount > 0:
                up -= size
            segments.append(
                {
                    'name': name,
                    'amount': amount,
                    'y': round(up if amount > 0 else down, 2),
                    'height': round(max(size, 1), 2),
                }
            )
            if amount < 0:
                down += size
        bars.append(
            {
                'label': month['label'],
                'x': round(place * slot + slot * 0.2, 2),
                'middle': round(place * slot + slot / 2, 2),
                'width': round(slot * 0.6, 2),
                'segments': segments,
            }
        )
    return {'bars': bars, 'zero': round(zero, 2), 'top': top, 'bottom': bottom}
