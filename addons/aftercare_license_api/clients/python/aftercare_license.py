"""Client of the Aftercare licence API: one file to put into your product.

Python 3.9 or newer and ``cryptography``; ``idna`` only for host names with other than ASCII
letters. See ../README.md for how to integrate it in ten minutes. In short::

    client = Client(issuer='https://vendor.example', product='acme-seo', keys={'2026-11': '…'},
                    host=settings.SITE_URL, key=settings.LICENSE_KEY,
                    store=Store.file('/var/lib/acme/license.json'))
    client.refresh()            # from a scheduled job, at most once an hour is plenty
    client.check().allowed      # anywhere: reads the store only, never the network

No method raises: what went wrong is in ``Result.problem``.
"""

import base64
import email.utils
import hashlib
import ipaddress
import json
import os
import platform
import re
import secrets
import tempfile
import time
import unicodedata
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import NamedTuple, Optional
from urllib.parse import urlsplit

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None
try:
    import idna
except ImportError:
    idna = None

VERSION = '1.0.0'
TIMEOUT = 5  # seconds
CLOCK_TOLERANCE = 300
DAY = 86400
RETRY_FIRST, RETRY_LAST = 300, 6 * 3600
REFUSED_DELAYS = (12 * 3600, 24 * 3600, 48 * 3600)
MAX_TOKEN, MAX_ANSWER, MAX_TRANSITIONS = 16384, 65536, 16
FILE_BEGIN, FILE_END = '-----BEGIN LICENSE FILE-----', '-----END LICENSE FILE-----'
# What is stored; the transitions are statements by which pinned keys introduce others.
EMPTY = {'question': '', 'token': '', 'sub': '', 'seq': 0, 'max_iat': 0, 'asked_at': 0}
EMPTY |= {'next_at': 0, 'failures': 0, 'refusals': 0, 'problem': '', 'instance': ''}
EMPTY |= {'transitions': []}
MESSAGES = {
    'VALID': 'The licence is valid.',
    'OFFLINE': 'Licensed by a licence file.',
    'NON_PRODUCTION': 'A development or staging site, covered by the licence.',
    'EXPIRED_GRACE': 'The licence has expired and works for a few more days. Please renew it.',
    'NO_VERDICT': 'The licence could not be verified for a long time.',
    'OFFLINE_EXPIRED': 'The licence file has run out. Please fetch a new one.',
    'CLOCK': 'The clock of this computer is wrong; the licence cannot be verified.',
    'NO_KEY': 'No licence key has been entered.',
    'NOT_CHECKED': 'The licence has not been verified yet.',
    'NOT_FOUND': 'This licence key is unknown.',
    'EXPIRED': 'The licence has expired. Please renew it.',
    'SUSPENDED': 'The licence is suspended.',
    'REVOKED': 'The licence has been withdrawn.',
    'NO_DOMAIN': 'The licence is not bound to a domain yet.',
    'DOMAIN_SCOPE_MISMATCH': 'The licence is for another domain.',
    'DOMAIN_SCOPE_INVALID': 'The address of this site cannot be licensed.',
    'INSTANCE_MISMATCH': 'The licence is in use by another installation.',
    'NO_IDN': 'This host name has other than ASCII letters: the Python package idna is needed.',
    'NO_ED25519': 'Signatures cannot be verified: the Python package cryptography is needed.',
}


@dataclass
class Result:
    """What a product may do. ``state`` is one of valid, grace, warning, restricted, unlicensed."""

    allowed: bool = False
    state: str = 'unlicensed'
    code: str = 'NOT_CHECKED'
    message: str = ''
    expiry: Optional[int] = None  # of the licence, Unix time; None: never or unknown
    updates_until: Optional[int] = None
    entitlements: list = field(default_factory=list)
    environment: Optional[str] = None
    domain: Optional[str] = None
    offline: bool = False
    problem: Optional[str] = None  # why the last call gave no verdict
    next_check: int = 0  # when refresh() asks again, Unix time


class NoVerdict(Exception):
    """Something that decides nothing; ``args[0]`` is the code that says why."""

    def __init__(self, problem, retry_after=0):
        super().__init__(problem)
        self.retry_after = retry_after


class HostError(NoVerdict, ValueError):
    """A text that is no host."""


def _stop(is_bad, problem, error=NoVerdict):
    if is_bad:
        raise error(problem)


def _reject(is_bad, code):
    _stop(is_bad, code, HostError)


# === HOSTS === #


class Host(NamedTuple):
    """``name`` is compared, ``sent`` still has its www. and goes to the server."""

    name: str
    sent: str
    kind: str  # domain, reserved, ip


RESERVED = {'corp', 'example', 'home', 'internal', 'intranet', 'invalid', 'lan', 'local'}
RESERVED |= {'localdomain', 'localhost', 'test'}


def normalize(text, allow_wildcard=False):
    """Return the :class:`Host` of a site address; same rules as the server, less the public
    suffix list (which the server looks into).

    :raises HostError: with the server's code
    """
    text = text.strip(' \t\r\n\f\v') if isinstance(text, str) else ''
    _reject(not text, 'EMPTY')
    _reject(len(text) > 4096, 'TOO_LONG')
    _reject(
        '\\' in text or any(unicodedata.category(character) == 'Cc' for character in text),
        'BAD_CHARACTER',
    )
    scheme = re.match(r'([a-z][a-z0-9+.-]*)://|//', text, re.IGNORECASE)
    if scheme:
        _reject(scheme[1] and scheme[1].lower() not in ('http', 'https'), 'BAD_SCHEME')
        text = text[scheme.end() :]
    name = re.split('[/?#]', text, maxsplit=1)[0]
    _reject('@' in name, 'USERINFO')
    _reject('%' in name or re.search(r'\s', name), 'BAD_CHARACTER')
    _reject(not name, 'EMPTY')
    if name.startswith('[') or name.count(':') > 1:
        return _normalize_ipv6(name)
    name, _colon, port = name.partition(':')
    _check_port(port)
    is_wildcard = '*' in name
    if is_wildcard:
        _reject(
            not allow_wildcard or not name.startswith('*.') or '*' in name[1:],
            'WILDCARD_NOT_ALLOWED',
        )
        name = name[2:]
    labels = _split_labels(name)
    name = sent = '.'.join(labels)
    _reject(len(name) > 253, 'TOO_LONG')
    kind = 'domain'
    if re.fullmatch('[0-9]+|0x[0-9a-f]*', labels[-1]):
        kind = 'ip'
        parts = labels if len(labels) == 4 else ['x']
        _reject(
            not all(re.fullmatch('0|[1-9][0-9]{0,2}', part) and int(part) < 256 for part in parts),
            'BAD_IPV4',
        )
    elif labels[-1] in RESERVED or f'.{name}'.endswith('.home.arpa'):
        kind = 'reserved'
    elif len(labels) == 1:
        raise HostError('SINGLE_LABEL')
    if is_wildcard:
        _reject(kind != 'domain', 'WILDCARD_NOT_ALLOWED')
        return Host(f'*.{name}', f'*.{name}', kind)
    while kind == 'domain' and name.startswith('www.') and '.' in name[4:]:
        name = name[4:]
    return Host(name, sent, kind)


def matches(bound, host, mode='exact', registrable=None):
    """Tell whether what a token is good for covers our :class:`Host`.

    :param str bound: the claim ``domain``
    :param str mode: the claim ``match_mode``
    :param str registrable: the claim ``registrable``
    """
    name = host.name
    # The server keeps the www. in front of a public suffix (www.github.io), which we cannot know.
    if bound.startswith('www.') and host.sent != name and not f'.{name}'.endswith(f'.{bound}'):
        name = f'www.{name}'
    if host.kind != 'domain' or name.startswith('*.'):
        return name == bound and not name.startswith('*.')
    if mode == 'registrable':
        return bool(registrable) and f'.{name}'.endswith(f'.{registrable}')
    if bound.startswith('*.'):
        inside = name.endswith(bound[1:])
        return inside and (mode == 'subdomains' or '.' not in name[: 1 - len(bound)])
    return name == bound or (mode == 'subdomains' and name.endswith(f'.{bound}'))


def _check_port(port):
    _reject(
        port and not (re.fullmatch('[0-9]+', port, re.ASCII) and 0 < int(port[:6]) < 65536),
        'BAD_PORT',
    )


def _normalize_ipv6(name):
    if name.startswith('['):
        name, bracket, port = name[1:].partition(']')
        _reject(not bracket or (port and not port.startswith(':')), 'BAD_IPV6')
        _check_port(port[1:])
    try:
        address = ipaddress.IPv6Address(name)
    except ValueError:
        raise HostError('BAD_IPV6') from None
    name = str(address.ipv4_mapped or address)
    return Host(name, name, 'ip')


def _split_labels(name):
    if not name.isascii():
        _reject('_' in name, 'UNDERSCORE')
        _reject(idna is None, 'NO_IDN')
        try:
            name = idna.uts46_remap(name, std3_rules=True, transitional=False)
        except (idna.IDNAError, IndexError):
            raise HostError('BAD_IDN') from None
    name = name.lower()
    labels = (name[:-1] if name.endswith('.') else name).split('.')
    _reject(not all(labels), 'EMPTY_LABEL')
    return [_encode_label(label) for label in labels]


def _encode_label(label):
    _reject('_' in label, 'UNDERSCORE')
    try:
        if not label.isascii():
            label = idna.alabel(label).decode()
        elif label.startswith('xn--'):
            # What somebody encoded himself must be the encoding of what it stands for.
            decoded = label[4:].encode().decode('punycode')
            _reject(
                decoded.isascii() or 'xn--' + decoded.encode('punycode').decode() != label,
                'BAD_IDN',
            )
            _reject(idna and idna.alabel(decoded).decode() != label, 'BAD_IDN')
    except UnicodeError:  # idna.IDNAError is one
        raise HostError('BAD_IDN') from None
    _reject(not re.fullmatch('[a-z0-9-]+', label), 'BAD_CHARACTER')
    _reject(len(label) > 63 or label.startswith('-') or label.endswith('-'), 'BAD_LABEL')
    return label


# === STORES === #


class Store:
    """Keeps one text where you like: ``get()`` returns it or None, ``set(text)`` keeps it."""

    def __init__(self, get, set):
        self.get, self.set = get, set

    @classmethod
    def memory(cls, text=None):
        """As long as the process lives; for tests."""
        box = [text]
        return cls(lambda: box[0], lambda text: box.__setitem__(0, text))

    @classmethod
    def file(cls, path):
        """In a file that only its owner reads; put it outside of the web root."""

        def get():
            try:
                with open(path, encoding='utf-8') as file:
                    return file.read()
            except FileNotFoundError:
                return None

        def set(text):
            handle, temporary = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)))
            try:
                with os.fdopen(handle, 'w', encoding='utf-8') as file:  # made with mode 0600
                    file.write(text)
                os.replace(temporary, path)
            except OSError:
                os.unlink(temporary)
                raise

        return cls(get, set)


# === CLIENT === #


class Client:
    """Knows whether this installation is licensed.

    :param str issuer: base URL of the vendor, as in the tokens
    :param str product: product code
    :param dict keys: pinned signing keys, ``{kid: x}`` (current and next)
    :param str host: configured address of the site, **never** the Host header of a request
    :param str key: licence key, empty when only a licence file is used
    :param store: object with ``get()`` and ``set(text)``
    :param str version: version of the product, for licences with an end of updates
    :param entitlements: codes the product needs
    :param str instance: id of this installation; made and kept in the store when empty
    :param transport: ``(url, headers, body, timeout) -> (status, headers, body)``, for proxies
    :param now, nonce: clock and source of nonces, for tests
    """

    def __init__(
        self,
        issuer,
        product,
        keys,
        host,
        key,
        store,
        version=None,
        entitlements=(),
        instance=None,
        transport=None,
        now=None,
        nonce=None,
    ):
        self.issuer, self.product, self.keys = issuer.rstrip('/'), product, keys
        self.host, self.key, self.store = host, (key or '').strip(), store
        self.version, self.entitlements, self.instance = version, list(entitlements), instance
        self.transport = transport or post
        self.now = now or (lambda: int(time.time()))
        self.nonce = nonce or (lambda: secrets.token_urlsafe(18))

    def check(self):
        """Return the :class:`Result` of what is stored; no network, for any request."""
        return self._answer(lambda state: None)

    def refresh(self, force=False):
        """Ask the server when it is time to, and return the :class:`Result`; for a scheduled job.

        :param bool force: ask now (the administrator clicked on "check now")
        """
        return self._answer(lambda state: self._refresh(state, force))

    def import_file(self, text):
        """Take in an offline licence file; ``problem`` of the :class:`Result` tells a refusal."""
        return self._answer(lambda state: self._import(state, text))

    def get_instance(self):
        """Return the id of this installation (a licence file may be made for it); empty when it
        cannot be stored."""
        state, _problem = self._load()
        return self._get_instance(state) if self._save(state) is None else ''

    # --- what is stored

    def _answer(self, action):
        state, problem = self._load()
        try:
            problem = action(state) or problem
            return self._evaluate(state, problem)
        except Exception as error:  # a licence check never stops the product
            code = 'DOMAIN_SCOPE_INVALID' if isinstance(error, HostError) else 'NOT_CHECKED'
            return self._refuse(state, code, _get_problem(error))

    def _load(self):
        problem, state = None, None
        try:
            state = json.loads(self.store.get() or '{}')
        except ValueError:
            pass  # damaged: start anew
        except Exception:  # the store is the integrator's code
            problem = 'STORE'
        state = state if isinstance(state, dict) else {}
        clean = dict(EMPTY, transitions=[])
        for name, default in EMPTY.items():
            if type(state.get(name)) is type(default):
                clean[name] = state[name]
        return clean, problem

    def _save(self, state):
        try:
            self.store.set(json.dumps(state))
        except Exception:  # the store is the integrator's code
            return 'STORE'

    def _get_instance(self, state):
        if not self.instance and not state['instance']:
            state['instance'] = 'i_' + secrets.token_urlsafe(16)
        return self.instance or state['instance']

    # --- what it means

    def _evaluate(self, state, problem):
        now, host = self.now(), normalize(self.host)
        is_late = now < state['max_iat'] - CLOCK_TOLERANCE
        problem = problem or ('CLOCK' if is_late else state['problem'] or None)
        if not state['token']:
            return self._refuse(state, 'NOT_CHECKED' if self.key else 'NO_KEY', problem)
        claims = self._verify(state['token'], state)
        offline = claims['code'] == 'OFFLINE'
        if not self.key and not offline:
            return self._refuse(state, 'NO_KEY', problem)
        if not claims['valid']:
            return self._refuse(state, claims['code'], problem, claims)
        if not self._covers(claims, host):
            return self._refuse(state, 'DOMAIN_SCOPE_MISMATCH', problem, claims)
        if claims.get('instance') and claims['instance'] != self._get_instance(state):
            return self._refuse(state, 'INSTANCE_MISMATCH', problem, claims)
        # A clock that is set back never makes a token last longer.
        now = max(now, state['max_iat'])
        result = self._refuse(state, claims['code'], problem, claims)
        result.state = 'grace' if result.code == 'EXPIRED_GRACE' else 'valid'
        if now >= claims['exp']:
            result.state = 'warning' if now < claims['grace_until'] else 'restricted'
            result.code = 'OFFLINE_EXPIRED' if offline else 'NO_VERDICT'
        elif is_late:
            result.state, result.code = 'warning', 'CLOCK'
        result.message = MESSAGES.get(result.code, result.message)
        result.allowed, result.offline = result.state != 'restricted', offline
        if result.allowed:
            result.entitlements = list((claims.get('license') or {}).get('entitlements') or [])
        return result

    def _refuse(self, state, code, problem, claims=None):
        """Return a result that allows nothing, with what is known of the licence."""
        reason = problem if problem in ('NO_IDN', 'NO_ED25519') else code
        license = (claims or {}).get('license') or {}
        return Result(
            code=code,
            message=MESSAGES.get(reason, f'The licence was refused ({code}).'),
            expiry=license.get('expiry'),
            updates_until=license.get('updates_until'),
            environment=(claims or {}).get('environment'),
            domain=(claims or {}).get('domain'),
            problem=problem,
            next_check=state['next_at'],
        )

    def _covers(self, claims, host):
        domain, mode = claims.get('domain'), claims.get('match_mode', 'exact')
        return isinstance(domain, str) and matches(domain, host, mode, claims.get('registrable'))

    # --- asking

    def _refresh(self, state, force):
        now, host = self.now(), normalize(self.host)
        if not self.key or now < state['max_iat'] - CLOCK_TOLERANCE:
            return None
        # Another host, key, version, or other pinned keys: what we know may not hold any more.
        question = [self.product, self.key.upper(), host.sent, self.version, self.entitlements]
        question = json.dumps([*question, sorted(self.keys)]).encode()
        question = _encode(hashlib.sha256(question).digest())
        is_new = state['question'] != question
        went_back = now < state['asked_at'] - CLOCK_TOLERANCE
        if not (force or is_new or went_back or now >= state['next_at']):
            return None
        if is_new:
            state['failures'] = state['refusals'] = 0
        state['question'], state['asked_at'] = question, now
        try:
            self._keep(state, *self._ask(state, host), now)
        except Exception as error:  # whatever it is, it is no verdict
            delay = min(RETRY_FIRST * 2 ** min(state['failures'], 16), RETRY_LAST)
            state['failures'] += 1
            state['next_at'] = now + max(delay, min(getattr(error, 'retry_after', 0), DAY))
            state['problem'] = _get_problem(error)
        return self._save(state)

    def _ask(self, state, host):
        _stop(Ed25519PublicKey is None, 'NO_ED25519')
        nonce, instance = self.nonce(), self._get_instance(state)
        scope = {'product': self.product, 'domain': host.sent}
        if self.version:
            scope['version'] = self.version
        if self.entitlements:
            scope['entitlements'] = self.entitlements
        fingerprint = _encode(hashlib.sha256(instance.encode()).digest())
        body = {
            'key': self.key,
            'scope': scope,
            'instance': {'id': instance, 'fingerprint': fingerprint},
            'nonce': nonce,
            'client': {
                'sdk': f'python/{VERSION}',
                'platform': f'python {platform.python_version()}',
            },
        }
        headers = {'Content-Type': 'application/json', 'Accept': 'application/json'}
        url = f'{self.issuer}/license/v1/validate'
        try:
            status, headers, text = self.transport(url, headers, json.dumps(body), TIMEOUT)
        except Exception as error:  # whatever the network throws is no verdict
            raise error if isinstance(error, NoVerdict) else NoVerdict('NETWORK') from None
        if status != 200:
            raise NoVerdict(f'HTTP_{status}', self._get_retry_after(headers))
        answer = _parse_object(text, 'BAD_ANSWER')
        self._learn(state, answer.get('key_transition'))
        claims = self._verify(answer.get('token'), state)
        _stop(claims.get('nonce') != nonce, 'WRONG_NONCE')
        _stop(abs(claims['iat'] - self.now()) > CLOCK_TOLERANCE, 'CLOCK')
        self._check_usable(claims, state, host)
        return answer['token'], claims

    def _import(self, state, text):
        host = normalize(self.host)
        try:
            _stop(
                not isinstance(text, str) or len(text) > MAX_ANSWER or FILE_BEGIN not in text,
                'NOT_A_FILE',
            )
            token = ''.join(text.split(FILE_BEGIN, 1)[1].split(FILE_END, 1)[0].split())
            claims = self._verify(token, state)
            _stop(claims['code'] != 'OFFLINE' or not claims['valid'], 'NOT_A_FILE')
            _stop(claims['iat'] > self.now() + CLOCK_TOLERANCE, 'CLOCK')
            self._check_usable(claims, state, host)
        except NoVerdict as error:
            return error.args[0]
        self._keep(state, token, claims, self.now())
        return self._save(state)

    def _check_usable(self, claims, state, host):
        _stop(
            claims['sub'] and claims['sub'] == state['sub'] and claims['seq'] < state['seq'],
            'OLD_SEQUENCE',
        )
        if not claims['valid']:
            return
        _stop(claims['exp'] <= self.now(), 'EXPIRED')
        _stop(not self._covers(claims, host), 'WRONG_DOMAIN')
        _stop(
            claims.get('instance') and claims['instance'] != self._get_instance(state),
            'WRONG_INSTANCE',
        )

    def _keep(self, state, token, claims, now):
        """Replace what is stored by a verdict."""
        state.update(token=token, failures=0, problem='')
        state['max_iat'] = max(state['max_iat'], claims['iat'])
        if claims['sub']:
            state['sub'], state['seq'] = claims['sub'], claims['seq']
        if claims['valid']:
            state['refusals'] = 0
            default = claims['exp'] if claims['code'] == 'OFFLINE' else claims['iat'] + DAY
            state['next_at'] = max(claims.get('refresh_after') or default, now + RETRY_FIRST)
        else:
            state['next_at'] = now + REFUSED_DELAYS[min(state['refusals'], 2)]
            state['refusals'] += 1

    def _get_retry_after(self, headers):
        value = next((v for k, v in headers.items() if k.lower() == 'retry-after'), '').strip()
        if re.fullmatch('[0-9]+', value):
            return int(value[:9])
        try:
            return max(0, int(email.utils.parsedate_to_datetime(value).timestamp()) - self.now())
        except (TypeError, ValueError, IndexError):
            return 0

    # --- signatures

    def _get_keys(self, state):
        """Return the pinned keys and those that these have introduced since."""
        keys = dict(self.keys)
        for text in state['transitions']:
            try:
                claims = self._verify_signature(text, keys, 'key-transition+jwt')
            except NoVerdict:
                continue
            if claims.get('typ') == 'key-transition' and claims.get('iss') == self.issuer:
                keys.setdefault(claims.get('kid'), claims.get('x'))
        return keys

    def _learn(self, state, transition):
        """Keep a statement that introduces a key we do not know; it is verified at each use."""
        known = state['transitions']
        if not isinstance(transition, str) or len(known) >= MAX_TRANSITIONS:
            return
        candidate = {'transitions': [*known, transition]}
        if len(self._get_keys(candidate)) > len(self._get_keys(state)):
            state.update(candidate)

    def _verify(self, token, state):
        """Return the claims of a licence token of our vendor for our product."""
        claims = self._verify_signature(token, self._get_keys(state), 'license+jwt')
        _stop(claims.get('iss') != self.issuer, 'WRONG_ISSUER')
        _stop(claims.get('aud') != self.product, 'WRONG_AUDIENCE')
        integers = all(type(claims.get(name)) is int for name in ('iat', 'exp', 'seq'))
        texts = isinstance(claims.get('code'), str) and isinstance(claims.get('valid'), bool)
        _stop(not integers or not texts, 'BAD_TOKEN')
        claims.setdefault('sub', None)
        claims.setdefault('grace_until', claims['exp'])
        return claims

    def _verify_signature(self, token, keys, kind):
        """Return the claims of a compact JWS; alg is EdDSA and nothing else."""
        parts = token.split('.') if isinstance(token, str) and len(token) <= MAX_TOKEN else []
        _stop(len(parts) != 3, 'BAD_TOKEN')
        header, payload, signature = map(_decode, parts)
        header = _parse_object(header, 'BAD_TOKEN')
        _stop(header.get('alg') != 'EdDSA', 'BAD_ALGORITHM')
        _stop(header.get('typ') != kind or 'crit' in header, 'BAD_TOKEN')
        _stop(not isinstance(header.get('kid'), str) or header['kid'] not in keys, 'UNKNOWN_KEY')
        _stop(Ed25519PublicKey is None, 'NO_ED25519')
        try:
            public = Ed25519PublicKey.from_public_bytes(_decode(keys[header['kid']]))
            public.verify(signature, f'{parts[0]}.{parts[1]}'.encode())
        except (InvalidSignature, ValueError):
            raise NoVerdict('BAD_SIGNATURE') from None
        return _parse_object(payload, 'BAD_TOKEN')


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None  # an answer elsewhere is no verdict


def post(url, headers, body, timeout):
    """Send a POST request: ``(status, headers, text)``; follows no redirect, https only."""
    parts = urlsplit(url)
    is_local = parts.hostname in ('localhost', '127.0.0.1', '::1')
    _stop(parts.scheme != 'https' and not is_local, 'NOT_HTTPS')
    request = urllib.request.Request(url, body.encode(), headers)
    deadline, chunks, size = time.monotonic() + timeout, [], 0
    try:
        answer = urllib.request.build_opener(_NoRedirect).open(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), ''
    with answer:
        for chunk in iter(lambda: answer.read1(8192), b''):
            chunks.append(chunk)
            size += len(chunk)
            if size > MAX_ANSWER or time.monotonic() > deadline:
                raise NoVerdict('NETWORK')
        return answer.status, dict(answer.headers), b''.join(chunks)


def _get_problem(error):
    return error.args[0] if isinstance(error, NoVerdict) else f'INTERNAL {type(error).__name__}'


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def _decode(text):
    """Decode base64url that has no padding and only one way to be written."""
    try:
        data = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
    except (ValueError, TypeError):
        raise NoVerdict('BAD_TOKEN') from None
    _stop(_encode(data) != text, 'BAD_TOKEN')
    return data


def _parse_object(text, problem):
    try:
        value = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise NoVerdict(problem)
    return value
