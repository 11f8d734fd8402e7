"""What programs send: read strictly, refused with a precise error. No Odoo here."""

import json
import re
from typing import NamedTuple

from .verdict import Question

MAX_BODY = 8192
_NONCE = re.compile(r'[A-Za-z0-9_-]{16,64}')
_CONTROL = re.compile(r'[\x00-\x1f\x7f\ud800-\udfff]')
_SURROGATE = re.compile(r'[\ud800-\udfff]')


class ApiError(Exception):
    """A refusal without a verdict: an HTTP status, a stable code and a sentence."""

    def __init__(self, status, code, detail, pointer=None, retry_after=None):
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.pointer = pointer
        self.retry_after = retry_after


class Envelope(NamedTuple):
    """A request as read: the key, the question and who asks."""

    key: str
    nonce: str
    question: Question
    fingerprint: str | None = None
    public_key: str | None = None
    signature: str | None = None
    ts: int | None = None
    platform: str | None = None


def check_content(content_type, content_length):
    """Refuse what is no JSON, or too much of it, before it is read.

    :raises ApiError: 411, 413, 415
    """
    kind, _semicolon, parameters = (content_type or '').partition(';')
    charset = re.search(r'charset="?([\w-]+)', parameters)
    if kind.strip().lower() != 'application/json' or (
        charset and charset[1].lower() not in ('utf-8', 'utf8')
    ):
        raise ApiError(415, 'UNSUPPORTED_MEDIA_TYPE', "Send application/json; charset=utf-8.", None)
    if content_length is None:
        raise ApiError(411, 'LENGTH_REQUIRED', "Send the header Content-Length.")
    if content_length > MAX_BODY:
        raise ApiError(413, 'PAYLOAD_TOO_LARGE', f"A request has {MAX_BODY} bytes at most.")


def parse(body):
    """Return the :class:`Envelope` of a request; members that are unknown are ignored.

    :param bytes body:
    :raises ApiError: 400 for what is no JSON object, 422 with a pointer to what is wrong in it
    """
    data = _load(body)
    scope = _get_object(data, 'scope')
    instance = _get_object(data, 'instance')
    client = _get_object(data, 'client')
    key = _get_text(data, '', 'key', 64, is_required=True)
    nonce = _get_text(data, '', 'nonce', 64, is_required=True)
    if not _NONCE.fullmatch(nonce):
        raise _unprocessable("The nonce is 16 to 64 of the characters A-Z a-z 0-9 _ -.", '/nonce')
    ts = instance.get('ts')
    if ts is not None and type(ts) is not int:
        raise _unprocessable("This is a whole number of seconds.", '/instance/ts')
    return Envelope(
        key=key,
        nonce=nonce,
        question=Question(
            product=_get_text(scope, '/scope', 'product', 64),
            domain=_get_domain(scope),
            version=_get_text(scope, '/scope', 'version', 64),
            entitlements=_get_entitlements(scope),
            instance=_get_text(instance, '/instance', 'id', 64),
        ),
        fingerprint=_get_text(instance, '/instance', 'fingerprint', 128),
        public_key=_get_text(instance, '/instance', 'public_key', 64),
        signature=_get_text(instance, '/instance', 'signature', 128),
        ts=ts,
        platform=_get_client(client),
    )


def _load(body):
    try:
        # JSON has no NaN, and numbers of thousands of digits are an attack.
        data = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ApiError(400, 'BAD_REQUEST', "The body is no JSON.")
    if not isinstance(data, dict):
        raise ApiError(400, 'BAD_REQUEST', "The body is no JSON object.")
    return data


def _refuse_constant(name):
    raise ValueError(name)


def _get_object(data, name):
    value = data.get(name)
    if value is not None and not isinstance(value, dict):
        raise _unprocessable("This is an object.", f'/{name}')
    return value or {}


def _get_text(data, path, name, max_length, is_required=False):
    value = data.get(name)
    pointer = f'{path}/{name}'
    if value is None or value == '':
        if is_required:
            raise _unprocessable("This is required.", pointer)
        return None
    if not isinstance(value, str):
        raise _unprocessable("This is a text.", pointer)
    if len(value) > max_length:
        raise _unprocessable(f"This has {max_length} characters at most.", pointer)
    if _CONTROL.search(value):
        raise _unprocessable("This has characters that no text has.", pointer)
    return value


def _get_domain(scope):
    """Return the domain as it is: what is wrong with it is part of the verdict."""
    value = scope.get('domain')
    if value is None or value == '':
        return None
    if not isinstance(value, str):
        raise _unprocessable("This is a text.", '/scope/domain')
    if _SURROGATE.search(value):
        raise _unprocessable("This has characters that no text has.", '/scope/domain')
    return value


def _get_client(client):
    """Return what a program runs on, and which client asks."""
    parts = _get_text(client, '/client', 'platform', 128), _get_text(client, '/client', 'sdk', 64)
    return ', '.join(filter(None, parts)) or None


def _get_entitlements(scope):
    values = scope.get('entitlements')
    if values is None:
        return ()
    if not isinstance(values, list) or len(values) > 32:
        raise _unprocessable("This is a list of 32 codes at most.", '/scope/entitlements')
    for index, value in enumerate(values):
        if not isinstance(value, str) or not 0 < len(value) <= 64 or _SURROGATE.search(value):
            raise _unprocessable(
                "This is a text of 64 characters at most.", f'/scope/entitlements/{index}'
            )
    return tuple(values)


def _unprocessable(detail, pointer):
    return ApiError(422, 'UNPROCESSABLE', detail, pointer)
