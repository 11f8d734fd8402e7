from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import GOOGLE, MADRID, PRIVATE, SHANGHAI, RegionCommon, maxmind_record, write_mmdb

NOTHING = {'country_code': None, 'state_code': None, 'source': None}


@tagged('post_install', '-at_install')
class TestIpLocation(RegionCommon):
    def _install(self, name, networks, **values):
        path = write_mmdb(self.folder / f'{name}.mmdb', networks)
        return self.Source.create({'name': name, 'path': path, **values})

    def test_bundled_table(self):
        self.assertEqual(
            self.Location.locate(SHANGHAI),
            {'country_code': 'CN', 'state_code': 'SH', 'source': 'bundled'},
        )
        self.assertEqual(
            self.Location.locate(GOOGLE),
            {'country_code': 'US', 'state_code': None, 'source': 'bundled'},
        )

    def test_unknown_addresses_raise_nothing(self):
        for ip in (None, False, '', PRIVATE, '::1', 'x', b'8.8.8.8', 8, [], '8' * 1_000_000):
            with self.subTest(ip=str(ip)[:20]):
                self.assertEqual(self.Location.locate(ip), NOTHING)

    def test_operator_file_comes_first(self):
        self._install('mine', {'202.96.209.0/24': maxmind_record('CN', ('GD', 'Guangdong'))})
        self.assertEqual(
            self.Location.locate(SHANGHAI),
            {'country_code': 'CN', 'state_code': 'GD', 'source': 'mine'},
        )

    def test_operator_files_are_asked_in_their_sequence(self):
        self._install('late', {'202.96.209.0/24': maxmind_record('ES')}, sequence=20)
        early = self._install('early', {'202.96.209.0/24': maxmind_record('JP')}, sequence=10)
        self.assertEqual(self.Location.locate(SHANGHAI)['source'], 'early')
        early.sequence = 30
        self.assertEqual(self.Location.locate(SHANGHAI)['source'], 'late')
        early.active = False
        self.assertEqual(self.Location.locate(SHANGHAI)['country_code'], 'ES')

    def test_later_source_adds_the_state(self):
        self._install('country', {'202.96.209.0/24': maxmind_record('CN')})
        self.assertEqual(
            self.Location.locate(SHANGHAI),
            {'country_code': 'CN', 'state_code': 'SH', 'source': 'country+bundled'},
        )

    def test_source_that_disagrees_adds_nothing(self):
        self._install('country', {'202.96.209.0/24': maxmind_record('JP')})
        self.assertEqual(
            self.Location.locate(SHANGHAI),
            {'country_code': 'JP', 'state_code': None, 'source': 'country'},
        )

    def test_operator_may_describe_private_networks(self):
        self._install('branches', {'10.0.0.0/24': maxmind_record('CN', ('SH', 'Shanghai'))})
        self.assertEqual(self.Location.locate(PRIVATE)['state_code'], 'SH')

    def test_mapped_address_is_asked_as_ipv4(self):
        self._install('mine', {'202.96.209.0/24': maxmind_record('ES')})
        self.assertEqual(self.Location.locate(f'::ffff:{SHANGHAI}')['country_code'], 'ES')

    def test_geoip_of_odoo_comes_last(self):
        record = maxmind_record('ES', ('MD', 'Madrid'), ('M', 'Madrid'))
        networks = {'80.58.0.0/16': record, '203.0.113.0/24': record}
        self._set_geoip_file(write_mmdb(self.folder / 'g.mmdb', networks, 'GeoLite2-City'))
        self.assertEqual(
            self.Location.locate(MADRID),
            {'country_code': 'ES', 'state_code': 'M', 'source': 'bundled+geoip'},
        )
        self.assertEqual(self.Location.locate('203.0.113.9')['source'], 'geoip')

    def test_geoip_file_of_the_wrong_type_raises_nothing(self):
        networks = {'80.58.0.0/16': {'country_code': 'ES'}}
        self._set_geoip_file(write_mmdb(self.folder / 'g.mmdb', networks, 'city ipv4'))
        self.assertEqual(self.Location.locate(MADRID)['source'], 'bundled')
        self.assertEqual(self.Location.locate(PRIVATE), NOTHING)

    def test_names_and_foreign_codes_of_states(self):
        self._install(
            'mine',
            {
                '5.1.0.0/16': maxmind_record('CN', (None, 'Inner Mongolia Autonomous Region')),
                '5.2.0.0/16': maxmind_record('ES', (None, 'Catalonia')),
                '5.3.0.0/16': maxmind_record('IR', (None, 'Tehran')),
                '5.4.0.0/16': maxmind_record('JP', ('13', 'Tokyo')),
                '5.5.0.0/16': maxmind_record('FR', ('IDF', 'Île-de-France'), ('75', 'Paris')),
                '5.6.0.0/16': maxmind_record('DE', (None, 'Bavaria')),
                '5.7.0.0/16': maxmind_record('ES', ('CT', 'Catalonia'), ('B', 'Barcelona')),
                '5.8.0.0/16': maxmind_record('MX', (None, 'Mexico City')),
                '5.9.0.0/16': maxmind_record('US', (None, 'Nowhere')),
            },
        )
        for ip, code in (
            ('5.1.0.1', 'NM'),
            ('5.2.0.1', 'CT'),
            ('5.3.0.1', '23'),
            ('5.4.0.1', '13'),
            ('5.5.0.1', '75'),
            ('5.6.0.1', 'BY'),
            ('5.7.0.1', 'B'),
            ('5.8.0.1', 'CMX'),
            ('5.9.0.1', None),
        ):
            with self.subTest(ip=ip):
                self.assertEqual(self.Location.locate(ip)['state_code'], code)

    def test_country_and_state_records(self):
        self.assertEqual(self.Location._get_country_state(SHANGHAI), (self.china, self.shanghai))
        country, state = self.Location._get_country_state(PRIVATE)
        self.assertFalse(country or state)
        country, state = self.Location._get_country_state(MADRID)
        self.assertEqual((country, state), (self.spain, self.env['res.country.state']))

    def test_community_is_no_single_state(self):
        self._install('mine', {'5.2.0.0/16': maxmind_record('ES', (None, 'Catalonia'))})
        country, state = self.Location._get_country_state('5.2.0.1')
        self.assertEqual(country, self.spain)
        self.assertFalse(state)

    def test_visitors_are_located(self):
        self._install('mine', {'202.96.209.0/24': maxmind_record('CN', ('GD', 'Guangdong'))})
        public = self.env.ref('base.public_user')
        self.assertEqual(self.Location.with_user(public).locate(SHANGHAI)['state_code'], 'GD')

    def test_no_query_once_warm(self):
        self._install('mine', {'5.2.0.0/16': maxmind_record('ES', (None, 'Catalonia'))})
        ips = [SHANGHAI, GOOGLE, PRIVATE, '5.2.0.1', '2400:3200::1']
        for ip in ips:
            self.Location.locate(ip)
        self.env.flush_all()
        with self.assertQueryCount(0):
            for ip in ips:
                self.Location.locate(ip)

    def test_credits_name_the_sources_of_the_table(self):
        texts = ' '.join(text for text, _url in self.Location._get_attributions())
        self.assertIn('NRO', texts)
        self.assertIn('ip2region', texts)

    @freeze_time('2026-05-10 12:00:00')
    def test_retention(self):
        set_param = self.env['ir.config_parameter'].set_param
        set_param('aftercare_region.ip_retention_days', '30')
        self.assertEqual(self.Location._get_retention_days(), 30)
        self.assertEqual(
            self.Location._get_retention_date(), fields.Datetime.to_datetime('2026-04-10 12:00:00')
        )
        settings = self.env['res.config.settings'].create({'ip_retention_days': 0})
        settings.execute()
        self.assertEqual(self.Location._get_retention_days(), 0)
        for value in ('0', '-5', 'a month', False):
            set_param('aftercare_region.ip_retention_days', value)
            self.assertEqual(self.Location._get_retention_days(), 0)
            self.assertFalse(self.Location._get_retention_date())
