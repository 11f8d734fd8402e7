from odoo.addons.aftercare_referral.tests.common import ReferralCommon
from odoo.tests import freeze_time, tagged


@tagged('post_install', '-at_install')
@freeze_time('2026-03-01 10:00:00')
class TestGrade(ReferralCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.levels = 1
        cls.carl.is_member = True
        cls.gold, cls.silver = cls.env['res.partner.grade'].create(
            [{'name': "Test Gold"}, {'name': "Test Silver"}]
        )
        cls.rule = cls._create_rule(grade_id=cls.gold.id, purchase_rate=25)

    def test_rate_of_the_level(self):
        self.assertEqual(self._book(1000, key='none').amount, 200.0)
        self.bob.grade_id = self.silver
        self.assertEqual(self._book(1000, key='silver').amount, 200.0)
        self.bob.grade_id = self.gold
        commission = self._book(1000, key='gold')
        self.assertEqual((commission.amount, commission.rule_id), (250.0, self.rule))
        self.carl.grade_id = self.gold
        self.bob.grade_id = self.silver
        self.assertEqual(self._book(1000, key='buyer').amount, 200.0, "not the buyer's level")

    def test_everything_else_beats_the_level(self):
        self.bob.grade_id = self.gold
        rule = self._create_rule(categ_id=self.category.id, purchase_rate=5)
        self.assertEqual(self._book(1000).rule_id, rule)
        self.assertGreater(rule.precedence, self.rule.precedence)
        both = self._create_rule(categ_id=self.category.id, grade_id=self.gold.id, purchase_rate=7)
        self.assertEqual(self._book(1000, key='both').rule_id, both)

    def test_sub_members_have_the_referrer_of_the_member(self):
        office = self.env['res.partner'].create(
            {'name': "Branch Office", 'is_member': True, 'member_parent_id': self.carl.id}
        )
        self.assertEqual(office.referrer_id, self.bob)
        self.assertEqual(office.referral_attribution_ids.origin, 'inherited')
        own = self.env['res.partner'].create({'name': "Own Way", 'is_member': True})
        self._bring(own, self.eve)
        own.member_parent_id = self.carl
        self.assertEqual(own.referrer_id, self.eve, "who has brought him stays")
        late = self.env['res.partner'].create({'name': "Late", 'is_member': True})
        late.member_parent_id = self.carl
        self.assertEqual(late.referrer_id, self.bob)
