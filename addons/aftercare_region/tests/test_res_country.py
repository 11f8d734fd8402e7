from odoo.tests import tagged

from ..tools import divisions
from .common import RegionCommon


@tagged('post_install', '-at_install')
class TestResCountry(RegionCommon):
    def _find(self, country, code=None, name=None):
        country = self.env.ref(f'base.{country}')
        State = self.env['res.country.state']
        iso_code, state_ids = State._find_division(country.id, code, name)
        return iso_code, State.browse(state_ids)

    def test_every_province_of_china_by_letters_number_and_names(self):
        self.assertEqual(len(divisions.CHINA), 34)
        for letters, (number, *names) in divisions.CHINA.items():
            state = self.env.ref(f'base.state_cn_{letters}')
            for code in (letters, letters.lower(), f'CN-{letters}', number, state.code):
                self.assertEqual(self._find('cn', code=code), (letters, state))
            for name in [*names, f'{names[-1]} Province', state.name]:
                self.assertEqual(self._find('cn', name=name), (letters, state))

    def test_chinese_provinces_with_similar_names_are_told_apart(self):
        self.assertEqual(self._find('cn', name="Shanxi")[0], 'SX')
        self.assertEqual(self._find('cn', name="Shaanxi")[0], 'SN')
        self.assertEqual(self._find('cn', name="Hebei")[0], 'HE')
        self.assertEqual(self._find('cn', name="Henan")[0], 'HA')

    def test_renamed_province_is_still_found(self):
        self.shanghai.write({'name': "Shanghai Shi", 'code': 'SHA'})
        self.assertEqual(self._find('cn', code='SH'), ('SH', self.shanghai))
        self.assertEqual(self._find('cn', name="上海市"), ('SH', self.shanghai))

    def test_communities_of_spain_cover_all_provinces(self):
        covered = self.env['res.country.state']
        for code, (names, members) in divisions.GROUPS['ES'].items():
            iso_code, states = self._find('es', code=code)
            self.assertEqual(iso_code, code)
            self.assertEqual(len(states), len(members))
            for name in names:
                self.assertTrue(self._find('es', name=name)[1] <= states, name)
            covered |= states
        self.assertEqual(covered, self.spain.state_ids)

    def test_spanish_provinces_in_both_languages(self):
        for name, code in (
            ("Álava", 'VI'),
            ("Araba", 'VI'),
            ("Alicante", 'A'),
            ("alacant", 'A'),
            ("La Coruña", 'C'),
            ("A Coruna", 'C'),
            ("Provincia de León", 'LE'),
            ("Valencia", 'V'),
            ("Biscay", 'BI'),
            ("Melilla", 'ML'),
        ):
            with self.subTest(name=name):
                self.assertEqual(self._find('es', name=name)[0], code)

    def test_provinces_of_iran_in_english_and_persian(self):
        for name in ("Tehran", "تهران", "Tehran Province"):
            self.assertEqual(self._find('ir', name=name)[0], '23')

    def test_other_countries_by_code_and_name(self):
        for country, code, name, iso_code in (
            ('jp', '13', None, '13'),
            ('jp', 'JP-27', None, '27'),
            ('us', None, "california", 'CA'),
            ('us', None, "State of New York", 'NY'),
            ('br', None, "Sao Paulo", 'SP'),
            ('mx', None, "México", 'MEX'),
            ('mx', None, "Mexico City", 'CMX'),
            ('de', None, "Lower Saxony", 'NI'),
            ('de', None, "Baden-Wurttemberg", 'BW'),
            ('co', None, "Bogota D.C.", 'DC'),
            ('us', 'XX', "Atlantis", None),
        ):
            with self.subTest(country=country, code=code, name=name):
                self.assertEqual(self._find(country, code, name)[0], iso_code)

    def test_ambiguous_loose_names_match_nothing(self):
        country = self.env['res.country'].create({'name': "Utopia", 'code': 'QQ'})
        State = self.env['res.country.state']
        State.create(
            [
                {'country_id': country.id, 'name': "North Province", 'code': '1'},
                {'country_id': country.id, 'name': "North Region", 'code': '2'},
            ]
        )
        self.assertFalse(State._find_division(country.id, name="North")[1])
        self.assertEqual(State._find_division(country.id, name="North Region")[0], '2')

    def test_new_state_is_found_at_once(self):
        country = self.env['res.country'].create({'name': "Utopia", 'code': 'QQ'})
        self.assertFalse(self.env['res.country']._find_place('QQ', 'A')[1])
        state = self.env['res.country.state'].create(
            {'country_id': country.id, 'name': "Amaurot", 'code': 'A'}
        )
        self.assertEqual(self.env['res.country']._find_place('qq', 'a'), (country, state))
        state.unlink()
        self.assertFalse(self.env['res.country']._find_place('QQ', 'A')[1])

    def test_unknown_codes_find_nothing(self):
        for country_code, state_code in ((None, None), ('', ''), ('ZZ', 'SH'), ('X' * 500, None)):
            country, states = self.env['res.country']._find_place(country_code, state_code)
            self.assertFalse(country or states)
