"""By what a person is recognised who registers a second time. Pure functions; no Odoo here."""

import contextlib
import ipaddress

# Mail providers that ignore dots in the local part, and what else they are called.
DOTLESS = {'gmail.com': 'gmail.com', 'googlemail.com': 'gmail.com'}


def canonical_email(email):
    """Return the mailbox behind an e-mail address: without case, tag and meaningless dots.

    >>> canonical_email('Li.Wei+shop@Googlemail.com')
    'liwei@gmail.com'
    """
    local, separator, domain = (email or '').strip().casefold().rpartition('@')
    if not separator or not local or not domain:
        return ''
    local = local.split('+', 1)[0] or local
    with contextlib.suppress(UnicodeError):
        domain = domain.rstrip('.').encode('idna').decode()
    if domain in DOTLESS:
        domain, local = DOTLESS[domain], local.replace('.', '')
    return f'{local}@{domain}'


def canonical_network(ip):
    """Return the network an address stands for: itself, or the /64 of an IPv6 address."""
    try:
        address = ipaddress.ip_address((ip or '').strip())
    except ValueError:
        return ''
    address = getattr(address, 'ipv4_mapped', None) or address
    bits = 32 if address.version == 4 else 64
    return str(ipaddress.ip_network(f'{address}/{bits}', strict=False))
