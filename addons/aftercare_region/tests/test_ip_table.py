import time
from array import array

from odoo.tests import BaseCase, tagged

from ..tools import ip_table


@tagged('post_install', '-at_install')
class TestIpTable(BaseCase):
    # Well-known name servers and gateways: (address, country, province), as they are in truth.
    # Outside mainland China, and in IPv6, the table knows the country only.
    KNOWN = [
        ('114.114.114.114', 'CN', 'JS'),
        ('223.5.5.5', 'CN', 'ZJ'),
        ('202.96.134.133', 'CN', 'GD'),
        ('202.96.209.5', 'CN', 'SH'),
        ('219.141.136.10', 'CN', 'BJ'),
        ('202.106.0.20', 'CN', 'BJ'),
        ('61.139.2.69', 'CN', 'SC'),
        ('202.103.24.68', 'CN', 'HB'),
        ('61.128.128.68', 'CN', 'CQ'),
        ('221.228.255.1', 'CN', 'JS'),
        ('211.136.112.50', 'CN', 'SH'),
        ('120.196.165.24', 'CN', 'GD'),
        ('8.8.8.8', 'US', None),
        ('1.1.1.1', 'AU', None),
        ('5.160.0.1', 'IR', None),
        ('217.218.127.127', 'IR', None),
        ('80.58.61.250', 'ES', None),
        ('168.95.1.1', 'TW', None),
        ('200.221.11.100', 'BR', None),
        ('2400:3200::1', 'CN', None),
        ('240e:4c:4008::1', 'CN', None),
        ('2001:4860:4860::8888', 'US', None),
        ('2a02:9000::1', 'ES', None),
        ('10.0.0.1', None, None),
    ]

    def test_known_addresses(self):
        for ip, country, state in self.KNOWN:
            with self.subTest(ip=ip):
                self.assertEqual(ip_table.lookup(ip), (country, state))

    def test_chinese_anycast_address_registered_in_hong_kong_is_chinese(self):
        # It answers from many places; ip2region says Beijing, others Guangdong.
        self.assertEqual(ip_table.lookup('119.29.29.29')[0], 'CN')

    def test_hong_kong_macao_and_taiwan_are_countries(self):
        for ip, country in (
            ('203.80.96.10', 'HK'),
            ('202.175.3.3', 'MO'),
            ('168.95.192.1', 'TW'),
        ):
            with self.subTest(ip=ip):
                self.assertEqual(ip_table.lookup(ip), (country, None))
        places = {place for version in (4, 6) for place in ip_table.load(version).places}
        self.assertFalse(places & {('CN', 'HK'), ('CN', 'MO'), ('CN', 'TW')})

    def test_reserved_networks_are_nowhere(self):
        for ip in (
            '0.0.0.0', '10.255.255.255', '100.64.0.1', '127.0.0.1', '169.254.1.1', '172.16.0.1',
            '172.31.255.255', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.7',
            '203.0.113.9', '224.0.0.1', '255.255.255.255', '::', '::1', 'fe80::1', 'fe80::1%eth0',
            'fd00::1', 'ff02::1', '2001:db8::1',
        ):  # fmt: skip
            with self.subTest(ip=ip):
                self.assertEqual(ip_table.lookup(ip), (None, None))

    def test_mapped_address_is_the_ipv4_address(self):
        for ip in ('::ffff:202.96.209.5', '::FFFF:CA60:D105', ' 202.96.209.5\n'):
            with self.subTest(ip=ip):
                self.assertEqual(ip_table.lookup(ip), ('CN', 'SH'))

    def test_anything_else_is_unknown(self):
        for ip in (
            None, False, '', ' ', 0, 3395339525, 1.5, b'202.96.209.5', b'\xca\x60\xd1\x05', [],
            '202.96.209', '202.96.209.256', '202.96.209.5.1', '202.96.209.05', '0x8.8.8.8',
            '202.96.209.5:80', '[2400:3200::1]', '2400:3200::g', '2400:::1', '::ffff:1.2.3.4.5',
            'localhost', "'; DROP TABLE res_partner; --", '٢٠٢.٩٦.٢٠٩.٥', '8.8.8.8, 1.1.1.1',
            '1' * 10_000_000, '2400:3200::1%' + 'x' * 1000,
        ):  # fmt: skip
            with self.subTest(ip=str(ip)[:40]):
                self.assertEqual(ip_table.lookup(ip), (None, None))

    def test_every_address_falls_into_the_table(self):
        for version, last in ((4, '255.255.255.255'), (6, 'f' + 'fff:ffff' * 7 + ':ffff')):
            table = ip_table.load(version)
            self.assertEqual(table.starts[0], 0)
            self.assertEqual(list(table.starts), sorted(set(table.starts)))
            self.assertEqual(len(table.starts), len(table.indexes))
            self.assertEqual(ip_table.lookup(last), (None, None))

    def test_table_knows_all_provinces(self):
        provinces = {state for country, state in ip_table.load(4).places if country == 'CN'}
        self.assertEqual(len(provinces - {None}), 31)

    def test_files_are_small(self):
        for version in (4, 6):
            self.assertLess((ip_table.DATA / f'ipv{version}.xz').stat().st_size, 1_000_000)

    def test_table_survives_being_written_and_read(self):
        places = [(None, None), ('CN', 'SH'), ('ES', None)]
        for version, code in ((4, 'I'), (6, 'Q')):
            table = ip_table.Table(
                array(code, [0, 5, 1 << 31]), array('H', [0, 1, 2]), places, {'ip_version': version}
            )
            copy = ip_table.Table.from_bytes(table.to_bytes())
            self.assertEqual(
                (copy.starts, copy.indexes, copy.places),
                (table.starts, table.indexes, table.places),
            )

    def test_other_format_is_refused(self):
        with self.assertRaises(ValueError):
            ip_table.Table.from_bytes(b'{"format": 99}\n')

    def test_lookup_takes_less_than_50_microseconds(self):
        ip_table.lookup('202.96.209.5')
        rounds = []
        for _round in range(21):
            start = time.perf_counter()
            for _i in range(200):
                ip_table.lookup('202.96.209.5')
            rounds.append((time.perf_counter() - start) / 200)
        self.assertLess(min(rounds), 50e-6)  # the best round: other processes may be busy
