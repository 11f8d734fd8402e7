from odoo.addons.aftercare_agent.tests.common_records import OwnRecordsCase
from odoo.addons.aftercare_license.tests.common import LicenseCommon
from odoo.tests import HttpCase, tagged


@tagged('post_install', '-at_install')
class TestOwnCustomers(OwnRecordsCase, LicenseCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        licenses = cls._create_license('lan.example.com') | cls._create_license(
            'other.example.com', partner=cls.other_customer
        )
        for license in licenses:
            values = {'license_id': license.id}
            cls.env['software.license.installation'].create({**values, 'instance_id': 'test'})
            cls.env['software.license.checkin'].create({**values, 'code': 'VALID'})
        cls._set_up_agents(
            'aftercare_license.aftercare_license_group_user',
            cls.company_customer,
            cls.other_customer,
            {
                'software.license': 'partner_id',
                'software.license.domain': 'license_id.partner_id',
                'software.license.change': 'license_id.partner_id',
                'software.license.installation': 'license_id.partner_id',
                'software.license.checkin': 'license_id.partner_id',
            },
        )
