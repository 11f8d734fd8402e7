"""The secret of the server that private keys are encrypted with; never in the database."""

import base64
import contextlib
import os
import pathlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from odoo.tools import config

OPTION = 'aftercare_license_secret'
_NONCE_BYTES = 12


class VaultError(Exception):
    """The secret of this server does not open what another one has closed."""


def seal(data, label):
    """Return bytes encrypted (AES-256-GCM), as text.

    :param str label: what it is; must be the same to open it
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return base64.b64encode(nonce + _get_cipher().encrypt(nonce, data, label.encode())).decode()


def unseal(text, label):
    """Return the bytes that :func:`seal` was given.

    :raises VaultError: when the secret is another one, or the text was changed
    """
    try:
        data = base64.b64decode(text or '', validate=True)
        return _get_cipher().decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], label.encode())
    except (InvalidTag, ValueError):
        raise VaultError(label)


def _get_cipher():
    key = HKDF(hashes.SHA256(), 32, None, b'aftercare licence signing').derive(_get_secret())
    return AESGCM(key)


def _get_secret():
    """Return the secret: the option of the configuration file, or a file made at first use."""
    if secret := config.get(OPTION):
        return secret.encode()
    path = pathlib.Path(config['data_dir'], 'aftercare', 'license_secret')
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # whole or not at all, and the same for all workers: the first link wins
        draft = path.with_name(f'{path.name}.{secrets.token_hex(8)}')
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as file:
            file.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()
