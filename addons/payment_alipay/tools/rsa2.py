"""The texts that Alipay's RSA2 signatures cover, and how it writes amounts."""

import json
import re

AMOUNT = re.compile(r'\d{1,12}(\.\d{1,2})?')
WHITE = ' \t\r\n'


def build_message(params, leave_out=('sign',), keep_empty=False):
    """Return ``params`` as the text to sign: sorted, ``k=v`` joined by ``&``, not url-encoded."""
    return '&'.join(
        f'{key}={value}'
        for key, value in sorted(params.items())
        if key not in leave_out and (keep_empty or value not in (None, ''))
    )


def split_answer(text):
    """Return {key: (value, the very characters of the value)} of a JSON object.

    The gateway signs the characters of the inner object as it wrote them, with its escapes; what
    is written anew from the value would not fit the signature.

    :raise ValueError: when it is no object, or names a key twice
    """
    decoder = json.JSONDecoder()
    parts = {}
    position = _skip(text, 0, '{')
    while text[position : position + 1] != '}':
        if parts:
            position = _skip(text, position, ',')
        key, position = decoder.raw_decode(text, position)
        start = _skip(text, _skip(text, position), ':')
        value, position = decoder.raw_decode(text, start)
        if not isinstance(key, str) or key in parts:
            raise ValueError("not an answer of the gateway")
        parts[key] = (value, text[start:position])
        position = _skip(text, position)
    if text[position + 1 :].strip():
        raise ValueError("something follows the answer")
    return parts


def _skip(text, position, expected=''):
    """Return the position behind white space, ``expected``, and white space again."""
    while text[position : position + 1] and text[position] in WHITE:
        position += 1
    if not expected:
        return position
    if text[position : position + 1] != expected:
        raise ValueError(f"{expected} expected")
    return _skip(text, position + 1)


def read_amount(text):
    """Return the yuan written in ``text``; None when it is no plain amount."""
    text = text if isinstance(text, str) else ''
    return float(text) if AMOUNT.fullmatch(text) else None
