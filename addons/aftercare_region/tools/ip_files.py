"""Readers for the IP database files an operator may install.

Plain Python without Odoo. `open_file` finds the kind from the content: MaxMind databases with
MaxMind's own layout (GeoLite2, GeoIP2, DB-IP) or with flat records (ip-location-db, IPinfo), and
ip2region files for IPv4 or IPv6. A reader maps the file into memory and may be used by several
threads at once.
"""

import datetime
import errno
import functools
import io
import itertools
import mmap
import os
from collections import namedtuple

import maxminddb
from babel import Locale
from ip2region import searcher as xdb_searcher
from ip2region import util as xdb_util

from . import divisions

# divisions: [(ISO code or None, name or None)], from the largest to the smallest
Location = namedtuple('Location', ('country_code', 'divisions'))

MMDB_MARKER = b'\xab\xcd\xefMaxMind.com'
MMDB_METADATA_SIZE = 128 * 1024  # the marker stands in the last 128 KiB
SAMPLE_SIZE = 500  # records looked at to see what a file knows


class IpFileError(Exception):
    """The file cannot be used.

    ``reason`` is 'format' (some other file), 'broken' or 'no_country'; ``detail`` has technical
    words about it.
    """

    def __init__(self, reason, detail=''):
        super().__init__(f'{reason}: {detail}')
        self.reason = reason
        self.detail = detail


def open_file(source):
    """Open a database file.

    :param source: path of the file, or its content as bytes
    :return: `MmdbFile` or `XdbFile`
    :raises IpFileError: when it is no such file, or a broken one
    :raises OSError: when it cannot be read
    """
    if not isinstance(source, bytes) and not os.path.isfile(source):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), source)
    with io.BytesIO(source) if isinstance(source, bytes) else open(source, 'rb') as stream:
        head = stream.read(xdb_util.HeaderInfoLength)
        size = stream.seek(0, io.SEEK_END)
        stream.seek(max(0, size - MMDB_METADATA_SIZE))
        is_mmdb = MMDB_MARKER in stream.read()
    if is_mmdb:
        reader = MmdbFile(source)
    elif XdbFile.is_header(head):
        reader = XdbFile(source)
    else:
        raise IpFileError('format')
    reader.size = size
    return reader


class _Content(io.BytesIO):
    name = 'content'  # maxminddb asks for it


class MmdbFile:
    """A database in MaxMind's format, whoever made it."""

    def __init__(self, source):
        try:
            if isinstance(source, bytes):
                self._reader = maxminddb.open_database(_Content(source), maxminddb.MODE_FD)
            else:
                self._reader = maxminddb.open_database(str(source))
            metadata = self._reader.metadata()
            records = [record for _network, record in itertools.islice(self._reader, SAMPLE_SIZE)]
        except (maxminddb.InvalidDatabaseError, ValueError, TypeError) as error:
            raise IpFileError('broken', str(error)) from error
        locations = [location for record in records if (location := _location_of_record(record))]
        if not locations:
            raise IpFileError('no_country', metadata.database_type)
        self.kind = 'mmdb' if any(_is_nested(record) for record in records) else 'mmdb_flat'
        self.ip_version = metadata.ip_version
        self.database_type = metadata.database_type
        self.date = datetime.datetime.fromtimestamp(metadata.build_epoch, datetime.timezone.utc)
        self.has_states = any(location.divisions for location in locations)

    def find(self, address):
        """Return the `Location` of an ``ipaddress`` object, None when unknown."""
        if address.version > self.ip_version:
            return None
        return _location_of_record(self._reader.get(address))


class XdbFile:
    """An ip2region file."""

    def __init__(self, source):
        if isinstance(source, bytes):
            content = source
        else:
            with open(source, 'rb') as stream:
                content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        header = xdb_util.Header(content[: xdb_util.HeaderInfoLength])
        version = xdb_util.version_from_header(header)
        if version is None or header.endIndexPtr + version.index_size > len(content):
            raise IpFileError('broken', "shorter than its index says")
        self._searcher = xdb_searcher.new_with_buffer(version, content)
        self.kind = 'xdb'
        self.ip_version = version.id
        self.database_type = f'ip2region {version.name}'
        self.date = datetime.datetime.fromtimestamp(header.createdAt, datetime.timezone.utc)
        self.has_states = True
        self.header = header
        self.content = content

    @staticmethod
    def is_header(head):
        """Tell whether these first bytes of a file are those of an ip2region file."""
        if len(head) < xdb_util.HeaderInfoLength:
            return False
        header = xdb_util.Header(head)
        return (
            header.version in (xdb_util.XdbStructure20, xdb_util.XdbStructure30)
            and header.indexPolicy in (1, 2)
            and xdb_util.HeaderInfoLength < header.startIndexPtr <= header.endIndexPtr
        )

    def find(self, address):
        """Return the `Location` of an ``ipaddress`` object, None when unknown."""
        if address.version != self.ip_version:
            return None
        return location_of_xdb_text(self._searcher.search(address.packed))


def _location_of_record(record):
    """Return the `Location` in a record of a MaxMind database, of any of the known layouts."""
    if not isinstance(record, dict):
        return None
    country = record.get('country')
    if _is_nested(record):
        code = country.get('iso_code')
        parts = [
            (part.get('iso_code'), _any_name(part.get('names')))
            for part in record.get('subdivisions') or ()
        ]
    else:
        code = record.get('country_code') or country
        parts = [(record.get('region_code'), record.get('region'))]
        parts += [(None, record.get(key)) for key in ('state1', 'state2')]
    if not isinstance(code, str) or len(code) != 2:
        return None
    return _without_china(code.upper(), [part for part in parts if any(part)])


def _is_nested(record):
    return isinstance(record, dict) and isinstance(record.get('country'), dict)


def _any_name(names):
    return names.get('en') or next(iter(names.values()), None) if names else None


def location_of_xdb_text(text):
    """Return the `Location` in a line of an ip2region file, None when it names no country.

    Known layouts: ``中国|0|江苏省|南京市|电信`` (until 2025), ``中国|江苏省|南京市|电信`` and
    ``中国|江苏省|南京市|电信|CN`` (2026). 0 stands for unknown.
    """
    country, *fields = text.split('|')
    code = fields[-1] if len(fields) == 4 else ''
    if len(code) != 2 or not code.isascii() or not code.isupper():
        code = ''
    code = _countries_by_name().get(country) or code
    if not code:
        return None
    province = next((field for field in fields[:2] if field not in ('', '0')), None)
    return _without_china(code, [(None, province)] if province else [])


def _without_china(code, parts):
    """Make a country of a province of China that is one in ISO 3166-1."""
    if code == 'CN' and parts:
        letters, name = parts[0]
        letters = letters or divisions.china_letters(name)
        if letters in divisions.CHINA_COUNTRIES:
            return Location(letters, [])
    return Location(code, parts)


@functools.cache
def _countries_by_name():
    """Return the codes of the countries by their Chinese and English names."""
    names = {
        name: code
        for language in ('en', 'zh')
        for code, name in Locale(language).territories.items()
        if len(code) == 2 and code not in ('EU', 'EZ', 'UN', 'ZZ', 'QO', 'XA', 'XB')
    }
    return names | divisions.COUNTRIES_ZH
