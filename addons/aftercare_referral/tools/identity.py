"""By what two accounts are seen to be one person, and how a name is hidden. No Odoo here."""

import ipaddress
import re

GMAIL = ('gmail.com', 'googlemail.com')


def normalize_email(text):
    """Return the mailbox an address ends in: no case, no +tag, no dots at Gmail; '' if none."""
    local, at, domain = (text or '').strip().lower().rpartition('@')
    if not at or not local or not domain:
        return ''
    local = local.split('+', 1)[0]
    if domain in GMAIL:
        local, domain = local.replace('.', ''), GMAIL[0]
    return f'{local}@{domain}' if local else ''


def normalize_number(text):
    """Return a tax, identity or account number without spaces, punctuation and case."""
    return re.sub(r'[\W_]+', '', text or '').upper()


def get_network(ip):
    """Return the network of an address that counts as near: /24, or /64 of IPv6; '' if none."""
    try:
        address = ipaddress.ip_address((ip or '').strip())
    except ValueError:
        return ''
    address = getattr(address, 'ipv4_mapped', None) or address
    if address.is_loopback:
        return ''
    return str(ipaddress.ip_network(f'{address}/{24 if address.version == 4 else 64}', False))


def mask_name(text):
    """Return a name of which only the beginning of each word can be read."""
    return ' '.join(f'{word[0]}**' for word in (text or '').split()) or '**'
