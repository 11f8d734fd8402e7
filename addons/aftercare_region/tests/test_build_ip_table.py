import importlib.util
from pathlib import Path

from odoo.tests import BaseCase, tagged

SCRIPT = Path(__file__).parent.parent / 'scripts' / 'build_ip_table.py'


@tagged('post_install', '-at_install')
class TestBuildIpTable(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        spec = importlib.util.spec_from_file_location('build_ip_table', SCRIPT)
        cls.script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(cls.script)

    def test_ranges_are_cut_where_either_source_changes(self):
        merged = self.script.merge(
            [(0, 99, ('CN', '')), (200, 299, ('ES', ''))],
            [(50, 59, ('CN', 'SH')), (90, 110, ('CN', 'JS'))],
        )
        self.assertEqual(
            merged,
            [
                (0, 49, ('CN', '')),
                (50, 59, ('CN', 'SH')),
                (60, 89, ('CN', '')),
                (90, 110, ('CN', 'JS')),
                (200, 299, ('ES', '')),
            ],
        )

    def test_whois_decides_the_country(self):
        self.assertEqual(self.script.choose(('US', ''), ('CN', 'SH')), ('US', ''))
        self.assertEqual(self.script.choose(('CN', ''), ('HK', '')), ('CN', ''))
        self.assertEqual(self.script.choose(('HK', ''), ('CN', '')), ('HK', ''))

    def test_ip2region_knows_chinese_networks_registered_abroad(self):
        self.assertEqual(self.script.choose(('SG', ''), ('CN', '')), ('CN', ''))
        self.assertEqual(self.script.choose(('HK', ''), ('CN', 'GD')), ('CN', 'GD'))

    def test_reserved_networks_are_cut_out(self):
        kept = self.script.without_reserved(4, [(0x09FFFFFF, 0x0B000000, ('US', ''))])
        self.assertEqual(
            kept, [(0x09FFFFFF, 0x09FFFFFF, ('US', '')), (0x0B000000, 0x0B000000, ('US', ''))]
        )

    def test_ipv6_is_rounded_to_networks(self):
        unit = 1 << 64
        ranges = self.script.to_64(
            [
                (0, unit // 2 - 1, ('CN', '')),
                (unit // 2, unit - 1, ('US', '')),
                (unit, 3 * unit - 1, ('ES', '')),
            ]
        )
        self.assertEqual(ranges, [(0, 0, ('CN', '')), (1, 2, ('ES', ''))])

    def test_gaps_are_unknown(self):
        table = self.script.build(4, [(10, 19, ('CN', 'SH')), (20, 29, ('ES', ''))], {})
        self.assertEqual(list(table.starts), [0, 10, 20, 30])
        places = [table.places[index] for index in table.indexes]
        self.assertEqual(places, [('', ''), ('CN', 'SH'), ('ES', ''), ('', '')])
