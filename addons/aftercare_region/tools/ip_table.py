"""The IP table that comes with this addon: country everywhere, province in mainland China.

Plain Python without Odoo. `scripts/build_ip_table.py` writes the files, `data/ip_table/NOTICE`
says where the data come from.

A file is an xz stream: one line of JSON, then columns of numbers, each column cut into byte
planes (the first byte of every number, then the second, …), which compresses far better. The
columns are the distances between the first addresses of consecutive ranges (an IPv6 address
counts in /64 networks), then the index into the list of places.
"""

import functools
import ipaddress
import json
import lzma
import sys
from array import array
from bisect import bisect_right
from itertools import accumulate, pairwise
from pathlib import Path

DATA = Path(__file__).parent.parent / 'data' / 'ip_table'
FORMAT = 1
MAX_LENGTH = 64  # the longest text of an address is 45 characters, plus the name of a zone


def parse(ip):
    """Return the ``ipaddress`` object of a text, None when it is not an address.

    An IPv4 address mapped into IPv6 (``::ffff:1.2.3.4``) is returned as the IPv4 address it is.
    """
    if not isinstance(ip, str) or len(ip) > MAX_LENGTH:
        return None
    try:
        address = ipaddress.ip_address(ip.strip())
    except ValueError:
        return None
    if address.version == 6 and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def lookup(ip):
    """Return ``(country code, state code)`` of an address, None where unknown.

    :param str ip: IPv4 or IPv6 address; anything else is unknown
    """
    address = parse(ip)
    return lookup_address(address) if address else (None, None)


def lookup_address(address):
    """Like `lookup`, for an ``ipaddress`` object."""
    table = load(address.version)
    number = int(address)
    if address.version == 6:
        number >>= 64
    return table.places[table.indexes[bisect_right(table.starts, number) - 1]]


@functools.cache
def load(version):
    """Return the table of IP version 4 or 6, read once per process."""
    with lzma.open(DATA / f'ipv{version}.xz') as stream:
        return Table.from_bytes(stream.read())


class Table:
    """Sorted first addresses of ranges, and for each range the index of its place."""

    __slots__ = ('indexes', 'info', 'places', 'starts')

    def __init__(self, starts, indexes, places, info):
        self.starts = starts
        self.indexes = indexes
        self.places = places
        self.info = info

    @classmethod
    def from_bytes(cls, data):
        head, _newline, body = data.partition(b'\n')
        info = json.loads(head)
        if info['format'] != FORMAT:
            raise ValueError(f"IP table of format {info['format']}, {FORMAT} expected")
        code = 'I' if info['ip_version'] == 4 else 'Q'
        cut = info['count'] * array(code).itemsize
        steps = _join_planes(code, body[:cut])
        places = [
            tuple(place.split('-')) if '-' in place else (place or None, None)
            for place in info.pop('places')
        ]
        return cls(array(code, accumulate(steps)), _join_planes('H', body[cut:]), places, info)

    def to_bytes(self):
        info = dict(
            self.info,
            format=FORMAT,
            count=len(self.starts),
            places=['-'.join(filter(None, place)) for place in self.places],
        )
        steps = array(self.starts.typecode, self.starts[:1])
        steps.extend(b - a for a, b in pairwise(self.starts))
        head = json.dumps(info, ensure_ascii=False, sort_keys=True).encode()
        return head + b'\n' + _cut_planes(steps) + _cut_planes(self.indexes)


def _planes(size):
    """Order of the bytes of a number on this machine, least significant first."""
    return range(size) if sys.byteorder == 'little' else reversed(range(size))


def _cut_planes(numbers):
    data = numbers.tobytes()
    return b''.join(data[i :: numbers.itemsize] for i in _planes(numbers.itemsize))


def _join_planes(code, data):
    numbers = array(code)
    size = numbers.itemsize
    count = len(data) // size
    mixed = bytearray(len(data))
    for rank, i in enumerate(_planes(size)):
        mixed[i::size] = data[rank * count : (rank + 1) * count]
    numbers.frombytes(mixed)
    return numbers
