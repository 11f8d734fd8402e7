from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import GOOGLE, GUANGDONG, PRIVATE, SHANGHAI, RegionCommon


@tagged('post_install', '-at_install')
class TestServiceRegion(RegionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_regions()

    def _find(self, country_code, state_code=None):
        return self.Region._find_by_location(country_code, state_code)

    def test_most_specific_region_of_an_address(self):
        self.assertEqual(self.Region.find_by_ip(SHANGHAI), self.east)
        self.assertEqual(self.Region.find_by_ip(GUANGDONG), self.region_china)
        self.assertFalse(self.Region.find_by_ip(GOOGLE))

    def test_bad_addresses_have_no_region(self):
        for ip in (None, '', PRIVATE, 'x', b'\x00', '::1', 'a' * 100_000):
            self.assertFalse(self.Region.find_by_ip(ip))

    def test_state_then_country_then_several_countries(self):
        self.assertEqual(self._find('CN', 'SH'), self.east)
        self.assertEqual(self._find('CN', 'GD'), self.region_china)
        self.assertEqual(self._find('CN'), self.region_china)
        self.assertEqual(self._find('JP', '13'), self.asia)
        self.assertFalse(self._find('US', 'CA'))

    def test_parent_has_no_say_over_places_it_does_not_name(self):
        self.region_china.active = False
        self.assertEqual(self._find('CN', 'SH'), self.east)
        self.assertEqual(self._find('CN', 'GD'), self.asia)

    def test_deeper_region_comes_first(self):
        city = self.Region.create(
            {'name': "City", 'parent_id': self.east.id, 'state_ids': self.shanghai.ids}
        )
        self.assertEqual(self._find('CN', 'SH'), city)
        self.assertEqual(self._find('CN', 'JS'), self.east)

    def test_sequence_decides_among_equals(self):
        other = self.Region.create(
            {
                'name': "Other",
                'parent_id': self.region_china.id,
                'state_ids': self.shanghai.ids,
                'sequence': 5,
            }
        )
        self.assertEqual(self._find('CN', 'SH'), other)
        other.sequence = 50
        self.assertEqual(self._find('CN', 'SH'), self.east)

    def test_community_of_spain(self):
        self.assertEqual(self._find('ES', 'CT'), self.catalonia)
        self.assertEqual(self._find('ES', 'B'), self.catalonia)
        self.assertEqual(self._find('ES', 'MD'), self.region_spain)

    def test_community_spread_over_regions_belongs_to_the_country(self):
        self.catalonia.state_ids -= self.env.ref('base.state_es_t')
        self.assertEqual(self._find('ES', 'CT'), self.region_spain)

    def test_hong_kong_as_a_country_and_as_a_state_of_china(self):
        hong_kong_state = self.env.ref('base.state_cn_HK')
        self.assertEqual(self._find('CN', 'HK'), self.region_china)
        self.assertFalse(self._find('HK'))
        self.east.state_ids += hong_kong_state
        self.assertEqual(self._find('CN', 'HK'), self.east)
        self.assertEqual(self._find('HK'), self.east)
        self.assertEqual(self._find('HK', 'KLN'), self.east)
        self.east.state_ids -= hong_kong_state
        hong_kong = self.Region.create({'name': "HK", 'country_id': self.env.ref('base.hk').id})
        self.assertEqual(self._find('CN', 'HK'), hong_kong)
        self.assertEqual(self._find('HK'), hong_kong)

    def test_default_region_serves_those_whom_no_region_matches(self):
        settings = self.env['res.config.settings'].create({'region_default_id': self.asia.id})
        settings.execute()
        self.assertEqual(self.Region.find_by_ip(GOOGLE), self.asia)
        self.assertEqual(self.Region.find_by_ip(None), self.asia)
        self.assertEqual(self.Region.find_by_ip(SHANGHAI), self.east)
        self.assertFalse(self._find('US'))
        self.asia.active = False
        self.assertFalse(self.Region.find_by_ip(GOOGLE))

    def test_broken_default_is_none(self):
        for value in ('abc', '0', '999999999', '-1', '²'):
            self.env['ir.config_parameter'].set_param('aftercare_region.default_region_id', value)
            self.assertFalse(self.Region.find_by_ip(GOOGLE))

    def test_region_of_a_partner(self):
        company = self.env['res.partner'].create(
            {
                'name': "C",
                'is_company': True,
                'country_id': self.china.id,
                'state_id': self.shanghai.id,
            }
        )
        person = self.env['res.partner'].create(
            {'name': "P", 'parent_id': company.id, 'type': 'other'}
        )
        stranger = self.env['res.partner'].create({'name': "S"})
        self.assertEqual(self.Region._find_by_partner(company), self.east)
        self.assertEqual(self.Region._find_by_partner(person), self.east)
        self.assertFalse(self.Region._find_by_partner(stranger))
        self.assertFalse(self.Region._find_by_partner(self.env['res.partner']))
        self.env['ir.config_parameter'].set_param(
            'aftercare_region.default_region_id', self.asia.id
        )
        self.assertEqual(self.Region._find_by_partner(stranger), self.asia)

    def test_visitors_get_a_region(self):
        public = self.env.ref('base.public_user')
        Region = self.Region.with_user(public)
        self.assertEqual(Region.find_by_ip(SHANGHAI).id, self.east.id)
        partner = self.env['res.partner'].create({'name': "C", 'country_id': self.spain.id})
        self.assertEqual(
            Region._find_by_partner(partner.with_user(public)).id, self.region_spain.id
        )

    def test_no_query_once_warm(self):
        self.Region.find_by_ip(SHANGHAI)
        self.env.flush_all()
        with self.assertQueryCount(0):
            for ip in (SHANGHAI, GUANGDONG):
                self.Region.find_by_ip(ip)

    def test_states_must_lie_in_the_country(self):
        with self.assertRaises(ValidationError):
            self.east.state_ids += self.env.ref('base.state_es_m')

    def test_tree_has_no_cycle(self):
        with self.assertRaises(UserError):
            self.asia.parent_id = self.east

    def test_parent_with_children_cannot_be_deleted(self):
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            self.region_china.unlink()
        self.east.unlink()
        self.region_china.unlink()

    def test_tree_order_and_path(self):
        west = self.Region.create(
            {'name': "West", 'parent_id': self.region_china.id, 'sequence': 5}
        )
        regions = self.Region.search([('id', 'child_of', self.asia.id)])
        self.assertEqual(regions, self.asia + self.region_china + west + self.east)
        self.assertEqual(self.east.complete_name, "Asia / China / East")

    def test_copy_keeps_states_and_not_the_code(self):
        self.east.code = 'E'
        copy = self.east.copy()
        self.assertEqual((copy.name, copy.code), ("East (copy)", False))
        self.assertEqual(copy.state_ids, self.east.state_ids)
        self.assertEqual(self.east.copy({'name': "Own"}).name, "Own")

    def test_count_includes_sub_regions(self):
        self.env['res.partner'].create(
            [
                {'name': "A", 'country_id': self.china.id, 'state_id': self.shanghai.id},
                {'name': "B", 'country_id': self.china.id, 'state_id': self.guangdong.id},
            ]
        )
        regions = self.asia + self.region_china + self.east
        before = regions.mapped('partner_count')
        self.env['res.partner'].create(
            {'name': "C", 'country_id': self.china.id, 'state_id': self.jiangsu.id}
        )
        regions.invalidate_recordset(['partner_count'])
        with self.assertQueryCount(2):
            counts = regions.mapped('partner_count')
        self.assertEqual([new - old for new, old in zip(counts, before, strict=True)], [1, 1, 1])
        self.assertGreaterEqual(counts[1], counts[2])
        action = self.region_china.action_view_partners()
        self.assertEqual(
            self.env['res.partner'].search_count(action['domain']), self.region_china.partner_count
        )

    def test_new_region_has_no_customers(self):
        with Form(self.Region) as form:
            self.assertFalse(form.partner_count)
            form.name = "Draft"


@tagged('post_install', '-at_install')
class TestStartSet(RegionCommon):
    """The regions that come with the addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        data = cls.env['ir.model.data'].search(
            [('module', '=', 'aftercare_region'), ('model', '=', 'service.region')]
        )
        cls.regions = cls.Region.with_context(active_test=False).browse(data.mapped('res_id'))
        cls.regions = cls.regions.exists()
        cls.regions.active = True

    def _find_code(self, country_code, state_code=None):
        return self.Region._find_by_location(country_code, state_code).code

    def test_every_country_has_a_region(self):
        countries = self.env['res.country'].search([])
        known = self.env['ir.model.data'].search(
            [('module', '=', 'base'), ('model', '=', 'res.country')]
        )
        for country in countries.filtered(lambda country: country.id in known.mapped('res_id')):
            self.assertTrue(self._find_code(country.code), country.name)

    def test_no_country_is_on_two_continents(self):
        continents = self.regions.filtered(lambda r: not r.parent_id)
        self.assertEqual(len(continents), 6)
        count = sum(len(continent.country_ids) for continent in continents)
        self.assertEqual(count, len(continents.country_ids))

    def test_provinces_of_china_belong_to_the_usual_divisions(self):
        for code, provinces in (
            ('CN-EAST', 'SH JS ZJ AH FJ JX SD'),
            ('CN-NORTH', 'BJ TJ HE SX NM'),
            ('CN-NORTHEAST', 'LN JL HL'),
            ('CN-CENTRAL', 'HA HB HN'),
            ('CN-SOUTH', 'GD GX HI'),
            ('CN-SOUTHWEST', 'CQ SC GZ YN XZ'),
            ('CN-NORTHWEST', 'SN GS QH NX XJ'),
        ):
            for province in provinces.split():
                self.assertEqual(self._find_code('CN', province), code)
        for code in ('HK', 'MO', 'TW'):
            self.assertEqual(self._find_code('CN', code), code)
            self.assertEqual(self._find_code(code), code)
        self.assertEqual(self._find_code('CN'), 'CN')

    def test_all_provinces_of_spain_and_iran_have_a_region(self):
        for country in (self.spain, self.env.ref('base.ir')):
            self.assertTrue(country.state_ids)
            for state in country.state_ids:
                _region_id, how = self.Region._match(country.id, state.ids)
                self.assertEqual(how, 'state', state.name)

    def test_loading_iran_again_changes_nothing(self):
        before = self.env['res.country.state'].search_count([])
        self.Region._load_iran_regions()
        self.assertEqual(self.env['res.country.state'].search_count([]), before)

    def test_area_of_a_part_comes_before_the_continent(self):
        self.assertEqual(self._find_code('AE'), 'MIDDLE-EAST')
        self.assertEqual(self._find_code('VN'), 'SOUTHEAST-ASIA')
        self.assertEqual(self._find_code('KZ'), 'ASIA')
