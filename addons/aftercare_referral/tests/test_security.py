from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .common import ReferralCommon

MODELS = (
    'referral.program',
    'referral.rule',
    'referral.event',
    'referral.commission',
    'referral.commission.line',
    'referral.attribution',
    'referral.visit',
    'referral.kpi',
    'referral.statement',
)


@tagged('post_install', '-at_install')
@freeze_time('2026-03-01 10:00:00')
class TestSecurity(ReferralCommon):
    def test_staff_reads_and_writes_nothing(self):
        for name in MODELS:
            model = self.env[name].with_user(self.staff)
            self.assertTrue(model.has_access('read'), name)
            for operation in ('write', 'create', 'unlink'):
                self.assertFalse(model.has_access(operation), f'{name} {operation}')

    def test_nobody_writes_commissions_by_hand(self):
        for name in ('referral.commission', 'referral.event', 'referral.attribution'):
            for operation in ('write', 'create', 'unlink'):
                self.assertFalse(self.env[name].with_user(self.manager).has_access(operation))

    def test_manager_sets_the_programme(self):
        program = self.program.with_user(self.manager)
        with Form(program) as form:
            form.hold_days = 14
        rule = Form(self.env['referral.rule'].with_user(self.manager))
        rule.partner_id = self.bob
        rule.purchase_rate = 25
        self.assertEqual(rule.save().program_id, program)
        with self.assertRaises(AccessError):
            self.program.with_user(self.staff).hold_days = 1

    def test_settings_are_those_of_the_programme(self):
        settings = self.env['res.config.settings'].create({})
        self.assertEqual(settings.referral_program_id, self.program)
        self.assertEqual(settings.referral_hold_days, 30)
        settings.write({'referral_hold_days': 14, 'referral_purchase_rate': 12.5})
        self.assertEqual((self.program.hold_days, self.program.purchase_rate), (14, 12.5))
        action = settings.action_open_referral_program()
        self.assertEqual(action['res_id'], self.program.id)

    def test_customers_read_their_own_only(self):
        commissions = self._book(1000)
        mine = commissions.filtered(lambda commission: commission.beneficiary_id == self.bob)
        found = self.Commission.with_user(self.user_bob).search([])
        self.assertEqual(found, mine)
        with self.assertRaises(AccessError):
            (commissions - mine).with_user(self.user_bob).read(['amount'])
        self.assertFalse(self.Commission.with_user(self.user_eve).search([]))
        for name in set(MODELS) - {'referral.commission', 'referral.statement'}:
            self.assertFalse(self.env[name].with_user(self.user_bob).has_access('read'), name)

    def test_customers_do_not_learn_who_bought(self):
        commission = self._book(1000).filtered(lambda c: c.level == 1).with_user(self.user_bob)
        fields = self.Commission.with_user(self.user_bob).fields_get()
        for name in ('source_partner_id', 'reference', 'reason', 'review_reason', 'rule_id'):
            self.assertNotIn(name, fields)
            with self.assertRaises(AccessError):
                commission.read([name])
        self.assertEqual(commission.customer_label, "C** C**")
        self.assertNotIn("Carl", str(commission.explanation))

    def test_explanation_for_staff_names_the_rule(self):
        rule = self._create_rule(partner_id=self.bob.id, purchase_rate=15)
        commission = self._book(1000).filtered(lambda c: c.level == 1)
        staff = str(commission.with_user(self.staff).explanation)
        for words in (rule.display_name, "1,000.00", "15.00", "150.00"):
            self.assertIn(words, staff)
        self.assertNotIn("Rule:", str(commission.with_user(self.user_bob).explanation))

    def test_other_companies(self):
        commissions = self._book(1000)
        other = self.env['res.company'].create({'name': "Other Company"})
        staff = self._create_user(
            'referral_other', 'aftercare_referral.aftercare_referral_group_user', "Other Staff"
        )
        staff.write({'company_ids': [(6, 0, other.ids)], 'company_id': other.id})
        self.assertFalse(self.Commission.with_user(staff).search([('id', 'in', commissions.ids)]))
