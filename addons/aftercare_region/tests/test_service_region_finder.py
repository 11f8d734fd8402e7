from lxml import html

from odoo.tests import Form, tagged

from .common import GOOGLE, GUANGDONG, PRIVATE, SHANGHAI, RegionCommon, maxmind_record, write_mmdb


@tagged('post_install', '-at_install')
class TestServiceRegionFinder(RegionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_regions()
        cls.Finder = cls.env['service.region.finder'].with_user(cls.staff)

    def _explain(self, **values):
        finder = self.Finder.create(values)
        return finder.region_id, ' '.join(
            html.fromstring(finder.explanation).text_content().split()
        )

    def test_steps_of_an_address(self):
        region, text = self._explain(ip=SHANGHAI)
        self.assertEqual(region, self.east)
        self.assertIn("Bundled table", text)
        self.assertIn("上海市, China", text)
        self.assertIn("Asia / China / East contains 上海市.", text)
        self.assertIn("NRO", text)

    def test_result_appears_while_typing(self):
        with Form(self.Finder) as form:
            self.assertFalse(form.explanation)
            form.ip = GUANGDONG
            self.assertEqual(form.region_id, self.region_china)
            self.assertIn("No region names 广东省", str(form.explanation))
            form.ip = '  '
            self.assertFalse(form.explanation)

    def test_what_each_source_says(self):
        path = write_mmdb(self.folder / 'mine.mmdb', {'8.8.8.0/24': maxmind_record('ES')})
        self.Source.create({'name': "Mine", 'path': path})
        region, text = self._explain(ip=GOOGLE)
        self.assertEqual(region, self.region_spain)
        self.assertIn("Mine Spain decides", text)
        self.assertIn("Bundled table United States disagrees", text)
        self.assertIn("Odoo's GeoIP database Does not know this address.", text)

    def test_source_that_adds_the_state(self):
        path = write_mmdb(self.folder / 'mine.mmdb', {'202.96.209.0/24': maxmind_record('CN')})
        self.Source.create({'name': "Mine", 'path': path})
        _region, text = self._explain(ip=SHANGHAI)
        self.assertIn("adds the state", text)

    def test_addresses_that_say_nothing(self):
        region, text = self._explain(ip='not an address')
        self.assertFalse(region)
        self.assertIn("This is not an IP address.", text)
        region, text = self._explain(ip=PRIVATE)
        self.assertFalse(region)
        self.assertIn("private or reserved", text)
        self.assertIn("None is chosen in the settings.", text)

    def test_default_region_is_named(self):
        self.env['ir.config_parameter'].set_param(
            'aftercare_region.default_region_id', self.asia.id
        )
        region, text = self._explain(ip=GOOGLE)
        self.assertEqual(region, self.asia)
        self.assertIn("No region contains United States.", text)
        self.assertIn("Asia, from the settings.", text)

    def test_text_of_the_visitor_is_escaped(self):
        finder = self.Finder.create({'ip': '<script>alert(1)</script>'})
        self.assertNotIn('<script', finder.explanation)

    def test_customer_by_address(self):
        partner = self.env['res.partner'].create(
            {'name': "C", 'country_id': self.china.id, 'state_id': self.shanghai.id}
        )
        region, text = self._explain(mode='partner', partner_id=partner.id)
        self.assertEqual(region, self.east)
        self.assertIn("Asia / China / East contains 上海市.", text)
        partner.region_id = self.region_spain
        region, text = self._explain(mode='partner', partner_id=partner.id)
        self.assertEqual(region, self.region_spain)
        self.assertIn("Spain is set on the customer", text)

    def test_customer_without_address(self):
        partner = self.env['res.partner'].create({'name': "C"})
        region, text = self._explain(mode='partner', partner_id=partner.id)
        self.assertFalse(region)
        self.assertIn("C has no country.", text)

    def test_customer_served_like_the_company(self):
        company = self.env['res.partner'].create(
            {'name': "Big Co", 'is_company': True, 'country_id': self.spain.id}
        )
        partner = self.env['res.partner'].create(
            {'name': "C", 'parent_id': company.id, 'type': 'other'}
        )
        region, text = self._explain(mode='partner', partner_id=partner.id)
        self.assertEqual(region, self.region_spain)
        self.assertIn("Served like the company Big Co.", text)

    def test_contact_of_a_company_placed_by_hand(self):
        company = self.env['res.partner'].create(
            {'name': "Big Co", 'country_id': self.china.id, 'region_id': self.region_spain.id}
        )
        partner = self.env['res.partner'].create({'name': "C", 'parent_id': company.id})
        region, text = self._explain(mode='partner', partner_id=partner.id)
        self.assertEqual(region, self.region_spain)
        self.assertIn("Served like the company Big Co.", text)

    def test_button_on_the_customer(self):
        action = self.env.user.partner_id.with_user(self.staff).action_explain_region()
        finder = Form(self.Finder.with_context(**action['context']))
        self.assertEqual(finder.partner_id, self.env.user.partner_id)
