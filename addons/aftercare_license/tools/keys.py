"""Licence keys: made, read back from what people type, and turned into a digest.

A key is a prefix and 25 characters of Crockford's base 32 in five groups. 24 of them carry 120
random bits; the last one is a check character (Luhn's algorithm modulo 32), which catches every
mistyped character and nearly every pair of swapped ones. No Odoo here.
"""

import hashlib
import hmac
import re
import secrets

ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
BODY_LENGTH = 25
MAX_LENGTH = 64
_LOOK_ALIKE = str.maketrans('OIL', '011')
_NOISE = re.compile(r'[\s\-‐‑‒–—_.]+')


def generate(prefix):
    """Return a new key.

    :param str prefix: letters and digits shown before the random part, e.g. ``ACME``
    """
    body = ''.join(secrets.choice(ALPHABET) for _index in range(BODY_LENGTH - 1))
    return _show(prefix.upper(), body + get_check_character(body))


def get_check_character(body):
    """Return the check character of 24 characters of the alphabet."""
    total, factor = 0, 2
    for character in reversed(body):
        product = ALPHABET.index(character) * factor
        total += product // 32 + product % 32
        factor = 3 - factor
    return ALPHABET[-total % 32]


def canonical(text):
    """Return a key as it is shown, from what somebody typed or pasted.

    Upper case, O read as 0, I and L as 1 (in the random part), blanks and hyphens wherever
    people put them. Text that is too short or too long to be a key comes back as ``''``.
    """
    if not isinstance(text, str) or len(text) > MAX_LENGTH:
        return ''
    compact = _NOISE.sub('', text).upper()
    if len(compact) < BODY_LENGTH:
        return ''
    prefix, body = compact[:-BODY_LENGTH], compact[-BODY_LENGTH:]
    return _show(prefix, body.translate(_LOOK_ALIKE))


def is_well_formed(text):
    """Tell whether a text can be a key: prefix, length, alphabet and check character."""
    key = canonical(text)
    prefix, _hyphen, body = key.partition('-')
    body = body.replace('-', '')
    return bool(
        re.fullmatch('[0-9A-Z]+', prefix)
        and re.fullmatch(f'[{ALPHABET}]{{{BODY_LENGTH}}}', body)
        and get_check_character(body[:-1]) == body[-1]
    )


def digest(key, secret):
    """Return the hexadecimal HMAC-SHA256 under which a key is stored and looked up.

    :param str key: in any form :func:`canonical` understands
    :param str secret: of the database
    """
    # A prefix is mistyped in the same way, so it is read in the same way.
    text = canonical(key).translate(_LOOK_ALIKE)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _show(prefix, body):
    groups = [body[index : index + 5] for index in range(0, len(body), 5)]
    return '-'.join(filter(None, [prefix, *groups]))
