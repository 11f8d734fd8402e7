from psycopg2.errors import UniqueViolation

from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.exceptions import UserError
from odoo.fields import Date
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_level import LevelCommon

NOW = '2026-03-10 08:00:00'


@tagged('post_install', '-at_install')
@freeze_time(NOW)
class TestLevelPurchase(LevelCommon):
    def _buy(self, product, **kwargs):
        order = self._create_order(product, **kwargs)
        order.action_confirm()
        self._pay(order)
        return order

    def test_confirmed_order_gives_nothing_until_it_is_paid(self):
        order = self._create_order(self.gold_product)
        order.action_confirm()
        self.assertFalse(self.member.grade_id)
        self._pay(order, amount=50)
        self.assertFalse(self.member.grade_id)
        self._pay(order, amount=49)
        self.assertEqual(self.member.grade_id, self.gold)
        self.assertEqual(self.member.grade_until, Date.to_date('2027-03-10'))
        self.assertEqual(self.member.specific_property_product_pricelist, self.gold_prices)
        change = self.member.grade_history_ids
        self.assertEqual(change.order_id, order)
        self.assertEqual(change.explanation, f"Order {order.name} was paid")

    def test_payment_confirms_and_gives(self):
        order = self._create_order(self.gold_product)
        self._pay(order)._post_process()
        self.assertEqual(order.state, 'sale')
        self.assertEqual(self.member.grade_id, self.gold)
        self.assertEqual(len(self._history()), 1)

    def test_free_order_gives_at_once(self):
        self._create_order(self.gold_product, price_unit=0).action_confirm()
        self.assertEqual(self.member.grade_id, self.gold)

    def test_company_of_the_buyer_gets_the_level(self):
        company = self._create_member(name="Lan Ltd", is_company=True)
        buyer = self.env['res.partner'].create({'name': "Buyer", 'parent_id': company.id})
        self._buy(self.gold_product, partner=buyer)
        self.assertEqual(company.grade_id, self.gold)

    def test_who_buys_again_has_it_longer(self):
        self._buy(self.silver_product)
        self._buy(self.silver_product)
        self.assertEqual(self.member.grade_until, Date.to_date('2027-03-10'))
        other = self._create_member(name="Other")
        self._buy(self.silver_product, partner=other, quantity=3)
        self.assertEqual(other.grade_until, Date.to_date('2027-09-10'))

    def test_lower_level_waits_until_the_higher_one_ends(self):
        self.member._assign_grade(self.gold, "Friend", until=Date.to_date('2026-04-30'))
        self._buy(self.silver_product)
        self.assertEqual(self.member.grade_id, self.gold)
        self.assertEqual(self.member.grade_until, Date.to_date('2026-04-30'))
        with freeze_time('2026-05-01 08:00:00'):
            self._run_cron()
        self.assertEqual(self.member.grade_id, self.silver)
        self.assertEqual(self.member.grade_until, Date.to_date('2026-09-10'))

    def test_repeated_notice_gives_once(self):
        order = self._buy(self.gold_product)
        order._follow_payment()
        order.transaction_ids._post_process()
        self.assertEqual(self._history(), [('purchase', "Gold")])

    # === taken back === #

    def test_cancelled_order_takes_the_level_back(self):
        order = self._buy(self.gold_product)
        order._action_cancel()
        self.assertFalse(self.member.grade_id)
        self.assertFalse(self.member.specific_property_product_pricelist)
        self.assertEqual(self._history(), [('purchase', "Gold"), ('revoke', None)])
        change = self.member.grade_history_ids[:1]
        self.assertEqual(change.explanation, f"Order {order.name} was cancelled or refunded")

    def test_cancelled_order_leaves_what_is_deserved_otherwise(self):
        self._buy(self.silver_product)
        order = self._buy(self.gold_product)
        order._action_cancel()
        self.assertEqual(self.member.grade_id, self.silver)
        self.assertEqual(self.member.grade_until, Date.to_date('2026-09-10'))

    def test_cancelled_order_of_a_lower_level_changes_nothing_now(self):
        lower = self._buy(self.silver_product)
        self._buy(self.gold_product)
        lower._action_cancel()
        self.assertEqual(self.member.grade_id, self.gold)
        with freeze_time('2027-03-11 08:00:00'):
            self._run_cron()
        self.assertFalse(self.member.grade_id)

    def test_refunded_payment_takes_the_level_back(self):
        order = self._buy(self.gold_product)
        payment = order.transaction_ids
        refund = payment._create_child_transaction(payment.amount, is_refund=True)
        refund._set_done()
        self.assertFalse(self.member.grade_id)

    def test_cancelling_what_was_never_paid(self):
        order = self._create_order(self.gold_product)
        order.action_confirm()
        order._action_cancel()
        self.assertFalse(self._history())

    def test_history_of_an_order_is_not_given_twice(self):
        order = self._buy(self.gold_product)
        with (
            mute_logger('odoo.sql_db'),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self.member._log_grade({}, kind='purchase', order_id=order.id)


@tagged('post_install', '-at_install')
@freeze_time(NOW)
class TestLevelInvoice(LevelCommon, AccountPaymentCommon):
    """The same with a chart of accounts, which takes its time."""

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref('sales_team.group_sale_manager')
            | cls.quick_ref('aftercare_base.aftercare_base_group_manager')
        )

    def _invoice(self, order):
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _pay_invoice(self, invoice):
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids
        ).create({})._create_payments()

    def _reverse(self, invoice, modify=False):
        wizard = (
            self.env['account.move.reversal']
            .with_context(active_model='account.move', active_ids=invoice.ids)
            .create({'journal_id': invoice.journal_id.id})
        )
        if modify:
            wizard.modify_moves()
        else:
            wizard.refund_moves()
            wizard.new_move_ids.action_post()
        return wizard.new_move_ids

    def test_paid_invoice_gives_the_level(self):
        invoice = self._invoice(self._create_order(self.gold_product))
        self.assertFalse(self.member.grade_id)
        self._pay_invoice(invoice)
        self.assertEqual(self.member.grade_id, self.gold)
        self.assertEqual(self._history(), [('purchase', "Gold")])

    def test_credit_note_takes_it_back_and_a_new_invoice_gives_it_again(self):
        invoice = self._invoice(self._create_order(self.gold_product))
        self._pay_invoice(invoice)
        corrected = self._reverse(invoice, modify=True)
        self.assertFalse(self.member.grade_id)
        corrected.action_post()
        self._pay_invoice(corrected)
        self.assertEqual(self.member.grade_id, self.gold)
        self._reverse(corrected)
        self.assertFalse(self.member.grade_id)
        self.assertEqual([kind for kind, _name in self._history()], ['purchase', 'revoke'] * 2)

    def test_paid_invoices_count_and_credit_notes_count_against(self):
        invoice = self._invoice(self._create_order(price_unit=600))
        self._run_cron()
        self.assertEqual(self.member.member_spending, 0)
        self._pay_invoice(invoice)
        self.env.invalidate_all()
        self.assertEqual(self.member.member_spending, 600)
        self.assertEqual(self.member.grade_id, self.silver)
        self._reverse(invoice)
        self.env.invalidate_all()
        self.assertEqual(self.member.member_spending, 0)
        self.assertEqual(self.member.grade_id, self.silver, "it was given for its term")

    def test_order_paid_online_and_invoiced_counts_once(self):
        order = self._create_order(price_unit=300)
        order.action_confirm()
        self._pay(order)
        self.assertEqual(self.member.member_spending, 300)
        invoice = order._create_invoices()
        invoice.action_post()
        self.env.invalidate_all()
        self.assertEqual(self.member.member_spending, 300 if not invoice.amount_residual else 0)

    def test_order_is_not_confirmed_with_two_levels(self):
        order = self._create_order(self.gold_product)
        with self.assertRaises(UserError):
            order.write({'order_line': [(0, 0, {'product_id': self.silver_product.id})]})
