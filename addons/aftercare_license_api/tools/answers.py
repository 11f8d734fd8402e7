"""What programs get: claims to be signed, and the plain JSON beside them. No Odoo here."""

import calendar
import json
import secrets
import time

from .jws import encode

MINUTE, HOUR, DAY = 60, 3600, 86400
TOKEN_DAYS, GRACE_DAYS = 15, 5
MIN_FILE_SECONDS = HOUR
TITLES = {
    400: "Bad request",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    411: "Length required",
    413: "Payload too large",
    415: "Unsupported media type",
    422: "Unprocessable",
    429: "Too many requests",
    500: "Internal error",
    503: "Maintenance",
}


def build_claims(license, verdict, question, issuer, nonce, now):
    """Return the claims of an online answer.

    :param license: :class:`verdict.License`, or None
    :param int now: seconds since the epoch
    """
    claims = _build_common(license, verdict, question, issuer, now)
    exp = now + TOKEN_DAYS * DAY
    return claims | {
        'exp': exp,
        'nonce': nonce,
        'refresh_after': _get_refresh(license, now),
        'grace_until': exp + GRACE_DAYS * DAY,
    }


def build_file_claims(license, verdict, question, issuer, now, offline_days):
    """Return the claims of a licence file: it ends with the licence, or with the offline days."""
    exp = now + offline_days * DAY
    end = license.grace_end or license.expiry
    if end and license.strategy in ('restrict', 'revoke'):
        exp = min(exp, to_timestamp(end))
    exp = max(exp, now + MIN_FILE_SECONDS)
    claims = _build_common(license, verdict, question, issuer, now)
    return claims | {'code': 'OFFLINE', 'exp': exp, 'grace_until': exp}


def build_body(license, verdict, question, token, transition, nonce, now):
    """Return the answer as a dict; only the token in it may decide."""
    meta = {
        'valid': verdict.is_valid,
        'code': verdict.code,
        'detail': verdict.detail,
        'ts': format_timestamp(now),
        'nonce': nonce,
        'scope': _build_scope(verdict, question),
    }
    if verdict.code == 'DOMAIN_SCOPE_INVALID':
        meta['reason'] = verdict.reason
    body = {'meta': meta, 'data': _build_data(license, verdict), 'token': token}
    if transition:
        body['key_transition'] = transition
    return body


def build_error(error):
    """Return the document of an :class:`ApiError`."""
    document = {'title': TITLES[error.status], 'detail': error.detail, 'code': error.code}
    if error.pointer:
        document['source'] = {'pointer': error.pointer}
    return {'errors': [document]}


def dump(value):
    """Return the bytes of a JSON document."""
    return json.dumps(value, separators=(',', ':')).encode()


def to_timestamp(moment):
    """Return a naive UTC moment as seconds since the epoch; None stays None."""
    return calendar.timegm(moment.timetuple()) if moment else None


def format_timestamp(timestamp):
    """Return seconds since the epoch as RFC 3339; None stays None."""
    if timestamp is None:
        return None
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(timestamp))


# === PARTS === #


def _build_common(license, verdict, question, issuer, now):
    host, bound = verdict.host, verdict.bound
    match_mode = 'exact'
    registrable = host and host.registrable
    domain = host and host.name
    if verdict.is_valid and bound and verdict.code != 'NON_PRODUCTION' and bound.kind != 'staging':
        domain, registrable, match_mode = bound.name, bound.registrable, license.match_mode
    return {
        'iss': issuer,
        'sub': license.uuid if verdict.status else None,
        'aud': question.product or '',
        'jti': encode(secrets.token_bytes(9)),
        'iat': now,
        'nbf': now,
        'valid': verdict.is_valid,
        'code': verdict.code,
        'domain': domain,
        'match_mode': match_mode,
        'registrable': registrable,
        'environment': host.environment if host and verdict.status else None,
        'instance': verdict.instance if verdict.is_valid else None,
        'seq': license.seq if verdict.status else 0,
        'license': _build_license(license, verdict),
        'scope': _build_scope(verdict, question) | {'version': question.version},
    }


def _build_scope(verdict, question):
    return {'product': question.product, 'domain': verdict.host and verdict.host.name}


def _build_license(license, verdict):
    """Return what may be told of a licence: nothing before key and product match."""
    if not verdict.is_product:
        return None
    return {
        'status': verdict.status,
        'type': license.license_type,
        'expiry': to_timestamp(license.expiry),
        'updates_until': to_timestamp(license.updates_until),
        'entitlements': list(license.entitlements),
    }


def _build_data(license, verdict):
    if not verdict.is_product:
        return None
    # The bound domain is told to whoever runs on it, not to whoever has got hold of the key.
    domain = verdict.bound.name if verdict.is_valid and verdict.bound else None
    return {
        'type': 'licenses',
        'id': license.uuid,
        'attributes': {
            'status': verdict.status,
            'license_type': license.license_type,
            'domain': domain,
            'expiry': format_timestamp(to_timestamp(license.expiry)),
            'updates_until': format_timestamp(to_timestamp(license.updates_until)),
            'entitlements': list(license.entitlements),
            'last_four': license.key_last,
            'domain_changes_left': license.changes_left,
        },
    }


def _get_refresh(license, now):
    """Return when to ask again: in a day or so, and soon after the licence changes by itself."""
    jitter = secrets.randbelow(2 * 8640 + 1) - 8640
    refresh = now + DAY + jitter
    for moment in (license.expiry, license.grace_end) if license else ():
        at = to_timestamp(moment)
        if at and now < at < refresh:
            refresh = at + 5 * MINUTE + abs(jitter) // 60
    return refresh
