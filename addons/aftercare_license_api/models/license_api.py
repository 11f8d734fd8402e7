import functools
import ipaddress
import logging
import time
from datetime import datetime, timezone
from typing import NamedTuple

import psycopg2

from odoo import api, models
from odoo.addons.aftercare_license.tools import keys
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import ormcache

from ..tools import answers, checkins, limits, openapi, questions, verdict
from ..tools.questions import ApiError

_logger = logging.getLogger(__name__)

RETRY_AFTER = 30  # seconds, when the server is being maintained
MAX_DRAIN = 2 * 1024 * 1024
UNKNOWN_BLOCK_SECONDS = 1800
DEFAULTS = {
    'limit_ip': '60/30 500/300',
    'limit_key': '30/60 1000/86400',
    'limit_unknown': '20/600',
    'limit_activate': '10/3600',
    'limit_status': '20/60',
    'flush_seconds': '10',
}
HEADERS = (
    ('Content-Type', 'application/json; charset=utf-8'),
    ('Cache-Control', 'no-store'),
    ('X-Content-Type-Options', 'nosniff'),
    # Possession of the key is the authentication; there are no cookies another site could use.
    ('Access-Control-Allow-Origin', '*'),
    (
        'Access-Control-Expose-Headers',
        'Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset',
    ),
)
PREFLIGHT_HEADERS = (
    ('Access-Control-Allow-Methods', 'GET, POST, OPTIONS'),
    ('Access-Control-Allow-Headers', 'Content-Type, Accept'),
    ('Access-Control-Max-Age', '86400'),
)

# One statement finds the signing key and everything a verdict needs. The left join makes it
# return a row, and take the same time, when there is no such licence.
_SQL_LICENSE = """
    SELECT signing.id,
           (SELECT max(write_date) FROM license_signing_key),
           license.id, license.uuid, license.state, license.seq, template.license_code,
           license.license_type, license.is_owner_banned, license.date_start, license.date_expiry,
           license.date_grace_end, license.updates_until, policy.expiration_strategy,
           policy.match_mode, policy.max_domains, policy.allow_ip,
           (SELECT json_agg(json_build_array(host.name, host.registrable, host.kind,
                                             host.environment)
                            ORDER BY host.kind = 'primary' DESC, host.id)
              FROM software_license_domain host
             WHERE host.license_id = license.id),
           (SELECT json_agg(entitlement.code ORDER BY entitlement.code)
              FROM software_entitlement_software_license_rel rel
              JOIN software_entitlement entitlement ON entitlement.id = rel.software_entitlement_id
             WHERE rel.software_license_id = license.id),
           (SELECT json_agg(json_build_array(installation.instance_id, installation.host))
              FROM software_license_installation installation
             WHERE installation.license_id = license.id
               AND installation.active AND installation.public_key IS NOT NULL),
           (SELECT release.date_release
              FROM software_release release
             WHERE release.product_tmpl_id = template.id AND release.version = %(version)s
               AND release.active),
           license.key_last,
           (SELECT GREATEST(0, policy.change_quota
                               + count(*) FILTER (WHERE change.kind = 'grant')
                               - count(*) FILTER (WHERE change.is_counted))
              FROM software_license_change change
             WHERE change.license_id = license.id
               AND change.date > %(now)s - policy.change_days * interval '1 day'),
           policy.allow_first_activation
      FROM license_signing_key signing
 LEFT JOIN software_license license ON license.id = (
               SELECT id FROM software_license WHERE key_digest = %(digest)s
            UNION ALL
               SELECT id FROM software_license
                WHERE previous_key_digest = %(digest)s AND previous_key_until > %(now)s
                LIMIT 1)
 LEFT JOIN software_license_policy policy ON policy.id = license.policy_id
 LEFT JOIN product_template template ON template.id = license.product_tmpl_id
     WHERE signing.state = 'current' AND signing.active
"""

_windows = limits.SlidingWindows()


class Settings(NamedTuple):
    """What the system parameters say."""

    issuer: str
    digest_secret: str
    limit_ip: tuple
    limit_key: tuple
    limit_unknown: tuple
    limit_activate: tuple
    limit_status: tuple
    flush_seconds: int


class Call(NamedTuple):
    """A request, whoever has received it; ``read`` returns the body."""

    method: str
    ip: str
    content_type: str = ''
    content_length: int | None = None
    read: object = None
    args: dict = {}


class Answer(NamedTuple):
    """A response; ``after`` is called once it is sent, ``stream`` is a file instead of a body."""

    status: int
    body: bytes
    headers: tuple = HEADERS
    after: object = None
    stream: object = None


class Judgement(NamedTuple):
    """An answer and what it is made of."""

    answer: Answer
    body: dict
    license: verdict.License | None
    verdict: verdict.Verdict
    signer: object


class LicenseApi(models.AbstractModel):
    """The answers to programs that ask about licences; needs no session and no user."""

    _name = 'license.api'
    _description = 'Licence API'

    # === SETTINGS === #
    @api.model
    @ormcache(cache='stable')
    def _get_settings(self):
        """Return the :class:`Settings`."""
        # sudo: ir.config_parameter - whoever asks is nobody, the answers depend on parameters
        get_param = self.env['ir.config_parameter'].sudo().get_param

        def get(name):
            return get_param(f'aftercare_license_api.{name}') or DEFAULTS[name]

        issuer = get_param('aftercare_license_api.issuer') or get_param('web.base.url') or ''
        flush_seconds = get('flush_seconds')
        return Settings(
            issuer=issuer.rstrip('/'),
            digest_secret=self.env['software.license']._get_digest_secret(),
            **{name: limits.parse(get(name)) for name in DEFAULTS if name.startswith('limit_')},
            flush_seconds=int(flush_seconds) if flush_seconds.isdigit() else 10,
        )

    @api.model
    def _get_issuer(self):
        """Return the claim ``iss``: the address programs know us by, no slash at its end."""
        return self._get_settings().issuer

    # === DISPATCH === #
    @api.model
    def _serve(self, operation, call, methods=('POST',)):
        """Answer a request; never raises, except for what a second try may cure.

        :param str operation: ``validate`` calls ``_do_validate`` and so on
        :param Call call: the request
        :return: :class:`Answer`
        """
        headers = ()
        now = time.time()
        try:
            if call.method == 'OPTIONS':
                return Answer(204, b'', HEADERS + PREFLIGHT_HEADERS)
            if call.method not in methods:
                raise _make_method_error(methods)
            headers = self._check_limit(('ip', call.ip), self._get_settings().limit_ip, now)
            answer = getattr(self, f'_do_{operation}')(call, now)
        except ApiError as error:
            answer = make_refusal(error)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except psycopg2.errors.ReadOnlySqlTransaction:
            raise
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            _logger.warning("No answer about a licence, the database is away: %s", error)
            answer = make_refusal(make_maintenance_error())
        except Exception:
            # Whatever it was: programs get no page, no trace, and no verdict.
            _logger.exception("No answer about a licence")
            self.env.cr.rollback()
            answer = make_refusal(ApiError(500, 'INTERNAL', "Something went wrong here."))
        known = {name for name, _value in answer.headers}
        extra = tuple(pair for pair in headers if pair[0] not in known)
        return answer._replace(headers=answer.headers + extra)

    # === LIMITS === #
    @api.model
    def _check_limit(self, key, rules, now):
        """Count a call of this worker.

        :return: the headers that say where the caller stands
        :raises ApiError: 429
        """
        usage = _windows.hit((self.env.cr.dbname, *key), rules, now)
        if not usage:
            return ()
        if usage.is_over:
            raise _make_limit_error(usage.reset)
        return _format_usage(usage)

    @api.model
    def _check_unknown(self, ip, now):
        """Count an unknown key of a network in the database; whoever guesses is shut out."""
        self._check_shared(
            f'unknown {_get_network(ip)}', 'limit_unknown', now, UNKNOWN_BLOCK_SECONDS
        )

    @api.model
    def _check_shared(self, bucket, name, now, block_seconds=0):
        rules = getattr(self._get_settings(), name)
        for rule in rules[:1]:
            wait = self.env['license.api.counter']._hit(bucket, rule, now, block_seconds)
            if wait:
                raise _make_limit_error(wait)

    # === READING === #
    @api.model
    def _read(self, call, now):
        """Return the :class:`questions.Envelope` of a request and the digest of its key."""
        try:
            questions.check_content(call.content_type, call.content_length)
        except ApiError:
            _drain(call)
            raise
        envelope = questions.parse(call.read())
        digest = keys.digest(envelope.key, self._get_settings().digest_secret)
        return envelope, digest

    @api.model
    def _find_license(self, digest, version, now, cr=None):
        """Find a licence by the digest of its key; the one statement of the hot path.

        :param str version: what the program says it is, to find out when that was released
        :param datetime now: naive UTC
        :return: (:class:`jws.Signer`, :class:`verdict.License` or None)
        :raises ApiError: 503 when there is no key to sign with
        """
        cr = cr or self.env.cr
        cr.execute(_SQL_LICENSE, {'digest': digest, 'version': version, 'now': now})
        row = cr.fetchone()
        signer = row and self.env['license.signing.key']._get_signer(row[0], row[1])
        if not signer:
            raise make_maintenance_error()
        return signer, make_license(row[2:]) if row[2] else None

    # === VALIDATE === #
    @api.model
    def _do_validate(self, call, now):
        """Answer whether a key is good for a product and a domain; writes nothing."""
        envelope, digest = self._read(call, now)
        headers = self._check_limit(('key', digest), self._get_settings().limit_key, now)
        answer = self._judge(envelope, digest, call.ip, now).answer
        return answer._replace(headers=answer.headers + headers)

    @api.model
    def _judge(self, envelope, digest, ip, now, on_refusal=None):
        """Judge a question.

        :param on_refusal: called with the error when the first use could not be noted
        :return: :class:`Judgement`
        """
        moment = to_moment(now)
        question = envelope.question
        signer, license = self._find_license(digest, question.version, moment)
        judged = verdict.evaluate(license, question, moment)
        if judged.code == 'NOT_FOUND':
            self._check_unknown(ip, now)
        elif _needs_start(license, judged):
            signer, license = self._start_use(license, envelope, digest, ip, moment, on_refusal)
            judged = verdict.evaluate(license, question, moment)
        claims = answers.build_claims(
            license, judged, question, self._get_issuer(), envelope.nonce, int(now)
        )
        body = answers.build_body(
            license,
            judged,
            question,
            signer.sign(claims),
            # One at a time: in a few calls a program learns the current and the next key.
            signer.transitions[claims['iat'] % len(signer.transitions)]
            if signer.transitions
            else None,
            envelope.nonce,
            int(now),
        )
        after = self._check_in(license, judged, envelope, now)
        answer = Answer(200, answers.dump(body), after=after)
        return Judgement(answer, body, license, judged, signer)

    @api.model
    def _start_use(self, license, envelope, digest, ip, moment, on_refusal):
        """Start the term, or bind the domain, at the first use; happens once to a licence.

        A transaction of its own: the request itself only reads.
        """
        if self.env.cr.readonly:
            self.env.cr.rollback()
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, self.env.uid, {})
            try:
                env['software.license'].browse(license.id)._start_use(
                    envelope.question.domain, ip=ip, at=moment
                )
                env.flush_all()
            except (UserError, psycopg2.OperationalError) as error:
                # No domain is bound, and the verdict says so.
                _logger.info("Licence %s is not taken into use: %s", license.uuid, error)
                cr.rollback()
                if on_refusal:
                    on_refusal(error)
            return self._find_license(digest, envelope.question.version, moment, cr=cr)

    @api.model
    def _check_in(self, license, judged, envelope, now):
        """Note who asked, in memory. :return: what is to be called after the answer, or None"""
        if not judged.status:
            return None
        buffer = checkins.get_buffer(self.env.cr.dbname)
        question = envelope.question
        installation = (
            judged.is_product
            and question.instance
            and {
                'instance_id': question.instance,
                'fingerprint': envelope.fingerprint,
                'host': judged.host and judged.host.name,
                'version': question.version,
                'platform': envelope.platform,
            }
        )
        buffer.add(license.id, judged.code, now, installation or None)
        if not buffer.is_due(self._get_settings().flush_seconds, now):
            return None
        return functools.partial(write_checkins, self.env.registry, buffer, now)

    @api.model
    def _write_checkins(self):
        """Write what this worker has counted, at once."""
        buffer = checkins.get_buffer(self.env.cr.dbname)
        write_checkins(self.env.registry, buffer, time.time())

    # === PUBLIC FACTS === #
    @api.model
    def _do_keys(self, call, now):
        """Answer the public keys (JWKS)."""
        body = answers.dump(self.env['license.signing.key']._get_jwks())
        headers = tuple(pair for pair in HEADERS if pair[0] != 'Cache-Control')
        return Answer(200, body, headers + (('Cache-Control', 'public, max-age=3600'),))

    @api.model
    def _do_health(self, call, now):
        """Answer whether this server can answer."""
        self._find_license('', None, to_moment(now))
        return Answer(200, answers.dump({'ok': True}))

    @api.model
    def _do_openapi(self, call, now):
        """Answer the description of this API."""
        return Answer(200, answers.dump(openapi.build(self._get_issuer())))

    @api.model
    def _do_unknown(self, call, now):
        raise ApiError(404, 'NOT_FOUND', "There is nothing at this address.")


# === PARTS === #


def to_moment(now):
    """Return seconds since the epoch as naive UTC."""
    return datetime.fromtimestamp(int(now), timezone.utc).replace(tzinfo=None)


def make_license(row):
    """Return the :class:`verdict.License` of a row of the statement."""
    return verdict.License(
        id=row[0],
        uuid=row[1],
        state=row[2],
        seq=row[3],
        product=row[4],
        license_type=row[5],
        is_banned=bool(row[6]),
        starts_at=row[7],
        expiry=row[8],
        grace_end=row[9],
        updates_until=row[10],
        strategy=row[11],
        match_mode=row[12],
        max_domains=row[13],
        allow_ip=bool(row[14]),
        hosts=tuple(verdict.BoundHost(*host) for host in row[15] or ()),
        entitlements=tuple(row[16] or ()),
        installations=tuple(verdict.Installation(*each) for each in row[17] or ()),
        released_at=row[18],
        key_last=row[19] or '',
        changes_left=row[20],
        allow_first_activation=bool(row[21]),
    )


def make_maintenance_error():
    """Return the refusal of a server that can not tell."""
    return ApiError(
        503, 'MAINTENANCE', "No verdict at the moment. Please ask again.", retry_after=RETRY_AFTER
    )


def make_refusal(error):
    """Return the :class:`Answer` that refuses a verdict."""
    headers = HEADERS
    if error.retry_after:
        headers += (('Retry-After', str(error.retry_after)),)
    if error.status == 429:
        headers += _format_usage(limits.Usage(0, 0, error.retry_after, True))
    if error.status == 405:
        headers += (('Allow', ', '.join((*error.methods, 'OPTIONS'))),)
    return Answer(error.status, answers.dump(answers.build_error(error)), headers)


def write_checkins(registry, buffer, now):
    """Write the check-ins of a worker, after the answer is sent."""
    try:
        with registry.cursor() as cr:
            buffer.write(cr, now)
    except psycopg2.Error as error:
        _logger.warning("Check-ins of licences are written later: %s", error)


def _make_method_error(methods):
    error = ApiError(405, 'METHOD_NOT_ALLOWED', f"Use {' or '.join(methods)}.")
    error.methods = methods
    return error


def _make_limit_error(seconds):
    return ApiError(429, 'TOO_MANY_REQUESTS', "Please ask less often.", retry_after=max(1, seconds))


def _format_usage(usage):
    return (
        ('RateLimit-Limit', str(usage.limit)),
        ('RateLimit-Remaining', str(usage.remaining)),
        ('RateLimit-Reset', str(usage.reset)),
    )


def _needs_start(license, judged):
    """Tell whether this is the first use of a licence on a real site."""
    if not judged.is_product or not judged.host or judged.host.environment != 'production':
        return False
    if judged.code == 'NO_DOMAIN':
        return license.allow_first_activation
    return judged.code == 'VALID' and license.state == 'active' and license.starts_at is None


def _get_network(ip):
    """Return the network that counts as one caller: /24 of IPv4, /56 of IPv6."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    address = getattr(address, 'ipv4_mapped', None) or address
    prefix = 24 if address.version == 4 else 56
    return str(ipaddress.ip_network(f'{address}/{prefix}', strict=False))


def _drain(call):
    """Read what is sent in vain, so that the caller gets to see the refusal."""
    if 0 < (call.content_length or 0) <= MAX_DRAIN:
        call.read()
