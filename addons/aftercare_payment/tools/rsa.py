"""RSA signatures (SHA-256, PKCS#1 v1.5) and AES-256-GCM, as merchant gateways use them."""

import base64
import binascii
import re

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PRIVATE_LABELS = ('PRIVATE KEY', 'RSA PRIVATE KEY')
PUBLIC_LABELS = ('PUBLIC KEY', 'RSA PUBLIC KEY')
PEM = re.compile(r'-----BEGIN ([A-Z ]+)-----(.*?)-----END \1-----', re.DOTALL)


def _split_pem(text):
    """Yield (label or None, base64 without white space) of each block in ``text``.

    Keys come as files, as one bare line, or through an input that lost the line breaks.
    """
    text = (text or '').strip()
    blocks = PEM.findall(text)
    if blocks:
        for label, body in blocks:
            yield label, re.sub(r'\s', '', body)
    elif text:
        yield None, re.sub(r'\s', '', text)


def _wrap(label, body):
    lines = '\n'.join(body[index : index + 64] for index in range(0, len(body), 64))
    return f'-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n'.encode()


def load_private_key(text):
    """Return the RSA private key written in ``text``: PEM or bare base64, PKCS#8 or PKCS#1.

    :raise ValueError: when it is none
    """
    for label, body in _split_pem(text):
        for candidate in (label,) if label else PRIVATE_LABELS:
            try:
                key = serialization.load_pem_private_key(_wrap(candidate, body), password=None)
            except (ValueError, TypeError, UnsupportedAlgorithm):
                continue
            if isinstance(key, RSAPrivateKey):
                return key
    raise ValueError("not an RSA private key")


def load_public_key(text):
    """Return the RSA public key written in ``text``: a key or a certificate, PEM or bare.

    :raise ValueError: when it is none
    """
    for label, body in _split_pem(text):
        try:
            if label == 'CERTIFICATE':
                key = x509.load_pem_x509_certificate(_wrap(label, body)).public_key()
                if isinstance(key, RSAPublicKey):
                    return key
                continue
        except ValueError:
            continue
        for candidate in (label,) if label else PUBLIC_LABELS:
            try:
                key = serialization.load_pem_public_key(_wrap(candidate, body))
            except (ValueError, UnsupportedAlgorithm):
                continue
            if isinstance(key, RSAPublicKey):
                return key
    raise ValueError("not an RSA public key")


def load_certificates(text):
    """Return {serial number in upper case hex: PEM of the public key} of the certificates in ``text``."""
    keys = {}
    for label, body in _split_pem(text):
        if label != 'CERTIFICATE':
            continue
        try:
            certificate = x509.load_pem_x509_certificate(_wrap(label, body))
        except ValueError:
            continue
        keys[f'{certificate.serial_number:X}'] = dump_public_key(certificate.public_key())
    return keys


def dump_public_key(key):
    """Return the PEM text of a public key."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def generate_pair():
    """Return the PEM texts (private, public) of a new 2048 bit key."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    return private, dump_public_key(key.public_key())


def sign(private_key, message):
    """Return the base64 signature of the text or bytes ``message``."""
    data = message if isinstance(message, bytes) else message.encode()
    signature = load_private_key(private_key).sign(data, padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode()


def verify(public_key, message, signature):
    """Return whether ``signature`` (base64) fits ``message``; never raises."""
    data = message if isinstance(message, bytes) else message.encode()
    try:
        raw = base64.b64decode(signature or '', validate=True)
        load_public_key(public_key).verify(raw, data, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def decrypt(key, nonce, associated_data, ciphertext):
    """Return the bytes of an AES-256-GCM ``ciphertext`` (base64, the tag appended).

    :raise ValueError: when the key is wrong or anything was altered
    """
    try:
        return AESGCM((key or '').encode()).decrypt(
            (nonce or '').encode(),
            base64.b64decode(ciphertext or '', validate=True),
            (associated_data or '').encode(),
        )
    except (InvalidTag, binascii.Error, OverflowError) as error:
        raise ValueError("cannot be decrypted") from error


def encrypt(key, nonce, associated_data, data):
    """Return the base64 ciphertext, the tag appended, of the bytes ``data``."""
    sealed = AESGCM(key.encode()).encrypt(nonce.encode(), data, associated_data.encode())
    return base64.b64encode(sealed).decode()
