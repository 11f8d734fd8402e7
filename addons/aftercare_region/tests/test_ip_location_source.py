import base64
import os
from ipaddress import ip_address
from pathlib import Path

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import GOOGLE, SHANGHAI, RegionCommon, maxmind_record, write_mmdb, write_xdb


@tagged('post_install', '-at_install')
class TestIpLocationSource(RegionCommon):
    def setUp(self):
        super().setUp()
        self.path = write_mmdb(
            self.folder / 'GeoLite2-City.mmdb',
            {'8.8.8.0/24': maxmind_record('ES', ('MD', 'Madrid'))},
            'GeoLite2-City',
        )

    def _read(self, path=None):
        return base64.b64encode(Path(path or self.path).read_bytes())

    def test_manager_uploads_a_file(self):
        source = self.Source.with_user(self.manager).create(
            {'file': self._read(), 'file_name': 'GeoLite2-City.mmdb'}
        )
        self.assertRecordValues(
            source,
            [
                {
                    'name': 'GeoLite2-City',
                    'state': 'ready',
                    'kind': 'mmdb',
                    'ip_version': '6',
                    'database_type': 'GeoLite2-City',
                    'has_states': True,
                    'message': False,
                }
            ],
        )
        self.assertIn('MaxMind', source.attribution)
        self.assertEqual(self.Location.locate(GOOGLE)['country_code'], 'ES')

    def test_upload_kept_in_the_database(self):
        self.env['ir.config_parameter'].set_param('ir_attachment.location', 'db')
        source = self.Source.create({'name': "Mine", 'file': self._read()})
        self.assertEqual(source.state, 'ready')
        self.assertEqual(self.Location.locate(GOOGLE)['source'], 'Mine')

    def test_administrator_names_a_path(self):
        source = self.Source.create({'path': self.path})
        self.assertEqual((source.name, source.state), ('GeoLite2-City', 'ready'))
        self.assertEqual(self.Location.locate(GOOGLE)['source'], 'GeoLite2-City')

    def test_manager_cannot_set_or_read_a_path(self):
        with self.assertRaises(AccessError):
            self.Source.with_user(self.manager).create({'name': "X", 'path': '/etc/passwd'})
        source = self.Source.create({'path': self.path})
        with self.assertRaises(AccessError):
            source.with_user(self.manager).write({'path': '/etc/passwd'})
        with self.assertRaises(AccessError):
            source.with_user(self.manager).read(['path'])
        source.with_user(self.manager).action_check()
        self.assertEqual(source.state, 'ready')

    def test_file_and_path_exclude_each_other(self):
        with self.assertRaises(ValidationError):
            self.Source.create({'path': self.path, 'file': self._read()})
        source = self.Source.create({'path': self.path})
        with self.assertRaises(ValidationError):
            source.with_user(self.manager).file = self._read()

    def test_path_must_be_absolute(self):
        with self.assertRaises(ValidationError):
            self.Source.create({'path': 'GeoLite2-City.mmdb'})

    def test_other_kinds_are_detected(self):
        flat = write_mmdb(
            self.folder / 'dbip-city.mmdb',
            {'8.8.8.0/24': {'country_code': 'US', 'state1': 'California'}},
            'city ipv4',
            ip_version=4,
        )
        xdb = write_xdb(
            self.folder / 'ip2region.xdb',
            [(ip_address('8.8.8.0'), ip_address('8.8.8.255'), '中国|0|上海|上海市|0')],
        )
        sources = self.Source.create([{'path': flat}, {'path': xdb}])
        self.assertEqual(sources.mapped('kind'), ['mmdb_flat', 'xdb'])
        self.assertEqual(sources.mapped('ip_version'), ['4', '4'])
        self.assertEqual(sources.mapped('attribution'), ["IP Geolocation by DB-IP", "ip2region"])
        self.assertIn(
            ("IP Geolocation by DB-IP", 'https://db-ip.com'), self.Location._get_attributions()
        )

    def test_xdb_answers_with_the_province(self):
        xdb = write_xdb(
            self.folder / 'ip2region.xdb',
            [(ip_address('8.8.8.0'), ip_address('8.8.8.255'), '中国|0|广西|南宁市|0')],
        )
        self.Source.create({'path': xdb})
        location = self.Location.locate(GOOGLE)
        self.assertEqual((location['country_code'], location['state_code']), ('CN', 'GX'))

    def test_broken_files_say_why_and_do_no_harm(self):
        asn = write_mmdb(
            self.folder / 'asn.mmdb', {'8.8.8.0/24': {'autonomous_system_number': 1}}, 'ASN'
        )
        (self.folder / 'page.mmdb').write_text("<html>Not found</html>")
        (self.folder / 'half.mmdb').write_bytes(Path(self.path).read_bytes()[-300:])
        for path, words in (
            (asn, "no countries"),
            (self.folder / 'page.mmdb', "Neither"),
            (self.folder / 'half.mmdb', "broken"),
            (self.folder / 'missing.mmdb', "no such file"),
            (self.folder, "no such file"),
        ):
            with self.subTest(path=path):
                source = self.Source.create({'path': str(path)})
                self.assertEqual(source.state, 'error')
                self.assertIn(words, source.message)
                self.assertEqual(self.Location.locate(SHANGHAI)['source'], 'bundled')
                source.unlink()

    def test_file_that_fails_while_reading_is_passed_over(self):
        def find(reader, address):
            raise RuntimeError("bad node")

        self.Source.create({'path': self.path})
        self.patch(type(self.Source), '_get_finders', lambda model: [('mine', find)])
        self.assertEqual(self.Location.locate(GOOGLE)['source'], 'bundled')

    def test_source_without_a_file_waits(self):
        with Form(self.Source.with_user(self.manager)) as form:
            form.name = "Later"
        source = form.record
        self.assertEqual(source.state, 'draft')
        self.assertEqual(self.Location.locate(GOOGLE)['source'], 'bundled')

    def test_new_upload_replaces_the_old_one(self):
        source = self.Source.create({'name': "Mine", 'file': self._read()})
        self.assertEqual(self.Location.locate(GOOGLE)['country_code'], 'ES')
        other = write_mmdb(self.folder / 'new.mmdb', {'8.8.8.0/24': maxmind_record('JP')})
        source.file = self._read(other)
        self.assertEqual(self.Location.locate(GOOGLE)['country_code'], 'JP')
        source.file = False
        self.assertEqual(source.state, 'draft')
        self.assertEqual(self.Location.locate(GOOGLE)['country_code'], 'US')

    def test_replaced_file_on_the_server_is_noticed(self):
        self.Source.create({'path': self.path})
        self.assertEqual(self.Location.locate(GOOGLE)['country_code'], 'ES')
        other = write_mmdb(self.folder / 'new.mmdb', {'8.8.8.0/24': maxmind_record('JP')})
        os.replace(other, self.path)
        self.assertEqual(self.Location.locate(GOOGLE)['country_code'], 'JP')

    def test_daily_check_notices_a_missing_file(self):
        source = self.Source.create({'path': self.path})
        self.assertEqual(self.Location.locate(GOOGLE)['country_code'], 'ES')
        os.unlink(self.path)
        self.assertEqual(self.Location.locate(GOOGLE)['country_code'], 'US')
        self.env.ref('aftercare_region.ir_cron_check_ip_files').ir_actions_server_id.run()
        self.assertEqual(source.state, 'error')

    def test_own_attribution_is_kept(self):
        source = self.Source.create({'path': self.path, 'attribution': "Thanks to us"})
        source.action_check()
        self.assertEqual(source.attribution, "Thanks to us")
