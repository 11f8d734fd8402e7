from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import ReferralCommon


@tagged('post_install', '-at_install')
@freeze_time('2026-03-01 10:00:00')
class TestAffiliate(ReferralCommon):
    # === CODES === #
    def test_affiliates_get_a_code_of_their_own(self):
        codes = (self.ann | self.bob | self.eve).mapped('referral_code')
        self.assertEqual(len(set(codes)), 3)
        for code in codes:
            self.assertRegex(code, '^[2-9B-Z]{7}$')
        self.assertTrue(self.ann.referral_url.endswith(f'/r/{self.ann.referral_code}'))
        self.assertFalse(self.carl.referral_code)
        self.assertFalse(self.ann.copy().referral_code)

    def test_code_is_found_however_it_is_typed(self):
        code = self.ann.referral_code
        find = self.env['res.partner']._find_by_referral_code
        for text in (code, code.lower(), f' {code[:3]}-{code[3:]} '):
            self.assertEqual(find(text), self.ann)
        self.ann.is_affiliate = False
        for text in (code, 'NONSENSE', '%', None, "' OR 1=1 --"):
            self.assertFalse(find(text))

    def test_code_by_staff(self):
        self.eve.referral_code = 'eve2026'
        self.assertEqual(self.eve.referral_code, 'EVE2026')
        with self.assertRaises(ValidationError):
            self.eve.referral_code = 'no/way'
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self.bob.referral_code = 'EVE2026'
            self.bob.flush_recordset()

    def test_joining(self):
        self.assertTrue(self.carl._join_program(self.program))
        self.carl.action_suspend_affiliate()
        self.assertFalse(self.carl._join_program(self.program), "whom staff has put out stays out")
        newcomer = self.env['res.partner'].create({'name': "New"})
        self.program.enrolment = 'request'
        self.assertFalse(newcomer._join_program(self.program))
        self.assertTrue(newcomer.affiliate_requested_date)
        newcomer.action_admit_affiliate()
        self.assertTrue(newcomer.referral_code)
        self.program.enrolment = 'staff'
        other = self.env['res.partner'].create({'name': "Other"})
        self.assertFalse(other._join_program(self.program))
        self.assertFalse(other.affiliate_requested_date)

    # === WHO BROUGHT WHOM === #
    def test_path(self):
        self.assertFalse(self.ann.referral_path)
        self.assertEqual(self.bob.referral_path, f'{self.ann.id}/')
        self.assertEqual(self.carl.referral_path, f'{self.ann.id}/{self.bob.id}/')
        self._bring(self.ann, self.eve)
        (self.bob | self.carl).invalidate_recordset()
        self.assertEqual(self.carl.referral_path, f'{self.eve.id}/{self.ann.id}/{self.bob.id}/')
        self.ann._set_referrer(self.env['res.partner'], 'staff', "Mistake")
        (self.bob | self.carl).invalidate_recordset()
        self.assertEqual(self.carl.referral_path, f'{self.ann.id}/{self.bob.id}/')

    def test_nobody_brings_himself(self):
        for customer, referrer in (
            (self.ann, self.ann),
            (self.ann, self.bob),
            (self.ann, self.carl),
            (self.bob, self.carl),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                customer._set_referrer(referrer, 'staff', "x")
        self.assertFalse(self.ann.referrer_id)

    def test_contact_of_a_company_is_brought_with_it(self):
        company = self.env['res.partner'].create({'name': "Company", 'is_company': True})
        contact = self.env['res.partner'].create({'name': "Contact", 'parent_id': company.id})
        contact._set_referrer(self.eve, 'link')
        self.assertEqual(company.referrer_id, self.eve)
        self.assertFalse(contact.referrer_id)
        self.assertEqual(contact._get_referral_chain(2), [self.eve])

    def test_manager_changes_the_referrer_with_a_reason(self):
        with Form(
            self.env['referral.referrer.change']
            .with_user(self.manager)
            .with_context(**self.carl.with_user(self.manager).action_change_referrer()['context'])
        ) as form:
            form.referrer_id = self.eve
            form.reason = "He called us"
        form.record.action_apply()
        self.assertEqual(self.carl.referrer_id, self.eve)
        note = self.carl.referral_attribution_ids[0]
        self.assertEqual((note.referrer_id, note.previous_referrer_id), (self.eve, self.bob))
        self.assertEqual((note.reason, note.user_id), ("He called us", self.manager))

    def test_nobody_else_changes_the_referrer(self):
        for user, error in ((self.staff, AccessError), (self.manager, UserError)):
            with self.assertRaises(error):
                self.carl.with_user(user).write({'referrer_id': self.eve.id})
        with self.assertRaises(AccessError):
            self.env['referral.referrer.change'].with_user(self.staff).create(
                {'partner_id': self.carl.id, 'referrer_id': self.eve.id, 'reason': "x"}
            )
        self.assertEqual(self.carl.referrer_id, self.bob)

    def test_manager_who_writes_the_first_referrer_leaves_a_note(self):
        self.eve.with_user(self.manager).referrer_id = self.ann
        self.assertEqual(self.eve.referral_attribution_ids.origin, 'staff')
        self.assertTrue(self.eve.referrer_date)
        self.assertEqual(self.eve.referral_path, f'{self.ann.id}/')

    def test_history_can_not_be_changed(self):
        note = self.carl.referral_attribution_ids
        with self.assertRaises(UserError):
            note.referrer_id = self.eve
        with self.assertRaises(UserError):
            note.unlink()

    def test_old_addresses_are_forgotten(self):
        vals = {'partner_id': self.carl.id, 'origin': 'link', 'ip_address': '203.0.113.7'}
        note = self.env['referral.attribution'].create(vals)
        self.env['referral.attribution']._gc_ip_addresses()
        self.assertTrue(note.ip_address)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE referral_attribution SET create_date = '2025-11-01' WHERE id = %s", [note.id]
        )
        self.env['referral.attribution']._gc_ip_addresses()
        self.assertFalse(note.ip_address)

    # === MERGE === #
    def test_merged_contact_keeps_its_place(self):
        double = self.env['res.partner'].create({'name': "Bob again", 'is_affiliate': True})
        code = self.bob.referral_code
        self._bring(double, self.carl)
        customer = self.env['res.partner'].create({'name': "Dora"})
        self._bring(customer, double)
        merge = self.env['base.partner.merge.automatic.wizard'].create({})
        merge._merge([self.bob.id, double.id], self.bob)
        self.env.invalidate_all()
        self.assertFalse(double.exists())
        self.assertEqual((self.bob.referral_code, self.bob.referrer_id), (code, self.ann))
        self.assertEqual(customer.referrer_id, self.bob)
        self.assertEqual(customer.referral_path, f'{self.ann.id}/{self.bob.id}/')

    def test_merged_customer_and_referrer(self):
        first, second, third = self.env['res.partner'].create(
            [{'name': f"Contact {number}"} for number in range(3)]
        )
        self._bring(second, first)
        self._bring(third, second)
        merge = self.env['base.partner.merge.automatic.wizard'].create({})
        merge._merge([second.id, third.id], second)
        self.env.invalidate_all()
        self.assertEqual(second.referrer_id, first)
        merge._merge([first.id, second.id], first)
        self.env.invalidate_all()
        self.assertFalse(first.referrer_id)

    # === FIGURES === #
    def test_overview_of_an_affiliate(self):
        self._book(1000)
        bob = self.bob.with_user(self.staff).with_company(self.company)
        self.assertEqual((bob.referral_earned, bob.referral_held), (200.0, 200.0))
        self.assertEqual((bob.referral_balance, bob.referral_fees), (0.0, 0.0))
        self.assertEqual(bob.referral_count, 1)

    def test_figures_by_month_and_to_date(self):
        Visit = self.env['referral.visit']
        Visit.create(
            [
                {'partner_id': self.bob.id, 'date': day, 'company_id': self.company.id}
                for day in ('2026-02-01', '2026-02-01', '2026-02-20', '2026-03-01')
            ]
        )
        self._book(1000, day='2026-02-10')
        self._book(500, day='2026-03-01', key='test,2')
        self.env.flush_all()
        Visit._gc_sum_up()
        self.assertEqual(
            Visit.search([('partner_id', '=', self.bob.id)]).sorted('date').mapped('count'),
            [2, 1, 1],
        )
        rows = self.env['referral.kpi'].search([('partner_id', '=', self.bob.id)], order='date')
        rows = rows.filtered(lambda row: row.income)
        self.assertEqual(rows.mapped('visits'), [3, 1])
        self.assertEqual(rows.mapped('visits_total'), [3, 4])
        self.assertEqual(rows.mapped('orders_total'), [1, 2])
        self.assertEqual(rows.mapped('income_total'), [200.0, 300.0])

    def test_new_companies_get_a_programme(self):
        company = self.env['res.company'].create({'name': "New Company"})
        program = self.env['referral.program']._get_for(company)
        self.assertEqual((program.purchase_rate, program.hold_days), (20, 30))
        self.assertFalse(program._create_missing(company))
