from unittest.mock import patch

from odoo.addons.aftercare_sla.models.sla_policy import Criteria
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged


@tagged('post_install', '-at_install')
class TestSlaLevel(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold, cls.silver = cls.env['res.partner.grade'].create(
            [{'name': "Gold"}, {'name': "Silver"}]
        )
        cls.company_partner, cls.stranger = cls.env['res.partner'].create(
            [{'name': "Lan Ltd", 'is_company': True}, {'name': "Stranger"}]
        )
        cls.company_partner._assign_grade(cls.gold, "Test")
        cls.buyer = cls.env['res.partner'].create(
            {'name': "Buyer", 'parent_id': cls.company_partner.id}
        )

    def _is_promised(self, partner, grades):
        policy = self.env['sla.policy'].new({'grade_ids': [Command.set(grades.ids)]})
        wanted = frozenset(policy.grade_ids._origin.ids)
        criteria = Criteria(0, self.env.company.id, (('grade_ids', wanted),) if wanted else ())
        mixin = self.env['sla.mixin']
        with patch.object(type(mixin), '_sla_get_partner', lambda _self: partner):
            return policy._is_match(criteria, mixin, {})

    def test_level_is_a_criterion(self):
        self.assertIn('grade_ids', self.env['sla.policy']._get_criteria_fields())

    def test_customers_of_the_level_are_promised(self):
        self.assertTrue(self._is_promised(self.company_partner, self.gold))
        self.assertTrue(self._is_promised(self.company_partner, self.gold | self.silver))
        self.assertTrue(self._is_promised(self.buyer, self.gold), "the level of the company")

    def test_others_are_not(self):
        self.assertFalse(self._is_promised(self.company_partner, self.silver))
        self.assertFalse(self._is_promised(self.stranger, self.gold))
        self.assertFalse(self._is_promised(self.env['res.partner'], self.gold))

    def test_without_levels_everybody_is_promised(self):
        self.assertTrue(self._is_promised(self.stranger, self.gold.browse()))

    def test_criterion_is_described(self):
        policy = self.env['sla.policy'].new({'grade_ids': [Command.set(self.gold.ids)]})
        self.assertIn("Gold", policy.criteria_text)
