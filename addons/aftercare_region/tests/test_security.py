from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import RegionCommon


@tagged('post_install', '-at_install')
class TestSecurity(RegionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_regions()
        cls.source = cls.Source.create({'name': "Mine"})

    def test_staff_reads(self):
        for record in (self.east, self.source):
            self.assertTrue(record.with_user(self.staff).name)
            with self.assertRaises(AccessError):
                record.with_user(self.staff).name = "Changed"
            with self.assertRaises(AccessError):
                record.with_user(self.staff).unlink()
            with self.assertRaises(AccessError):
                record.with_user(self.staff).create({'name': "New"})

    def test_staff_uses_the_finder(self):
        finder = self.env['service.region.finder'].with_user(self.staff)
        self.assertEqual(finder.create({'ip': '202.96.209.5'}).region_id, self.east)

    def test_manager_writes(self):
        for record in (self.east, self.source):
            record = record.with_user(self.manager)
            record.name = "Changed"
            record.copy({'name': "Copy"}).unlink()
        self.Region.with_user(self.manager).create({'name': "New"})

    def test_portal_and_other_employees_get_nothing(self):
        employee = new_test_user(self.env, 'region_employee', 'base.group_user')
        for user in (self.portal, employee, self.env.ref('base.public_user')):
            for record in (self.east, self.source):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(['name'])
                with self.assertRaises(AccessError):
                    record.with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env['service.region.finder'].with_user(user).create({'ip': '8.8.8.8'})

    def test_portal_cannot_choose_a_region(self):
        with self.assertRaises(AccessError):
            self.portal.partner_id.with_user(self.portal).region_id = self.east
