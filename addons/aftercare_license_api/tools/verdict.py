"""The verdict on a licence: plain rows in, one of 18 codes out. No Odoo, no database here.

The order of the checks is part of the interface: the first one that fails names the code.
"""

import functools
from datetime import datetime
from typing import NamedTuple

from odoo.addons.aftercare_license.tools import hosts

VALID_CODES = frozenset({'VALID', 'NON_PRODUCTION', 'EXPIRED_GRACE'})
DETAILS = {
    'NOT_FOUND': "is unknown",
    'REVOKED': "has been withdrawn",
    'BANNED': "belongs to a customer who is banned",
    'SUSPENDED': "is suspended",
    'PRODUCT_SCOPE_REQUIRED': "can not be judged without a product",
    'PRODUCT_SCOPE_MISMATCH': "is for another product",
    'DOMAIN_SCOPE_REQUIRED': "can not be judged without a domain",
    'DOMAIN_SCOPE_INVALID': "can not be judged: this is no domain that can be licensed",
    'NO_DOMAIN': "is not bound to a domain yet",
    'DOMAIN_SCOPE_MISMATCH': "is for another domain",
    'INSTANCE_MISMATCH': "is in use by another installation",
    'TOO_MANY_DOMAINS': "covers fewer domains than it is bound to",
    'EXPIRED': "has expired",
    'VERSION_SCOPE_MISMATCH': "does not cover this version",
    'ENTITLEMENTS_MISSING': "does not cover everything that is asked for",
    'EXPIRED_GRACE': "has expired and works for a few more days",
    'NON_PRODUCTION': "is valid for this test address",
    'VALID': "is valid",
}
CODES = tuple(DETAILS)
# Installations ask from the same host day after day; the public suffix list is the slow part.
_normalize = functools.lru_cache(maxsize=4096)(hosts.normalize)


class BoundHost(NamedTuple):
    """A host that a licence is bound to; ``kind`` is primary, additional or staging."""

    name: str
    registrable: str | None
    kind: str
    environment: str


class Installation(NamedTuple):
    """An installation that has proved itself by a key of its own."""

    instance_id: str
    host: str


class License(NamedTuple):
    """What is known of a licence and its policy; moments are naive UTC, None means never."""

    id: int
    uuid: str
    state: str
    seq: int
    product: str
    license_type: str = 'annual'
    is_banned: bool = False
    starts_at: datetime | None = None
    expiry: datetime | None = None
    grace_end: datetime | None = None
    updates_until: datetime | None = None
    strategy: str = 'restrict'
    match_mode: str = 'exact'
    max_domains: int = 1
    allow_ip: bool = False
    hosts: tuple = ()
    entitlements: tuple = ()
    installations: tuple = ()
    released_at: datetime | None = None
    key_last: str = ''
    changes_left: int = 0
    allow_first_activation: bool = False


class Question(NamedTuple):
    """What a program wants to know."""

    product: str | None = None
    domain: str | None = None
    version: str | None = None
    entitlements: tuple = ()
    instance: str | None = None


class Verdict(NamedTuple):
    """The answer; ``reason`` says what is wrong with the domain, ``host`` is the presented one."""

    code: str
    status: str | None = None
    is_product: bool = False
    host: hosts.Host | None = None
    bound: BoundHost | None = None
    instance: str | None = None
    reason: str | None = None

    @property
    def is_valid(self):
        return self.code in VALID_CODES

    @property
    def detail(self):
        return DETAILS[self.code]


def evaluate(license, question, now):
    """Judge a licence.

    :param License license: None when the key is unknown
    :param Question question: what the program says about itself
    :param datetime now: naive UTC
    :return: :class:`Verdict`
    """
    if license is None or license.state == 'draft':
        return Verdict('NOT_FOUND')
    host, reason = _read_host(question.domain, license.allow_ip)
    bound, is_production = _find_bound(license, host)
    verdict = Verdict(
        'VALID',
        status=get_status(license, now),
        is_product=bool(question.product) and question.product == license.product,
        host=host,
        bound=bound,
        instance=_get_instance(license, question, host, is_production),
        reason=reason,
    )
    code = (
        _check_owner(license)
        or _check_product(license, question)
        or _check_domain(license, question, host, bound, is_production)
        or _check_use(license, question, verdict)
        or _check_terms(license, question, verdict.status)
        or ('EXPIRED_GRACE' if verdict.status == 'grace' else None)
        or ('VALID' if is_production else 'NON_PRODUCTION')
    )
    return verdict._replace(code=code)


def get_status(license, now):
    """Return what a licence is at a moment, whatever the nightly job has got to yet."""
    if license.state in ('suspended', 'revoked'):
        return license.state
    if license.expiry is None or now < license.expiry:
        return 'active'
    if license.grace_end and now < license.grace_end:
        return 'grace'
    return 'expired'


# === CHECKS, IN ORDER === #


def _check_owner(license):
    if license.state == 'revoked':
        return 'REVOKED'
    if license.is_banned:
        return 'BANNED'
    return 'SUSPENDED' if license.state == 'suspended' else None


def _check_product(license, question):
    if not question.product:
        return 'PRODUCT_SCOPE_REQUIRED'
    return None if question.product == license.product else 'PRODUCT_SCOPE_MISMATCH'


def _check_domain(license, question, host, bound, is_production):
    if not license.max_domains:
        return None
    if not question.domain:
        return 'DOMAIN_SCOPE_REQUIRED'
    if not host:
        return 'DOMAIN_SCOPE_INVALID'
    if not _get_licensed_hosts(license):
        return 'NO_DOMAIN'
    return 'DOMAIN_SCOPE_MISMATCH' if is_production and not bound else None


def _check_use(license, question, verdict):
    if verdict.instance and verdict.instance != question.instance:
        return 'INSTANCE_MISMATCH'
    licensed = _get_licensed_hosts(license)
    if verdict.bound in licensed and license.max_domains:
        return 'TOO_MANY_DOMAINS' if licensed.index(verdict.bound) >= license.max_domains else None
    return None


def _check_terms(license, question, status):
    if status == 'expired' and license.strategy in ('restrict', 'revoke'):
        return 'EXPIRED'
    is_newer = (
        license.released_at
        and license.updates_until
        and license.released_at > license.updates_until
    )
    if is_newer and license.strategy != 'allow':
        return 'VERSION_SCOPE_MISMATCH'
    return (
        None if set(question.entitlements) <= set(license.entitlements) else 'ENTITLEMENTS_MISSING'
    )


# === PARTS === #


def _read_host(text, allow_ip):
    """Return the host a program says it runs on, or what is wrong with it."""
    if not text:
        return None, None
    try:
        host = _normalize(text)
    except hosts.HostError as error:
        return None, error.code
    if host.kind == 'ip' and host.environment == 'production' and not allow_ip:
        return None, 'IP_NOT_ALLOWED'
    return host, None


def _get_licensed_hosts(license):
    return [host for host in license.hosts if host.kind != 'staging']


def _find_bound(license, host):
    """Return the bound host that covers the presented one, and whether that is a real site.

    Local names and private addresses are free; so are test addresses below a licensed domain.
    """
    if not host:
        return None, True
    if not license.max_domains:
        return None, host.environment == 'production'
    licensed = _get_licensed_hosts(license)
    for bound in licensed:
        if bound.name == host.name:
            return bound, True
    for bound in licensed:
        if hosts.matches(_get_host(bound), host, license.match_mode):
            return bound, host.environment == 'production'
    for bound in license.hosts:
        if bound.kind == 'staging' and hosts.matches(_get_host(bound), host, 'exact'):
            return bound, False
    if host.environment == 'local':
        return None, False
    if host.environment == 'staging' and any(
        bound.registrable == host.registrable for bound in licensed
    ):
        return None, False
    return None, True


def _get_host(bound):
    kind = 'domain' if bound.registrable else 'reserved'
    is_wildcard = bound.name.startswith('*.')
    return hosts.Host(
        bound.name, bound.name, kind, bound.registrable, bound.environment, is_wildcard
    )


def _get_instance(license, question, host, is_production):
    """Return the installation that a real site is tied to, if it is tied to any."""
    if not host or not is_production:
        return None
    tied = [each.instance_id for each in license.installations if each.host == host.name]
    if question.instance in tied:
        return question.instance
    return tied[0] if tied else None
