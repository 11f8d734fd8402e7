from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import ReferralCommon


@tagged('post_install', '-at_install')
@freeze_time('2026-03-01 10:00:00')
class TestBooking(ReferralCommon):
    # === THE WORKED EXAMPLES === #
    def test_example_1_two_levels(self):
        commissions = self._book(1000)
        self.assertEqual(self._amounts(commissions), [200.0, 50.0])
        self.assertEqual(commissions.sorted('level').beneficiary_id, self.bob | self.ann)
        self.assertEqual(set(commissions.mapped('state')), {'held'})
        self.assertEqual(commissions[0].hold_until, fields.Date.to_date('2026-03-31'))
        self.assertEqual(commissions.source_partner_id, self.carl)

    def test_example_3_renewal(self):
        commissions = self._book(800, kind='renewal')
        self.assertEqual(self._amounts(commissions), [80.0, 16.0])
        self.assertEqual(set(commissions.mapped('kind')), {'renewal'})

    def test_example_5_share_of_real_money(self):
        self.program.levels = 1
        commission = self._book({'base': 900, 'share': 0.9})
        self.assertEqual(commission.amount, 180.0)
        self.assertAlmostEqual(commission.share, 0.9)
        self.assertIn("90.00", commission.explanation)

    def test_example_11_rules_of_products(self):
        self.program.levels = 1
        rule = self._create_rule(
            product_tmpl_id=self.product_c.product_tmpl_id.id,
            rate_type='fixed',
            purchase_rate=12,
        )
        commissions = self._book(
            299.0,
            {'base': 49.9, 'product': self.product_b},
            {'base': 150.25, 'product': self.product_c},
        )
        self.assertEqual(sorted(commissions.mapped('amount')), [12.0, 59.8])
        self.assertAlmostEqual(sum(commissions.mapped('amount')), 71.8)
        self.assertEqual(commissions.rule_id, rule)
        self.assertNotIn(self.product_b, commissions.line_ids.product_id)

    def test_example_16_renewals_that_count(self):
        self.program.levels = 1
        self._create_rule(
            product_tmpl_id=self.product_a.product_tmpl_id.id,
            renewal_rate=10,
            max_renewals=3,
        )
        line = {'base': 100, 'subject': 'software.license,7'}
        for number in range(1, 5):
            commissions = self._book(line, key=f'renewal,{number}', kind='renewal')
            self.assertEqual(self._amounts(commissions), [10.0] if number < 4 else [])
        event = self.env['referral.event'].search([('key', '=', 'renewal,4')])
        self.assertIn("3 renewals count", event.note)
        other = self._book({**line, 'subject': 'software.license,8'}, key='r,5', kind='renewal')
        self.assertEqual(self._amounts(other), [10.0], "another licence counts for itself")

    def test_example_18_affiliate_put_out(self):
        self.bob.action_suspend_affiliate()
        self.assertFalse(self._book(1000), "and nobody moves up into his place")
        event = self.env['referral.event'].search([('key', '=', 'test,1')])
        self.assertIn("did not take part", event.note)
        self.bob.action_admit_affiliate()
        self.assertFalse(self._book(1000), "what was decided stays decided")

    # === WHO === #
    def test_second_level_needs_a_programme_of_two(self):
        self.program.levels = 1
        self.assertEqual(self._amounts(self._book(1000)), [200.0])
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self.program.levels = 3
            self.program.flush_recordset()

    def test_inactive_second_level_leaves_the_first(self):
        self.ann.is_affiliate = False
        self.assertEqual(self._amounts(self._book(1000)), [200.0])

    def test_archived_affiliate_earns_nothing(self):
        self.user_bob.active = False
        self.bob.active = False
        self.assertFalse(self._book(1000))

    def test_customer_whom_nobody_brought(self):
        self.assertFalse(self._book(1000, partner=self.eve))
        self.assertFalse(self.env['referral.event'].search([('partner_id', '=', self.eve.id)]))

    def test_paid_before_he_was_brought(self):
        self.assertFalse(self._book(1000, day='2025-12-30'))
        self.assertTrue(self._book(1000, key='x', day='2025-12-31'), "days differ by time zone")

    def test_contacts_of_a_company_buy_for_it(self):
        office = self.env['res.partner'].create({'name': "Office", 'parent_id': self.carl.id})
        commissions = self._book(1000, partner=office)
        self.assertEqual(commissions.source_partner_id, self.carl)

    def test_no_programme_no_commission(self):
        self.program.active = False
        self.assertFalse(self._book(1000))

    # === RULES === #
    def test_precedence(self):
        template = self.product_a.product_tmpl_id
        rules = [
            self._create_rule(categ_id=self.category.id, purchase_rate=11),
            self._create_rule(categ_id=self.subcategory.id, purchase_rate=12),
            self._create_rule(product_tmpl_id=template.id, purchase_rate=13),
            self._create_rule(partner_id=self.bob.id, purchase_rate=14),
            self._create_rule(
                partner_id=self.bob.id, product_tmpl_id=template.id, purchase_rate=15
            ),
        ]
        self.program.levels = 1
        for index, expected in enumerate((150.0, 140.0, 130.0, 120.0, 110.0, 200.0)):
            with self.subTest(expected=expected):
                self.assertEqual(self._amounts(self._book(1000, key=f'k,{index}')), [expected])
            if rules:
                rules.pop().active = False
        precedences = (
            self.env['referral.rule']
            .with_context(active_test=False)
            .search(
                [('program_id', '=', self.program.id), ('purchase_rate', '>=', 11)],
                order='purchase_rate',
            )
        )
        numbers = precedences.filtered(lambda r: r.purchase_rate <= 15).mapped('precedence')
        self.assertEqual(numbers, sorted(numbers))

    def test_flag_of_the_product_always_wins(self):
        self._create_rule(
            product_tmpl_id=self.product_b.product_tmpl_id.id,
            partner_id=self.bob.id,
            purchase_rate=50,
        )
        self.assertFalse(self._book({'base': 1000, 'product': self.product_b}))

    def test_change_of_a_rule_changes_no_old_commission(self):
        rule = self._create_rule(partner_id=self.bob.id, purchase_rate=15)
        commission = self._book(1000).filtered(lambda c: c.level == 1)
        before = (commission.amount, commission.rate, commission.rule_name)
        self.assertEqual(before[:2], (150.0, 15.0))
        rule.purchase_rate = 1
        self.program.purchase_rate = 2
        commission.invalidate_recordset()
        self.assertEqual((commission.amount, commission.rate, commission.rule_name), before)
        self.assertIn(commission, self._book(1000))
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            rule.unlink()

    def test_rules_that_make_no_sense(self):
        with self.assertRaises(ValidationError):
            self._create_rule(purchase_rate=5)
        self._create_rule(partner_id=self.bob.id, purchase_rate=15)
        with self.assertRaises(ValidationError):
            self._create_rule(partner_id=self.bob.id, purchase_rate=16)
        for vals in ({'purchase_rate': -1}, {'renewal_rate': 101}, {'max_renewals': -1}):
            with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
                self._create_rule(partner_id=self.ann.id, **vals)
        with self.assertRaises(ValidationError):
            self.program.landing_path = 'https://evil.example.com'

    # === HOW MUCH === #
    def test_cap(self):
        self.program.write({'purchase_rate': 28})
        commissions = self._book(1000).sorted('level')
        self.assertEqual(commissions.mapped('amount'), [280.0, 20.0])
        self.assertEqual(commissions.mapped('uncapped_amount'), [280.0, 50.0])
        self.assertIn("30.00", commissions[1].explanation)

    def test_currency_of_the_sale(self):
        euro = (
            self.env['res.currency']
            .with_context(active_test=False)
            .search([('name', '=', 'EUR' if self.currency.name != 'EUR' else 'USD')])
        )
        euro.active = True
        euro.rate_ids.filtered(lambda rate: rate.company_id == self.company).unlink()
        self.env['res.currency.rate'].create(
            [
                {'currency_id': euro.id, 'name': day, 'rate': rate, 'company_id': self.company.id}
                for day, rate in (('2026-02-20', 0.8), ('2026-03-05', 0.5))
            ]
        )
        commission = self._book(1000.0, currency=euro).filtered(lambda c: c.level == 1)
        self.assertEqual((commission.source_amount, commission.amount), (200.0, 250.0))
        self.assertEqual(commission.currency_id, self.currency)
        self.assertAlmostEqual(commission.fx_rate, 1.25)
        with freeze_time('2026-03-10'):
            self._reverse(_0=500)
            self.assertEqual(commission.amount, 125.0, "at the rate of the payment")
            self._reverse(_0=1000)
        self.assertEqual((commission.amount, commission.state), (0.0, 'void'))

    def test_lines_of_one_rule_make_one_commission(self):
        commissions = self._book(100.01, 200.02, 300.03)
        self.assertEqual(self._amounts(commissions), [120.01, 30.0])
        self.assertEqual(len(commissions[0].line_ids), 3)

    def test_purchase_and_renewal_in_one_invoice(self):
        self.program.levels = 1
        commissions = self._book(1000, {'base': 800, 'kind': 'renewal'})
        amounts = {commission.kind: commission.amount for commission in commissions}
        self.assertEqual(amounts, {'purchase': 200.0, 'renewal': 80.0})

    def test_hold_of_no_days(self):
        self.program.hold_days = 0
        self.assertEqual(set(self._book(1000).mapped('state')), {'due'})

    # === ONCE === #
    def test_the_same_sale_again(self):
        first = self._book(1000)
        self.assertEqual(self._book(1000), first)
        self.assertEqual(self._book(5000), first)
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self.Commission.create(
                {
                    'company_id': self.company.id,
                    'beneficiary_id': self.bob.id,
                    'level': 1,
                    'kind': 'purchase',
                    'source_key': 'test,1',
                    'currency_id': self.currency.id,
                    'source_currency_id': self.currency.id,
                }
            )
        again = {
            'key': 'test,1',
            'kind': 'purchase',
            'date': fields.Date.to_date('2026-03-01'),
            'company_id': self.company.id,
            'partner_id': self.carl.id,
            'currency_id': self.currency.id,
        }
        self.assertFalse(self.env['referral.event']._add(again))

    def test_queries_do_not_grow_with_the_lines(self):
        self._book(1, key='warm')
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(120):
            self._book(*([10] * 40), key='many')

    # === REGISTRATIONS === #
    def test_registration_pays_when_agreed(self):
        day = fields.Date.to_date('2026-03-01')
        self.assertFalse(self.Commission._book_signup(self.carl, day))
        self.program.signup_amount = 5
        commission = self.Commission.with_company(self.company)._book_signup(self.carl, day)
        self.assertEqual((commission.amount, commission.kind), (5.0, 'signup'))
        self.assertEqual(commission.beneficiary_id, self.bob)
        self.assertFalse(self.Commission.with_company(self.company)._book_signup(self.carl, day))
        self.assertIn("registration", commission.explanation)

    # === WHAT STAYS === #
    def test_snapshot_can_not_be_changed(self):
        commission = self._book(1000)[0]
        for vals in ({'rate': 90}, {'base': 1}, {'initial_amount': 1}, {'beneficiary_id': 1}):
            with self.assertRaises(UserError):
                commission.write(vals)
        with self.assertRaises(UserError):
            commission.unlink()
        with self.assertRaises(UserError):
            commission.event_id.unlink()
