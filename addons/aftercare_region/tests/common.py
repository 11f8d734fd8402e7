import struct
import tempfile
from pathlib import Path

from geoip2.database import Reader
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from odoo import http
from odoo.tests import TransactionCase, new_test_user

SHANGHAI = '202.96.209.5'
GUANGDONG = '202.96.134.133'
MADRID = '80.58.61.250'
GOOGLE = '8.8.8.8'
PRIVATE = '10.0.0.1'


class RegionCommon(TransactionCase):
    """Regions of their own, no region from data, no file of the machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Region = cls.env['service.region']
        cls.Location = cls.env['ip.location']
        cls.Source = cls.env['ip.location.source']
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        # the machine that runs the tests may have GeoIP files
        cls._set_geoip_file(None)
        cls.Region.search([]).active = False
        cls.Source.search([]).active = False
        cls.env['ir.config_parameter'].set_param('aftercare_region.default_region_id', False)
        cls.staff = new_test_user(
            cls.env, 'region_staff', 'aftercare_base.aftercare_base_group_user'
        )
        cls.manager = new_test_user(
            cls.env, 'region_manager', 'aftercare_base.aftercare_base_group_manager'
        )
        cls.portal = new_test_user(cls.env, 'region_portal', 'base.group_portal')
        cls.china = cls.env.ref('base.cn')
        cls.spain = cls.env.ref('base.es')
        cls.shanghai = cls.env.ref('base.state_cn_SH')
        cls.jiangsu = cls.env.ref('base.state_cn_JS')
        cls.guangdong = cls.env.ref('base.state_cn_GD')

    @classmethod
    def _set_geoip_file(cls, path):
        """Make a file the ``geoip_city_db`` of Odoo; None for no file."""

        def open_file(application):
            return Reader(path or '/nonexistent.mmdb')

        for name in ('geoip_city_db', 'geoip_country_db'):
            cls.classPatch(http.Application, name, property(open_file))

    @classmethod
    def _create_regions(cls):
        """Asia > China > East China, and Europe > Spain > Catalonia."""
        cls.asia = cls.Region.create(
            {'name': "Asia", 'country_ids': (cls.china + cls.env.ref('base.jp')).ids}
        )
        cls.region_china = cls.Region.create(
            {'name': "China", 'parent_id': cls.asia.id, 'country_id': cls.china.id}
        )
        cls.east = cls.Region.create(
            {
                'name': "East",
                'parent_id': cls.region_china.id,
                'country_id': cls.china.id,
                'state_ids': (cls.shanghai + cls.jiangsu).ids,
            }
        )
        cls.region_spain = cls.Region.create({'name': "Spain", 'country_id': cls.spain.id})
        cls.catalonia = cls.Region.create(
            {
                'name': "Catalonia",
                'parent_id': cls.region_spain.id,
                'country_id': cls.spain.id,
                'state_ids': [
                    cls.env.ref(f'base.state_es_{code}').id for code in ('b', 'gi', 'l', 't')
                ],
            }
        )


def write_mmdb(path, networks, database_type='Test-City', ip_version=6):
    """Write a MaxMind database; ``networks`` is ``{network: record}``."""
    writer = MMDBWriter(ip_version, database_type, ipv4_compatible=ip_version == 6)
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return str(path)


def maxmind_record(country, *divisions):
    """Return a record as GeoLite2 has it; a division is ``(ISO code, English name)``."""
    return {
        'country': {'iso_code': country, 'names': {'en': country}},
        'subdivisions': [
            {'iso_code': code, 'names': {'en': name}} if code else {'names': {'en': name}}
            for code, name in divisions
        ],
    }


def write_xdb(path, segments, ip_version=4):
    """Write an ip2region file; ``segments`` is ``[(first, last, text)]``, each within a /16."""
    size = 4 if ip_version == 4 else 16
    order = 'little' if ip_version == 4 else 'big'
    texts = b''.join(text.encode() for _first, _last, text in segments)
    start = 256 + 256 * 256 * 8
    vector = bytearray(256 * 256 * 8)
    index = bytearray()
    offset = start
    first_entry = start + len(texts)
    for first, last, text in segments:
        length = len(text.encode())
        entry = first_entry + len(index)
        row = (int(first) >> (8 * (size - 2))) * 8
        if not any(vector[row : row + 8]):
            vector[row : row + 4] = struct.pack('<I', entry)
        vector[row + 4 : row + 8] = struct.pack('<I', entry)
        index += int(first).to_bytes(size, order) + int(last).to_bytes(size, order)
        index += struct.pack('<HI', length, offset)
        offset += length
    last_entry = first_entry + len(index) - (2 * size + 6)
    header = struct.pack(
        '<HHIIIHH',
        2 if ip_version == 4 else 3, 1, 1750000000, first_entry, last_entry, ip_version, 4,
    )  # fmt: skip
    Path(path).write_bytes(header.ljust(256, b'\0') + vector + texts + index)
    return str(path)
