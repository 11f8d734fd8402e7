"""Signed statements: compact JWS (RFC 7515) with Ed25519 (RFC 8037). No Odoo here."""

import base64
import json
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

TOKEN, TRANSITION, DOWNLOAD = 'license+jwt', 'key-transition+jwt', 'download+jwt'
FILE_BEGIN, FILE_END = '-----BEGIN LICENSE FILE-----', '-----END LICENSE FILE-----'
_dump = json.JSONEncoder(separators=(',', ':'), ensure_ascii=False).encode


class Signer(NamedTuple):
    """A private key ready for use, the statements that introduce it and its successor."""

    kid: str
    private_key: Ed25519PrivateKey
    headers: dict
    transitions: tuple = ()

    def sign(self, claims, typ=TOKEN):
        """Return a compact JWS."""
        body = f'{self.headers[typ]}.{encode(_dump(claims).encode())}'
        return f'{body}.{encode(self.private_key.sign(body.encode()))}'


def make_signer(kid, seed, transitions=()):
    """Return a :class:`Signer` from the 32 bytes of a private key."""
    headers = {
        typ: encode(_dump({'alg': 'EdDSA', 'kid': kid, 'typ': typ}).encode())
        for typ in (TOKEN, TRANSITION, DOWNLOAD)
    }
    return Signer(kid, Ed25519PrivateKey.from_private_bytes(seed), headers, tuple(transitions))


def make_seed():
    """Return the 32 bytes of a new private key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def get_public(seed):
    """Return the public key of a private one, base64url."""
    return encode(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def verify(token, public_keys, typ=TOKEN):
    """Return the claims of a JWS signed by one of our keys, or None.

    :param dict public_keys: kid → base64url public key
    """
    try:
        header, payload, signature = token.split('.')
        head = json.loads(decode(header))
        if head['alg'] != 'EdDSA' or head['typ'] != typ:
            return None
        verify_signature(
            public_keys[head['kid']], decode(signature), f'{header}.{payload}'.encode()
        )
        return json.loads(decode(payload))
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return None


def verify_signature(public_key, signature, message):
    """Check an Ed25519 signature.

    :param str public_key: base64url
    :raises ValueError, InvalidSignature: when it is none
    """
    Ed25519PublicKey.from_public_bytes(decode(public_key)).verify(signature, message)


def armour(token):
    """Return a licence file: the token in lines of 64 columns."""
    lines = [token[start : start + 64] for start in range(0, len(token), 64)]
    return '\n'.join([FILE_BEGIN, *lines, FILE_END, ''])


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def decode(text):
    """Decode base64url without padding.

    :raises ValueError: for anything else
    """
    data = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
    if encode(data) != text:
        raise ValueError('not canonical')
    return data
