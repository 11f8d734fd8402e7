import re
from decimal import Decimal, InvalidOperation


def parse_amount(text, digits=2):
    """Return what a person typed as an amount of money, or None.

    Plain digits with a point or a comma before the decimals: no sign, no exponent, no grouping,
    not more decimals than the currency has.

    :param str text: as it came from the form
    :param int digits: decimals of the currency
    :return: a positive ``Decimal``, or None
    """
    text = (text or '').strip()
    pattern = r'\d{1,12}' + (rf'([.,]\d{{1,{digits}}})?' if digits else '')
    if not re.fullmatch(pattern, text):
        return None
    try:
        amount = Decimal(text.replace(',', '.'))
    except InvalidOperation:
        return None
    return amount if amount > 0 else None
