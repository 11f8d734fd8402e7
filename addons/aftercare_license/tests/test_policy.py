from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import LicenseCommon


@tagged('post_install', '-at_install')
class TestPolicy(LicenseCommon):
    def test_policies_that_come_along(self):
        policies = self.env['software.license.policy']
        for name in ('annual', 'perpetual', 'hosted', 'open_source', 'service'):
            policies += self.env.ref(f'aftercare_license.software_license_policy_{name}')
        self.assertEqual(
            policies.mapped('license_type'),
            ['annual', 'perpetual', 'hosted', 'open_source', 'service'],
        )
        self.assertEqual(policies.mapped('has_key'), [True, True, True, True, False])

    def test_numbers_are_not_negative(self):
        for name in ('term_months', 'grace_days', 'change_quota', 'offline_quota'):
            with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
                with self.env.cr.savepoint():
                    self.policy_annual[name] = -1
                    self.policy_annual.flush_recordset()
            self.policy_annual.invalidate_recordset()

    def test_prefix_of_keys(self):
        for prefix in ('', 'a', 'ab', 'A B', 'ÄB', 'A' * 13):
            with self.subTest(prefix=prefix), self.assertRaises(ValidationError):
                self.policy_annual.key_prefix = prefix or '-'
        self.policy_annual.key_prefix = 'SHOP2'

    def test_code_of_an_entitlement(self):
        for code in ('', 'Pro', 'a b', '-a', 'é'):
            with self.subTest(code=code), self.assertRaises(ValidationError):
                self.env['software.entitlement'].create({'name': "X", 'code': code})

    def test_product_becomes_licensed(self):
        with Form(self.env['product.template']) as form:
            form.name = "Acme Shop Plus!"
            form.license_policy_id = self.policy_annual
            self.assertEqual(form.license_code, 'acme-shop-plus')
        product = form.record
        self.assertTrue(product.is_licensed)
        self.assertEqual(product.license_type, 'annual')
        self.assertIn(product, product.search([('is_licensed', '=', True)]))
        self.assertNotIn(product, product.search([('is_licensed', '=', False)]))
        second = product.copy()
        self.assertTrue(second.license_code)
        self.assertNotEqual(second.license_code, product.license_code)

    def test_code_of_a_product(self):
        for code in ('Acme', 'a b', '-a', 'a-', 'a' * 65):
            with self.subTest(code=code), self.assertRaises(ValidationError):
                self.product_annual.license_code = code
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self.product_annual.license_code = 'test-shop'
                self.product_annual.flush_recordset()

    def test_name_without_latin_letters_gets_a_code(self):
        product = self.env['product.template'].create(
            {'name': "软件", 'license_policy_id': self.policy_annual.id}
        )
        self.assertRegex(product.license_code, '^[a-z0-9-]+$')

    def test_unlicensed_product_has_no_code(self):
        product = self.env['product.template'].create({'name': "Mug"})
        self.assertFalse(product.license_code)
        self.assertFalse(product.is_licensed)

    def test_old_checkins_are_forgotten(self):
        license = self._create_license('example.com')
        Checkin = self.env['software.license.checkin']
        old, new = Checkin.create(
            [
                {'license_id': license.id, 'code': 'VALID', 'date': '2020-01-01'},
                {'license_id': license.id, 'code': 'VALID'},
            ]
        )
        Checkin._gc_checkins()
        self.assertFalse(old.exists())
        self.assertTrue(new.exists())
