import tempfile
from ipaddress import ip_address
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ..tools import ip_files
from ..tools.ip_files import Location
from .common import maxmind_record, write_mmdb, write_xdb


@tagged('post_install', '-at_install')
class TestIpFiles(BaseCase):
    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.path = str(self.folder / 'file')

    def _find(self, source, ip):
        return ip_files.open_file(source).find(ip_address(ip))

    def test_maxmind_layout(self):
        record = maxmind_record('ES', ('CT', 'Catalonia'), ('B', 'Barcelona'))
        write_mmdb(self.path, {'5.0.0.0/8': record, '2a02::/16': maxmind_record('FR')})
        file = ip_files.open_file(self.path)
        self.assertEqual((file.kind, file.ip_version, file.has_states), ('mmdb', 6, True))
        self.assertEqual(
            file.find(ip_address('5.1.1.1')),
            Location('ES', [('CT', 'Catalonia'), ('B', 'Barcelona')]),
        )
        self.assertEqual(file.find(ip_address('2a02::1')), Location('FR', []))
        self.assertIsNone(file.find(ip_address('6.1.1.1')))

    def test_maxmind_layout_without_codes(self):
        write_mmdb(self.path, {'5.0.0.0/8': maxmind_record('CN', (None, 'Shandong'))})
        self.assertEqual(self._find(self.path, '5.1.1.1'), Location('CN', [(None, 'Shandong')]))

    def test_flat_records(self):
        write_mmdb(
            self.path,
            {
                '5.0.0.0/8': {'country_code': 'IR', 'state1': 'Tehran', 'city': 'Tehran'},
                '6.0.0.0/8': {'country_code': 'US'},
                '7.0.0.0/8': {'country': 'AU', 'country_name': 'Australia'},
            },
            'city ipv4',
            ip_version=4,
        )
        file = ip_files.open_file(self.path)
        self.assertEqual((file.kind, file.ip_version), ('mmdb_flat', 4))
        self.assertEqual(file.find(ip_address('5.1.1.1')), Location('IR', [(None, 'Tehran')]))
        self.assertEqual(file.find(ip_address('6.1.1.1')), Location('US', []))
        self.assertEqual(file.find(ip_address('7.1.1.1')), Location('AU', []))
        self.assertIsNone(file.find(ip_address('2400:3200::1')))

    def test_content_instead_of_a_path(self):
        write_mmdb(self.path, {'5.0.0.0/8': maxmind_record('ES')})
        content = Path(self.path).read_bytes()
        self.assertEqual(self._find(content, '5.1.1.1'), Location('ES', []))
        write_xdb(self.path, self._segments())
        content = Path(self.path).read_bytes()
        self.assertEqual(self._find(content, '5.0.0.1'), Location('CN', [(None, '江苏省')]))

    def _segments(self):
        return [
            (ip_address('5.0.0.0'), ip_address('5.0.0.255'), '中国|0|江苏省|南京市|电信'),
            (ip_address('5.0.1.0'), ip_address('5.0.1.255'), '中国|广东省|深圳市|移动|CN'),
            (ip_address('5.0.2.0'), ip_address('5.0.2.255'), '中国|上海|上海市|联通'),
            (ip_address('5.0.3.0'), ip_address('5.0.3.255'), '中国|香港特别行政区|0|0|CN'),
            (ip_address('5.0.4.0'), ip_address('5.0.4.255'), '中国|0|台湾省|0|0'),
            (ip_address('5.0.5.0'), ip_address('5.0.5.255'), '阿联酋|0|0|0|0'),
            (ip_address('5.0.6.0'), ip_address('5.0.6.255'), 'Australia|Queensland|0|0|AU'),
            (ip_address('5.0.7.0'), ip_address('5.0.7.255'), '0|0|0|内网IP|内网IP'),
            (ip_address('5.0.8.0'), ip_address('5.0.8.255'), '0|0|Reserved|Reserved|Reserved'),
            (ip_address('5.0.9.0'), ip_address('5.0.9.255'), '中国|0|0|0|CN'),
        ]

    def test_ip2region_layouts(self):
        write_xdb(self.path, self._segments())
        file = ip_files.open_file(self.path)
        self.assertEqual((file.kind, file.ip_version), ('xdb', 4))
        for ip, location in (
            ('5.0.0.9', Location('CN', [(None, '江苏省')])),
            ('5.0.1.9', Location('CN', [(None, '广东省')])),
            ('5.0.2.9', Location('CN', [(None, '上海')])),
            ('5.0.3.9', Location('HK', [])),
            ('5.0.4.9', Location('TW', [])),
            ('5.0.5.9', Location('AE', [])),
            ('5.0.6.9', Location('AU', [(None, 'Queensland')])),
            ('5.0.7.9', None),
            ('5.0.8.9', None),
            ('5.0.9.9', Location('CN', [])),
            ('9.9.9.9', None),
            ('2400:3200::1', None),
        ):
            with self.subTest(ip=ip):
                self.assertEqual(file.find(ip_address(ip)), location)

    def test_ip2region_for_ipv6(self):
        first, last = ip_address('2400:3200::'), ip_address('2400:3200::ffff')
        write_xdb(self.path, [(first, last, '中国|浙江省|杭州市|阿里云|CN')], ip_version=6)
        file = ip_files.open_file(self.path)
        self.assertEqual(file.ip_version, 6)
        self.assertEqual(file.find(ip_address('2400:3200::1')), Location('CN', [(None, '浙江省')]))
        self.assertIsNone(file.find(ip_address('5.0.0.1')))

    def test_database_without_countries_is_refused(self):
        write_mmdb(self.path, {'5.0.0.0/8': {'autonomous_system_number': 4134}}, 'Test-ASN')
        with self.assertRaises(ip_files.IpFileError) as error:
            ip_files.open_file(self.path)
        self.assertEqual(
            (error.exception.reason, error.exception.detail), ('no_country', 'Test-ASN')
        )

    def test_other_files_are_refused(self):
        for content in (b'', b'PK\x03\x04', b'<html>404</html>' * 100, bytes(10_000)):
            Path(self.path).write_bytes(content)
            with self.assertRaises(ip_files.IpFileError) as error:
                ip_files.open_file(self.path)
            self.assertEqual(error.exception.reason, 'format')

    def test_truncated_files_are_refused(self):
        write_mmdb(self.path, {'5.0.0.0/8': maxmind_record('ES')})
        content = Path(self.path).read_bytes()
        Path(self.path).write_bytes(content[-400:])
        with self.assertRaises(ip_files.IpFileError) as error:
            ip_files.open_file(self.path)
        self.assertEqual(error.exception.reason, 'broken')
        write_xdb(self.path, self._segments())
        Path(self.path).write_bytes(Path(self.path).read_bytes()[:-20])
        with self.assertRaises(ip_files.IpFileError):
            ip_files.open_file(self.path)

    def test_missing_files_and_devices_are_refused(self):
        for path in (self.path, str(self.folder), '/dev/zero'):
            with self.assertRaises(FileNotFoundError):
                ip_files.open_file(path)
