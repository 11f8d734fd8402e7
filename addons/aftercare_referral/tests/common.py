from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.addons.base.tests.common import BaseCommon
from odoo.fields import Command
from odoo.tests import new_test_user


class ReferralCommon(BaseCommon):
    """A programme with the usual rates; Ann brought Bob, who brought Carl; and staff."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.env = cls.env(context=dict(cls.env.context, lang='en_US'))
        cls.company = cls._set_company()
        cls.currency = cls.company.currency_id
        cls.Commission = cls.env['referral.commission']
        cls.program = (
            cls.env['referral.program']
            .with_context(active_test=False)
            .search([('company_id', '=', cls.company.id)])
        )
        cls.program.rule_ids.active = False
        cls.program.write(
            {
                'name': "Test Programme",
                'active': True,
                'enrolment': 'automatic',
                'levels': 2,
                'purchase_rate': 20,
                'purchase_rate_2': 5,
                'renewal_rate': 10,
                'renewal_rate_2': 2,
                'signup_amount': 0,
                'cap_percent': 30,
                'hold_days': 30,
                'cookie_days': 60,
                'max_renewals': 0,
                'landing_path': '/web/login',
                'review_ip_count': 3,
                'review_refund_percent': 20,
            }
        )
        cls.user_ann = cls._create_user('referral_ann', 'base.group_portal', "Ann Adams")
        cls.user_bob = cls._create_user('referral_bob', 'base.group_portal', "Bob Brown")
        cls.user_carl = cls._create_user('referral_carl', 'base.group_portal', "Carl Clark")
        cls.user_eve = cls._create_user('referral_eve', 'base.group_portal', "Eve Evans")
        cls.ann, cls.bob, cls.carl, cls.eve = (
            cls.user_ann | cls.user_bob | cls.user_carl | cls.user_eve
        ).partner_id
        (cls.ann | cls.bob | cls.eve).is_affiliate = True
        cls._bring(cls.bob, cls.ann)
        cls._bring(cls.carl, cls.bob)
        cls.staff = cls._create_user(
            'referral_staff', 'aftercare_referral.aftercare_referral_group_user', "Referral Staff"
        )
        cls.manager = cls._create_user(
            'referral_manager',
            'aftercare_referral.aftercare_referral_group_manager,base.group_partner_manager',
            "Referral Manager",
        )
        cls.program.user_id = cls.manager
        cls.category = cls.env['product.category'].create({'name': "Test Software"})
        cls.subcategory = cls.env['product.category'].create(
            {'name': "Test Plugins", 'parent_id': cls.category.id}
        )
        cls.product_a = cls._create_product("Test Shop", categ_id=cls.subcategory.id)
        cls.product_b = cls._create_product("Test Hosting", no_commission=True)
        cls.product_c = cls._create_product("Test Theme")

    def setUp(self):
        super().setUp()
        self.startPatcher(
            patch.object(self.env.registry['ir.cron'], '_commit_progress', return_value=60)
        )

    @classmethod
    def _set_company(cls):
        """Return the company of the programme."""
        return cls.env.company

    @classmethod
    def _create_user(cls, login, groups, name):
        return new_test_user(
            cls.env,
            login,
            groups,
            name=name,
            email=f'{login}@{login.replace("_", "-")}.example.com',
            lang='en_US',
            tz='UTC',
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_product(cls, name, **vals):
        return cls.env['product.product'].create({'name': name, 'type': 'service', **vals})

    @classmethod
    def _bring(cls, customer, referrer, since='2026-01-01'):
        customer._set_referrer(referrer, 'link')
        customer.sudo().referrer_date = since

    @classmethod
    def _create_rule(cls, **vals):
        return cls.env['referral.rule'].create({'program_id': cls.program.id, **vals})

    def _book(self, *lines, key='test,1', kind='purchase', partner=None, day='2026-03-01', **vals):
        """Book a sale; a line is a base, or a dict."""
        event_lines = []
        for index, line in enumerate(lines):
            line = line if isinstance(line, dict) else {'base': line}
            event_lines.append(
                {
                    'key': str(index),
                    'product': self.product_a,
                    'quantity': 1,
                    **line,
                    'base': Decimal(str(line['base'])),
                }
            )
        return self.Commission._book_event(
            {
                'key': key,
                'kind': kind,
                'partner': partner or self.carl,
                'currency': self.currency,
                'company': self.company,
                'date': date.fromisoformat(day),
                'source': partner or self.carl,
                'reference': f'INV/{key}',
                'lines': event_lines,
                **vals,
            }
        )

    def _amounts(self, commissions):
        """Return what each level gets, in the order of the levels."""
        return [commission.amount for commission in commissions.sorted('level')]

    def _reverse(self, key='test,1', **refunded):
        """Take back; refunded are line keys with an underscore."""
        return self.Commission._reverse_event(
            key,
            {name.strip('_'): Decimal(str(amount)) for name, amount in refunded.items()} or None,
        )

    def _release(self):
        self.Commission._cron_release()
        self.env.invalidate_all()
