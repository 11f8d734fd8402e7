"""Host names: from what people type to the one form that licences are bound to and compared by.

Pure functions, the same in every client of the verification API; the vectors in
``tests/vectors`` are the contract. No Odoo here.
"""

import functools
import ipaddress
import re
import unicodedata
from typing import NamedTuple

import idna
from publicsuffixlist import PublicSuffixList

MAX_INPUT_LENGTH = 4096
MAX_NAME_LENGTH = 253
MATCH_MODES = ('exact', 'subdomains', 'registrable')
RESERVED_SUFFIXES = frozenset(
    {
        'corp',
        'example',
        'home',
        'internal',
        'intranet',
        'invalid',
        'lan',
        'local',
        'localdomain',
        'localhost',
        'test',
    }
)
_ASCII_BLANKS = ' \t\r\n\f\v'
_LABEL = re.compile(r'[a-z0-9-]+')
_NUMERIC = re.compile(r'[0-9]+|0x[0-9a-f]*')
_SCHEME = re.compile(r'([a-z][a-z0-9+.-]*)://', re.IGNORECASE)
_STAGING_WORD = (
    '(?:dev|develop|test|testing|staging|stage|stg|uat|qa|preview|preprod|sandbox|demo|beta|local)'
)
_STAGING = re.compile(rf'{_STAGING_WORD}\d*(?:-.+)?|.+-{_STAGING_WORD}\d*')
_LOOK_ALIKE_SCRIPTS = frozenset({'CYRILLIC', 'GREEK', 'ARMENIAN', 'CHEROKEE'})
_LOOK_ALIKE_LETTERS = frozenset('аеорсухіјѕһԁԛԝӏսոօցհ')


class HostError(ValueError):
    """A text that is no host a licence can be bound to; ``code`` says why."""

    def __init__(self, code, text=''):
        super().__init__(code)
        self.code = code
        self.text = text


class Host(NamedTuple):
    """A normalised host.

    ``name`` is the A-label form (ASCII), ``display`` what people read, ``kind`` one of domain,
    reserved, ip; ``registrable`` the part somebody registered (None for the other kinds),
    ``environment`` one of production, staging, local.
    """

    name: str
    display: str
    kind: str
    registrable: str | None
    environment: str
    is_wildcard: bool


def normalize(text, *, allow_wildcard=False, allow_ip=True):
    """Return the :class:`Host` that a person or a program means.

    :param str text: a host, a host with port, or a whole http(s) address
    :param bool allow_wildcard: whether ``*.example.com`` is welcome (when binding)
    :param bool allow_ip: whether an IP address is welcome
    :raises HostError: with one of the codes EMPTY, TOO_LONG, BAD_CHARACTER, BAD_SCHEME, USERINFO,
        BAD_PORT, BAD_IPV4, BAD_IPV6, IP_NOT_ALLOWED, EMPTY_LABEL, BAD_LABEL, UNDERSCORE, BAD_IDN,
        WILDCARD_NOT_ALLOWED, SINGLE_LABEL, UNKNOWN_TLD, PUBLIC_SUFFIX
    """
    try:
        host = _normalize(text, allow_wildcard)
    except HostError as error:
        error.text = text if isinstance(text, str) else ''
        raise
    if host.kind == 'ip' and not allow_ip:
        raise HostError('IP_NOT_ALLOWED', text)
    return host


def matches(bound, presented, mode='exact'):
    """Tell whether a licence bound to one host covers another one.

    :param bound: :class:`Host` or text; may be a wildcard, which covers one level in mode exact
    :param presented: :class:`Host` or text that an installation says it runs on
    :param str mode: exact, subdomains (and all below), registrable (all of one owner)
    """
    try:
        if isinstance(bound, str):
            bound = normalize(bound, allow_wildcard=True)
        if isinstance(presented, str):
            presented = normalize(presented)
    except HostError:
        return False
    if presented.is_wildcard:
        return False
    if bound.kind != 'domain' or presented.kind != 'domain':
        return bound.name == presented.name
    if mode == 'registrable':
        return bound.registrable == presented.registrable
    if bound.is_wildcard:
        left, dot, rest = presented.name.partition('.')
        if mode == 'exact':
            return bool(left and dot) and rest == bound.name[2:]
        return presented.name.endswith(bound.name[1:])
    return presented.name == bound.name or (
        mode == 'subdomains' and presented.name.endswith('.' + bound.name)
    )


def is_confusable(host):
    """Tell whether a host may pass for another one: scripts mixed, or letters that look Latin."""
    for label in host.display.split('.'):
        letters = [character for character in label if character.isalpha()]
        scripts = {unicodedata.name(letter, '').partition(' ')[0] for letter in letters}
        if not scripts & _LOOK_ALIKE_SCRIPTS:
            continue
        if 'LATIN' in scripts or len(scripts & _LOOK_ALIKE_SCRIPTS) > 1:
            return True
        if all(letter in _LOOK_ALIKE_LETTERS for letter in letters):
            return True
    return False


def get_display(name):
    """Return the Unicode form of a normalised name."""
    return '.'.join(
        idna.ulabel(label) if label.startswith('xn--') else label for label in name.split('.')
    )


# === PARTS === #


def _normalize(text, allow_wildcard):
    name = _strip_address(text)
    if name.startswith('[') or name.count(':') > 1:
        return _parse_ipv6(name)
    name = _strip_port(name)
    is_wildcard = '*' in name
    if is_wildcard:
        if not allow_wildcard or not name.startswith('*.') or '*' in name[1:]:
            raise HostError('WILDCARD_NOT_ALLOWED')
        name = name[2:]
    labels = _split_labels(name)
    name = '.'.join(labels)
    if len(name) > MAX_NAME_LENGTH:
        raise HostError('TOO_LONG')
    if _NUMERIC.fullmatch(labels[-1]):
        host = _parse_ipv4(name)
    elif labels[-1] in RESERVED_SUFFIXES or f'.{name}'.endswith('.home.arpa'):
        host = Host(name, get_display(name), 'reserved', None, 'local', False)
    else:
        host = _build_domain(labels, strip_www=not is_wildcard)
    if not is_wildcard:
        return host
    if host.kind != 'domain':
        raise HostError('WILDCARD_NOT_ALLOWED')
    return host._replace(name=f'*.{host.name}', display=f'*.{host.display}', is_wildcard=True)


def _strip_address(text):
    """Return host and port of what may be a whole address."""
    if not isinstance(text, str):
        raise HostError('EMPTY')
    text = text.strip(_ASCII_BLANKS)
    if not text:
        raise HostError('EMPTY')
    if len(text) > MAX_INPUT_LENGTH:
        raise HostError('TOO_LONG')
    if '\\' in text or any(unicodedata.category(character) == 'Cc' for character in text):
        raise HostError('BAD_CHARACTER')
    if scheme := _SCHEME.match(text):
        if scheme[1].lower() not in ('http', 'https'):
            raise HostError('BAD_SCHEME')
        text = text[scheme.end() :]
    elif text.startswith('//'):
        text = text[2:]
    text = re.split('[/?#]', text, maxsplit=1)[0]
    if '@' in text:
        raise HostError('USERINFO')
    if '%' in text or any(character.isspace() for character in text):
        raise HostError('BAD_CHARACTER')
    if not text:
        raise HostError('EMPTY')
    return text


def _strip_port(name):
    name, colon, port = name.partition(':')
    if colon and port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise HostError('BAD_PORT')
    return name


def _parse_ipv6(name):
    if name.startswith('['):
        inside, bracket, port = name[1:].partition(']')
        if not bracket or (port and not port.startswith(':')):
            raise HostError('BAD_IPV6')
        _strip_port(port)
        name = inside
    try:
        address = ipaddress.IPv6Address(name)
    except ValueError:
        raise HostError('BAD_IPV6')
    return _build_ip(address.ipv4_mapped or address)


def _parse_ipv4(name):
    try:
        return _build_ip(ipaddress.IPv4Address(name))
    except ValueError:
        raise HostError('BAD_IPV4')


def _build_ip(address):
    environment = 'production' if address.is_global and not address.is_multicast else 'local'
    return Host(str(address), str(address), 'ip', None, environment, False)


def _split_labels(name):
    """Return the labels of a name in ASCII, each checked."""
    if not name.isascii():
        if '_' in name:
            raise HostError('UNDERSCORE')
        try:
            name = idna.uts46_remap(name, std3_rules=True, transitional=False)
        except (idna.IDNAError, IndexError):
            raise HostError('BAD_IDN')
    name = name.lower().removesuffix('.')
    labels = name.split('.')
    if not all(labels):
        raise HostError('EMPTY_LABEL')
    return [_encode_label(label) for label in labels]


def _encode_label(label):
    if '_' in label:
        raise HostError('UNDERSCORE')
    if not label.isascii() or label.startswith('xn--'):
        try:
            encoded = idna.alabel(label).decode()
            # What somebody encoded himself must be the encoding of what it stands for.
            if idna.alabel(idna.ulabel(encoded)).decode() != encoded:
                raise HostError('BAD_IDN')
        except (idna.IDNAError, UnicodeError):
            raise HostError('BAD_IDN')
        return encoded
    if not _LABEL.fullmatch(label):
        raise HostError('BAD_CHARACTER')
    if len(label) > 63 or label.startswith('-') or label.endswith('-'):
        raise HostError('BAD_LABEL')
    return label


def _build_domain(labels, strip_www):
    if len(labels) == 1:
        raise HostError('SINGLE_LABEL')
    name = '.'.join(labels)
    suffixes = _get_suffixes()
    if suffixes.publicsuffix(name) is None:
        raise HostError('UNKNOWN_TLD')
    registrable = suffixes.privatesuffix(name)
    if not registrable:
        raise HostError('PUBLIC_SUFFIX')
    while strip_www and name.startswith('www.') and name != registrable:
        name = name[4:]
    left = name[: -len(registrable)].rstrip('.')
    is_staging = any(_STAGING.fullmatch(label) for label in left.split('.') if label)
    return Host(
        name,
        get_display(name),
        'domain',
        registrable,
        'staging' if is_staging else 'production',
        False,
    )


@functools.cache
def _get_suffixes():
    """Return the public suffix list with its private section, loaded once in a worker."""
    return PublicSuffixList(accept_unknown=False)
