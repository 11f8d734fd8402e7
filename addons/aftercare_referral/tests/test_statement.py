from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import ReferralCommon


@tagged('post_install', '-at_install')
@freeze_time('2026-03-05 10:00:00')
class TestStatement(ReferralCommon):
    def setUp(self):
        super().setUp()
        self.program.write({'levels': 1, 'hold_days': 0})
        self.affiliates = self.bob | self.eve

    def _make(self, month=3):
        with freeze_time(f'2026-{month:02}-28'):
            return self.env['referral.statement']._make(
                self.company,
                date(2026, month, 1),
                date(2026, month, 28),
                self.affiliates,
            )

    def test_statement_of_a_month(self):
        self._book(1000)
        self._book(500, key='test,2')
        with freeze_time('2026-03-10'):
            self._reverse('test,2', _0=250)
        statement = self._make()
        self.assertEqual(statement.partner_id, self.bob)
        self.assertEqual((statement.earned, statement.reversed), (300.0, -50.0))
        self.assertEqual((statement.total, statement.payable, statement.carried), (250.0, 250.0, 0))
        self.assertEqual(statement.commission_count, 3)
        self.assertEqual(statement.order_count, 2)
        self.assertRegex(statement.name, r'^CST/\d{4}/\d{5}')
        self.assertFalse(self._make(), "nothing twice")

    def test_later_commissions_wait_for_the_next_statement(self):
        self._book(1000)
        with freeze_time('2026-04-02'):
            self._book(500, key='test,2', day='2026-04-02')
        self.assertEqual(self._make(3).total, 200.0)
        self.assertEqual(self._make(4).total, 100.0)

    def test_course_of_a_statement(self):
        self._book(1000)
        statement = self._make().with_user(self.manager)
        with self.assertRaises(AccessError):
            statement.with_user(self.staff).action_confirm()
        statement.action_confirm()
        self.assertEqual(statement.state, self.env['referral.statement']._get_confirmed_state())
        log = self.env['notification.log'].search(
            [('event_id.code', '=', 'referral_statement_ready'), ('res_id', '=', statement.id)]
        )
        self.assertEqual(log.partner_id, self.bob)
        if statement.state != 'confirmed':
            return  # a wallet pays
        statement.action_pay()
        self.assertEqual((statement.state, statement.date_paid), ('paid', date(2026, 3, 5)))
        self.assertEqual(statement.sudo().commission_ids.state, 'paid')
        with self.assertRaises(UserError):
            statement.action_cancel()
        with self.assertRaises(UserError):
            statement.unlink()

    def test_debt_is_carried_forward(self):
        first = self._book(1000)
        march = self._make(3)
        if march._get_confirmed_state() != 'confirmed':
            self.assertEqual(march.total, 200.0)
            return  # a wallet pays, and keeps the balance
        march.action_confirm()
        march.action_pay()
        with freeze_time('2026-04-05'):
            self._reverse()
        april = self._make(4)
        april.action_confirm()
        self.assertEqual((april.total, april.payable, april.carried), (-200.0, 0.0, -200.0))
        with self.assertRaises(UserError):
            april.action_pay()
        with freeze_time('2026-05-05'):
            self._book(1600, key='test,2', day='2026-05-05')
        may = self._make(5)
        may.action_confirm()
        self.assertEqual((may.opening, may.earned, may.payable), (-200.0, 320.0, 120.0))
        with self.assertRaises(UserError):
            april.action_cancel()
        may.action_pay()
        self.assertEqual(april.state, 'paid')
        self.assertEqual(set((april | may).commission_ids.mapped('state')), {'paid'})
        self.assertEqual((first.state, first.amount), ('paid', 200.0))
        totals = self.Commission._get_totals(self.bob)[self.bob.id]
        self.assertEqual((totals['due'], totals['paid']), (0.0, 320.0))

    def test_cancelled_statement_sets_its_commissions_free(self):
        commission = self._book(1000)
        statement = self._make()
        statement.action_cancel()
        self.assertFalse(commission.statement_id)
        self.assertEqual(self._make().commission_ids, commission)
        statement.unlink()

    def test_dialog(self):
        self._book(1000)
        wizard = Form(self.env['referral.statement.make'].with_user(self.manager))
        self.assertEqual(wizard.date_from, date(2026, 2, 1))
        self.assertEqual(wizard.date_to, date(2026, 2, 28))
        wizard.date_from, wizard.date_to = date(2026, 3, 1), date(2026, 3, 31)
        wizard.partner_ids.add(self.bob)
        record = wizard.save()
        action = record.action_make()
        statement = self.env['referral.statement'].search(action['domain'])
        self.assertEqual(statement.total, 200.0)
        with self.assertRaises(UserError):
            record.action_make()

    def test_first_of_the_month(self):
        self._book(1000)
        programs = self.env['referral.program'].search([])
        (programs - self.program).is_statement_automatic = False
        self.program.write({'is_statement_automatic': True, 'statement_until': False})
        with freeze_time('2026-04-01 05:00:00'):
            self.env['referral.statement']._cron_make()
            self.env['referral.statement']._cron_make()
        statement = self.env['referral.statement'].search([('partner_id', '=', self.bob.id)])
        self.assertEqual(
            (statement.date_from, statement.date_to), (date(2026, 3, 1), date(2026, 3, 31))
        )
        self.assertNotEqual(statement.state, 'draft')
        self.assertEqual(statement.with_context(lang='en_US')._get_period_label(), "March 2026")

    def test_document(self):
        self._book(1000)
        statement = self._make()
        html = (
            self.env['ir.actions.report']
            ._render_qweb_html('aftercare_referral.report_referral_statement', statement.ids)[0]
            .decode()
        )
        for words in (statement.name, "200.00", "1,000.00", "20.00", "C** C**"):
            self.assertIn(words, html)
        self.assertNotIn("Carl", html)
