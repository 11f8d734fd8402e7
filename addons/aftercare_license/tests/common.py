from unittest.mock import patch

from odoo.addons.base.tests.common import BaseCommon
from odoo.tests import new_test_user


class LicenseCommon(BaseCommon):
    """Policies of each offer type, a product of each, two customers with portal users, staff."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.env = cls.env(context=dict(cls.env.context, lang='en_US'))
        cls.License = cls.env['software.license']
        cls.entitlements = cls.env['software.entitlement'].create(
            [{'name': "Test core", 'code': 'test-core'}, {'name': "Test pro", 'code': 'test-pro'}]
        )
        cls.policy_annual = cls._create_policy(
            name="Test annual",
            license_type='annual',
            term_months=12,
            grace_days=14,
            auto_renew_days=3,
        )
        cls.policy_perpetual = cls._create_policy(
            name="Test perpetual",
            license_type='perpetual',
            term_months=0,
            updates_months=12,
            expiration_strategy='maintain',
        )
        cls.policy_hosted = cls._create_policy(name="Test hosted", license_type='hosted')
        cls.policy_service = cls._create_policy(
            name="Test service", license_type='service', domain_unique=False
        )
        cls.product_annual = cls._create_product("Test SEO", cls.policy_annual, 'test-seo')
        cls.product_perpetual = cls._create_product("Test Shop", cls.policy_perpetual, 'test-shop')
        cls.product_hosted = cls._create_product("Test Cloud", cls.policy_hosted, 'test-cloud')
        cls.product_service = cls._create_product("Test Care", cls.policy_service, 'test-care')
        cls.company_customer = cls.env['res.partner'].create(
            {'name': "Lan Ltd", 'is_company': True, 'email': 'office@lan.example.com'}
        )
        cls.user_portal = new_test_user(
            cls.env,
            'license_portal',
            'base.group_portal',
            name="Lan Portal",
            email='portal@lan.example.com',
            lang='en_US',
            tz='UTC',
        )
        cls.customer = cls.user_portal.partner_id
        cls.customer.parent_id = cls.company_customer
        cls.user_other = new_test_user(
            cls.env,
            'license_other',
            'base.group_portal',
            name="Other Portal",
            email='other@example.com',
            lang='en_US',
            tz='UTC',
        )
        cls.other_customer = cls.user_other.partner_id
        cls.staff = new_test_user(
            cls.env,
            'license_staff',
            'aftercare_license.aftercare_license_group_user',
            name="Licence Staff",
            lang='en_US',
            tz='UTC',
        )
        cls.manager = new_test_user(
            cls.env,
            'license_manager',
            'aftercare_license.aftercare_license_group_manager',
            name="Licence Manager",
            lang='en_US',
            tz='UTC',
        )

    @classmethod
    def _create_policy(cls, **vals):
        return cls.env['software.license.policy'].create(
            {
                'name': "Test policy",
                'key_prefix': 'ACME',
                'entitlement_ids': [(6, 0, cls.entitlements.ids)],
                **vals,
            }
        )

    @classmethod
    def _create_product(cls, name, policy, code):
        return (
            cls.env['product.template']
            .create(
                {
                    'name': name,
                    'type': 'service',
                    'license_policy_id': policy.id,
                    'license_code': code,
                }
            )
            .product_variant_id
        )

    @classmethod
    def _create_license(
        cls, domain=None, product=None, partner=None, activate=True, at=None, **vals
    ):
        """Create a licence, issued unless told otherwise, for the portal customer."""
        license = cls.env['software.license'].create(
            {
                'partner_id': (partner or cls.customer).id,
                'product_id': (product or cls.product_annual).id,
                'domain': domain,
                **vals,
            }
        )
        if activate:
            license._activate(at=at)
        return license

    def _get_last_change(self, license):
        return self.env['software.license.change'].search(
            [('license_id', '=', license.id)], limit=1
        )

    @classmethod
    def _let_renewals_be_paid(cls):
        """Pretend that something pays automatic renewals, which another addon brings."""
        cls.startClassPatcher(
            patch.object(
                cls.env.registry['software.license'], '_has_renewal_payer', lambda license: True
            )
        )
