from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import WalletSaleCommon


@tagged('post_install', '-at_install')
class TestTwoParts(WalletSaleCommon):
    """One part from the wallet, the other by another provider; and what may go wrong."""

    def test_both_parts_come(self):
        tx = self._create_rest(self.order, 30)
        self.assertEqual(tx.amount, 70)
        self.assertEqual(self._get_reservations().state, 'open')
        self.assertWallet(cash=0, held=30)
        self.assertBooksAgree()
        self.assertEqual(self.order.state, 'sent')
        self._confirm(tx)
        self.assertEqual(self.order.state, 'sale')
        self.assertEqual((self.order.amount_paid, self.order.wallet_paid), (100, 30))
        self.assertEqual(self._get_reservations().state, 'used')
        self.assertWallet(cash=0, held=0)
        self.assertBooksAgree()
        self.assertReceivable(self.customer, -100)

    def test_invoice_is_paid_by_both(self):
        self._confirm(self._create_rest(self.order, 30))
        invoice = self.order._create_invoices()
        invoice.action_post()
        self.assertEqual((invoice.amount_total, invoice.amount_residual), (100, 0))
        self.assertReceivable(self.customer, 0)

    def test_automatic_invoice_is_paid_by_both(self):
        self.env['ir.config_parameter'].sudo().set_param('sale.automatic_invoice', 'True')
        self._confirm(self._create_rest(self.order, 30))
        invoice = self.order.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_residual), ('posted', 0))
        self.assertReceivable(self.customer, 0)

    def test_notifications_of_the_provider_come_twice(self):
        tx = self._create_rest(self.order, 30)
        for _time in range(3):
            tx._set_done()
            tx._post_process()
        self.assertWallet(cash=0, held=0)
        self.assertEqual(self.order.amount_paid, 100)
        self.assertReceivable(self.customer, -100)

    def test_other_part_never_comes(self):
        tx = self._create_rest(self.order, 30)
        part = tx.wallet_part_id
        self._expire_reservations()
        self.assertEqual((part.state, self.order.state), ('cancel', 'sent'))
        self.assertEqual(self._get_reservations().state, 'released')
        self.assertWallet(cash=30, held=0)
        self.assertEqual(self.order.amount_paid, 0)
        self.assertBooksAgree()

    def test_other_part_is_cancelled(self):
        for number, finish in enumerate(('_set_canceled', '_set_error')):
            order = self._create_order()
            tx = self._create_rest(order, 30)
            self.assertWallet(cash=0, held=30)
            getattr(tx, finish)("Test")
            self.assertWallet(cash=30, held=0)
            self.assertEqual((tx.wallet_part_id.state, order.state), ('cancel', 'sent'), number)

    def test_late_payment_takes_the_balance_again(self):
        tx = self._create_rest(self.order, 30)
        self._expire_reservations()
        self.assertWallet(cash=30, held=0)
        self._confirm(tx)
        self.assertEqual((self.order.state, self.order.amount_paid), ('sale', 100))
        self.assertWallet(cash=0, held=0)
        self.assertBooksAgree()
        self.assertReceivable(self.customer, -100)

    def test_late_payment_when_the_balance_is_gone(self):
        tx = self._create_rest(self.order, 30)
        self._expire_reservations()
        other_order = self._create_order()
        other_order._pay_from_wallet(25)
        self._confirm(tx)
        self.assertEqual((self.order.state, self.order.amount_paid), ('sent', 70))
        self.assertWallet(cash=5, held=0)
        self.assertIn("30.00", self.order.message_ids[0].body)
        log = (
            self.env['notification.log']
            .sudo()
            .search(
                [('event_id.code', '=', 'wallet_order_incomplete'), ('res_id', '=', self.order.id)]
            )
        )
        self.assertEqual(log.partner_id, self.customer)
        self.assertNotEqual(log.state, 'failed')
        # again, when the scheduled action comes by: no second message, no second try
        count = len(self.order.message_ids)
        self.assertEqual(self.order._get_wallet_due(), 30)
        self._create_wallet(self.customer, cash=25)
        self.order._pay_from_wallet(30)
        self.assertEqual((self.order.state, self.order.amount_paid), ('sale', 100))
        self.assertGreater(len(self.order.message_ids), count)
        self.assertWallet(cash=0)
        self.assertBooksAgree()

    def test_late_payment_of_a_paid_order(self):
        first = self._create_rest(self.order, 30)
        self._expire_reservations()
        second = self._create_rest(self.order, 30)
        self._confirm(second)
        self.assertEqual(self.order.state, 'sale')
        self.assertWallet(cash=0, held=0)
        self._confirm(first)
        self.assertWallet(cash=70, held=0)
        self.assertBooksAgree()
        self.assertReceivable(self.customer, -100)
        log = (
            self.env['notification.log']
            .sudo()
            .search(
                [('event_id.code', '=', 'wallet_order_credited'), ('res_id', '=', self.order.id)]
            )
        )
        self.assertEqual(log.partner_id, self.customer)
        first._post_process()
        self.assertWallet(cash=70, held=0)

    def test_late_payment_of_a_cancelled_order(self):
        tx = self._create_rest(self.order, 30)
        self._expire_reservations()
        self.order._action_cancel()
        self._confirm(tx)
        self.assertEqual(self.order.state, 'cancel')
        self.assertWallet(cash=100, held=0)
        self.assertBooksAgree()
        self.assertReceivable(self.customer, 0)

    def test_order_cancelled_while_the_payment_is_under_way(self):
        tx = self._create_rest(self.order, 30)
        self.order._action_cancel()
        self._confirm(tx)
        self.assertWallet(cash=100, held=0)
        self.assertBooksAgree()

    def test_error_that_becomes_a_payment(self):
        tx = self._create_rest(self.order, 30)
        tx._set_error("Declined")
        self.assertWallet(cash=30, held=0)
        self._confirm(tx)
        self.assertEqual((self.order.state, self.order.amount_paid), ('sale', 100))
        self.assertWallet(cash=0, held=0)

    def test_second_attempt_replaces_the_first(self):
        first = self._create_rest(self.order, 30)
        second = self._create_rest(self.order, 30)
        self.assertEqual(first.wallet_part_id.state, 'cancel')
        self.assertEqual(second.wallet_part_id.state, 'draft')
        self.assertWallet(cash=0, held=30)
        self._confirm(second)
        self.assertWallet(cash=0, held=0)
        self.assertEqual(self.order.amount_paid, 100)

    def test_confirmed_part_is_not_released(self):
        """Between the notification and its processing nothing is given back."""
        tx = self._create_rest(self.order, 30)
        tx._set_done()
        self.assertFalse(self._get_reservations().expires_at)
        self._expire_reservations()
        self.order._set_wallet_choice(0)
        self.assertWallet(cash=0, held=30)
        tx._post_process()
        self.assertEqual(self.order.state, 'sale')

    def test_cheaper_order_takes_less(self):
        tx = self._create_rest(self.order, 30)
        self.order.order_line.price_unit = 90
        self._confirm(tx)
        self.assertEqual((self.order.state, self.order.amount_paid), ('sale', 90))
        self.assertWallet(cash=10, held=0)
        self.assertBooksAgree()

    def test_dearer_order_waits_for_the_rest(self):
        tx = self._create_rest(self.order, 30)
        self.order.order_line.price_unit = 120
        self._confirm(tx)
        self.assertEqual((self.order.state, self.order.amount_paid), ('sent', 100))
        self.assertEqual(self.order._get_wallet_due(), 20)
        self.assertWallet(cash=0, held=0)

    def test_authorised_and_then_voided(self):
        self.provider.support_manual_capture = 'full_only'
        tx = self._create_rest(self.order, 30)
        tx._set_authorized()
        tx._post_process()
        self.assertEqual((self.order.state, self.order.amount_paid), ('sale', 100))
        self.assertWallet(cash=0, held=0)
        tx._set_canceled()
        self.assertWallet(cash=30, held=0)
        self.assertBooksAgree()

    def test_more_than_there_is_can_not_be_set_aside(self):
        self.order._set_wallet_choice(50)
        with self.assertRaisesRegex(ValidationError, "refresh"):
            self._create_rest(self.order, amount=50)
        self.assertWallet(cash=30, held=0)

    def test_amounts_that_do_not_add_up(self):
        self.order._set_wallet_choice(30)
        with self.assertRaisesRegex(ValidationError, "refresh"):
            self._create_rest(self.order, amount=69)
        self.assertWallet(cash=30, held=0)

    def test_customer_who_does_not_want_it(self):
        self.order._set_wallet_choice(0)
        tx = self._create_rest(self.order, amount=100)
        self.assertFalse(tx.wallet_part_id)
        self.assertWallet(cash=30, held=0)

    @mute_logger('odoo.addons.payment.models.payment_transaction')
    def test_cancelled_notice_after_the_payment_changes_nothing(self):
        tx = self._create_rest(self.order, 30)
        self._confirm(tx)
        tx._set_canceled()
        self.assertEqual((tx.state, self.order.amount_paid), ('done', 100))
        self.assertWallet(cash=0, held=0)
