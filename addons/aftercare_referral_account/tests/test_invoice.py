from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import ReferralAccountCommon


@tagged('post_install', '-at_install')
@freeze_time('2026-03-01 10:00:00')
class TestInvoice(ReferralAccountCommon):
    # === THE WORKED EXAMPLES === #
    def test_example_1_paid_invoice(self):
        invoice = self._invoice(1000)
        self.assertFalse(self._get_commissions(invoice), "posted is not paid")
        self._pay(invoice)
        self.assertEqual(self._get_amounts(invoice), [200.0, 50.0])
        commission = self._get_commissions(invoice)[0]
        self.assertEqual((commission.state, commission.reference), ('held', invoice.name))
        self.assertEqual(commission.beneficiary_id, self.bob)

    def test_example_2_price_with_tax(self):
        self.tax.price_include_override = 'tax_included'
        invoice = self._invoice({'price_unit': 1130, 'tax_ids': [Command.set(self.tax.ids)]})
        self.assertEqual(invoice.amount_total, 1130.0)
        self._pay(invoice)
        commission = self._get_commissions(invoice)[0]
        self.assertEqual((commission.base, commission.amount), (1000.0, 200.0))

    def test_tax_on_top_does_not_count(self):
        invoice = self._invoice({'price_unit': 1000, 'tax_ids': [Command.set(self.tax.ids)]})
        self._pay(invoice)
        self.assertEqual(self._get_amounts(invoice), [200.0, 50.0])

    def test_example_4_coupon(self):
        self.program.levels = 1
        coupon = self._create_product("Test Coupon")
        invoice = self._invoice(999, {'product_id': coupon.id, 'price_unit': -149.85})
        self._pay(invoice)
        commission = self._get_commissions(invoice)
        self.assertEqual((commission.base, commission.amount), (849.15, 169.83))

    def test_example_4_discount_of_the_line(self):
        self.program.levels = 1
        invoice = self._invoice({'price_unit': 999, 'discount': 15})
        self._pay(invoice)
        self.assertEqual(self._get_amounts(invoice), [169.83])

    def test_example_11_several_rules(self):
        self.program.levels = 1
        self._create_rule(
            product_tmpl_id=self.product_c.product_tmpl_id.id, rate_type='fixed', purchase_rate=12
        )
        invoice = self._invoice(
            299,
            {'product_id': self.product_b.id, 'price_unit': 49.9},
            {'product_id': self.product_c.id, 'price_unit': 150.25},
        )
        self._pay(invoice)
        amounts = self._get_amounts(invoice)
        self.assertEqual(sorted(amounts), [12.0, 59.8])
        self.assertAlmostEqual(sum(amounts), 71.8)

    def test_example_8_full_refund(self):
        invoice = self._invoice(1000)
        self._pay(invoice)
        with freeze_time('2026-03-11'):
            self._credit(invoice)
        commissions = self._get_commissions(invoice)
        self.assertEqual(set(commissions.mapped('state')), {'void'})
        self.assertEqual(sum(commissions.mapped('amount')), 0)

    def test_example_9_chargeback(self):
        self.program.levels = 1
        invoice, other = self._invoice(1000), self._invoice(400)
        self._pay(invoice)
        self._pay(other)
        commission = self._get_commissions(invoice)
        with freeze_time('2026-03-31'):
            self._release()
            if commission.state != 'due':
                self.fail(commission.state)
            commission._set_paid()
        with freeze_time('2026-04-15'):
            invoice.line_ids.remove_move_reconcile()
            invoice.matched_payment_ids = False
        self.assertEqual(self._get_commissions(invoice).mapped('amount'), [200.0, -200.0])
        totals = self.Commission._get_totals(self.bob)[self.bob.id]
        self.assertEqual((totals['paid'], totals['due']), (200.0, -120.0))

    def test_example_18_affiliate_put_out_before_the_payment(self):
        invoice = self._invoice(1000)
        self.bob.is_affiliate = False
        self._pay(invoice)
        self.assertFalse(self._get_commissions(invoice))

    # === WHEN === #
    def test_part_of_a_payment_brings_nothing(self):
        invoice = self._invoice(1000)
        self._pay(invoice, 400)
        self.assertFalse(self._get_commissions(invoice))
        with freeze_time('2026-03-20'):
            self._pay(invoice, 600)
        commission = self._get_commissions(invoice)[0]
        self.assertEqual(commission.amount, 200.0)
        self.assertEqual(commission.date, fields.Date.to_date('2026-03-20'))
        self.assertEqual(commission.hold_until, fields.Date.to_date('2026-04-19'))

    def test_replays_change_nothing(self):
        invoice = self._invoice(1000)
        self._pay(invoice)
        before = self._get_commissions(invoice)
        for _time in range(3):
            invoice._invoice_paid_hook()
            invoice._sync_referral()
        self.env['account.move']._cron_sync_referrals()
        self.assertEqual(self._get_commissions(invoice), before)

    def test_invoice_of_nothing(self):
        invoice = self._invoice(0)
        self.assertFalse(self._get_commissions(invoice))

    def test_bills_and_entries_bring_nothing(self):
        bill = self._invoice(1000, post=False, move_type='in_invoice')
        bill.action_post()
        self._pay(bill)
        self.assertFalse(self._get_commissions(bill))

    def test_catches_up_with_what_nobody_told(self):
        invoice = self._invoice(1000)
        with patch.object(type(invoice), '_sync_referral', lambda self: None):
            self._pay(invoice)
        self.assertFalse(self._get_commissions(invoice))
        self.env['account.move']._cron_sync_referrals()
        self.assertEqual(self._get_amounts(invoice), [200.0, 50.0])

    def test_customer_of_nobody(self):
        invoice = self._invoice(1000, partner=self.eve)
        self._pay(invoice)
        self.assertFalse(self._get_commissions(invoice))

    # === REFUNDS === #
    def test_three_credit_notes_end_at_exactly_zero(self):
        self.program.levels = 1
        invoice = self._invoice(166.65)
        self._pay(invoice)
        commission = self._get_commissions(invoice)
        self.assertEqual(commission.amount, 33.33)
        with freeze_time('2026-04-10'):
            self._release()
            for _time in range(3):
                self._credit(invoice, _0=55.55)
        reversals = commission.reversal_ids
        self.assertEqual(reversals.mapped('amount'), [-11.11] * 3)
        self.assertEqual(commission.reversed_amount, 33.33)

    def test_credit_note_that_was_reset(self):
        self.program.levels = 1
        invoice = self._invoice(1000)
        self._pay(invoice)
        credit_note = self._credit(invoice, _0=250)
        commission = self._get_commissions(invoice)
        self.assertEqual((commission.amount, commission.state), (150.0, 'held'))
        credit_note.button_draft()
        self.assertEqual(commission.amount, 200.0)
        credit_note.action_post()
        self.assertEqual(commission.amount, 150.0)
        credit_note.button_draft()
        credit_note.button_cancel()
        self.assertEqual(commission.amount, 200.0)

    def test_credit_note_of_one_line(self):
        self.program.levels = 1
        self._create_rule(
            product_tmpl_id=self.product_c.product_tmpl_id.id, rate_type='fixed', purchase_rate=12
        )
        invoice = self._invoice(299, {'product_id': self.product_c.id, 'price_unit': 150.25})
        self._pay(invoice)
        self._credit(invoice, _1=150.25)
        amounts = {c.rate_type: c.amount for c in self._get_commissions(invoice)}
        self.assertEqual(amounts, {'percent': 59.8, 'fixed': 0.0})

    def test_credit_note_with_the_coupon(self):
        self.program.levels = 1
        coupon = self._create_product("Test Coupon")
        invoice = self._invoice(999, {'product_id': coupon.id, 'price_unit': -149.85})
        self._pay(invoice)
        self._credit(invoice)
        self.assertEqual(self._get_commissions(invoice).state, 'void')

    def test_credit_note_before_the_payment(self):
        self.program.levels = 1
        invoice = self._invoice(1000)
        credit_note = self._credit(invoice, _0=250)
        (invoice | credit_note).line_ids.filtered(
            lambda line: line.account_type == 'asset_receivable'
        ).reconcile()
        self.assertFalse(self._get_commissions(invoice))
        self._pay(invoice)
        commission = self._get_commissions(invoice)
        self.assertEqual((commission.amount, commission.initial_amount), (150.0, 200.0))

    def test_payment_that_bounces_and_comes_again(self):
        self.program.levels = 1
        invoice = self._invoice(1000)
        payment = self._pay(invoice)
        commission = self._get_commissions(invoice)
        invoice.line_ids.remove_move_reconcile()
        invoice.matched_payment_ids = False
        payment.action_cancel()
        self.assertEqual(commission.state, 'void')
        self._pay(invoice)
        self.assertEqual((commission.state, commission.amount), ('held', 200.0))
        self.assertEqual(self._get_commissions(invoice), commission)

    def test_invoice_that_is_not_paid_any_more_is_not_released(self):
        invoice = self._invoice(1000)
        self._pay(invoice)
        commission = self._get_commissions(invoice)[0]
        self.assertTrue(commission._is_source_settled())
        self.env.flush_all()
        # as a dispute of the payment would leave it
        self.cr.execute(
            "UPDATE account_move SET payment_state = 'blocked' WHERE id = %s", [invoice.id]
        )
        self.env.invalidate_all()
        with freeze_time('2026-04-10'):
            self._release()
            self.assertEqual(commission.state, 'held')
        self.assertFalse(commission._is_source_settled())

    # === SCREENS === #
    def test_button_of_the_invoice(self):
        invoice = self._invoice(1000)
        self._pay(invoice)
        self.assertEqual(invoice.with_user(self.staff).sudo().referral_commission_count, 2)
        action = invoice.action_view_referral_commissions()
        self.assertEqual(self.Commission.search(action['domain']), self._get_commissions(invoice))
        source = self._get_commissions(invoice)[0].action_view_source()
        self.assertEqual((source['res_model'], source['res_id']), ('account.move', invoice.id))
