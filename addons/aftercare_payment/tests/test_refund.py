from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.errors import GatewayRefusal
from .common import DirectPaymentCommon


@tagged('post_install', '-at_install')
class TestRefund(DirectPaymentCommon):
    def setUp(self):
        super().setUp()
        self.payment = self._create_paid(reference='paid_order')

    def test_partial_refunds(self):
        for number, amount in enumerate((28.5, 60, 40), start=1):
            refund = self.payment._refund(amount)
            self.assertEqual(refund.reference, f'R_paid_order_{number}')
            self.assertEqual((refund.state, refund.amount), ('done', -amount))
        self.assertEqual(self.payment._get_refundable_amount(), 0)
        with self.assertRaises(UserError):
            self.payment._refund(0.01)

    def test_never_more_than_was_paid(self):
        for amount in (128.51, 1e9, -5, -0.01):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                self.payment._refund(amount)
        self.payment._refund(100)
        with self.assertRaises(UserError):
            self.payment._refund(28.51)
        self.assertEqual(len(self.refund_requests), 1)

    def test_refund_of_a_refund(self):
        refund = self.payment._refund(10)
        with self.assertRaises(UserError):
            refund._refund(10)
        with self.assertRaises(UserError):
            refund.action_refund()

    def test_refused_refund_is_an_error_and_frees_the_amount(self):
        self.gateway['R_paid_order_1'] = GatewayRefusal("not enough", 'NOTENOUGH')
        refund = self.payment._refund(100)
        self.assertEqual((refund.state, refund.state_message), ('error', "not enough"))
        self.assertEqual(self.payment._refund(128.5).reference, 'R_paid_order_2')

    def test_unanswered_refund_waits_and_counts(self):
        self.gateway['R_paid_order_1'] = ValidationError("no connection")
        refund = self.payment._refund(100)
        self.assertEqual(refund.state, 'pending')
        with self.assertRaises(UserError):
            self.payment._refund(100)

    def test_unanswered_refund_is_sent_again_with_its_number(self):
        self.gateway['R_paid_order_1'] = ValidationError("no connection")
        refund = self.payment._refund(100)
        self.gateway['R_paid_order_1'] = None
        data = {'paid': 100, 'currency': 'CNY', 'number': 'RF'}
        with self._patched_request(data):
            refund._ask_gateway()
        self.assertEqual(refund.state, 'done')
        self.assertEqual(set(self.refund_requests), {'R_paid_order_1'})

    def _patched_request(self, data):
        return patch.object(
            self.registry['payment.transaction'], '_request_refund', lambda tx: data
        )

    def test_server_dies_after_the_gateway_has_refunded(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.payment._refund(100)
            raise ZeroDivisionError
        self.assertFalse(self.payment.child_transaction_ids)
        self.payment._refund(100)
        self.assertEqual(self.refund_requests, ['R_paid_order_1'] * 2)

    @mute_logger('odoo.addons.payment.models.payment_transaction')
    def test_refund_of_another_amount_is_never_done(self):
        self.gateway['R_paid_order_1'] = {'paid': 128.5, 'currency': 'CNY'}
        refund = self.payment._refund(100)
        self.assertEqual(refund.state, 'error')
        refund._process('none', {'paid': 128.5, 'currency': 'CNY'})
        self.assertEqual(refund.state, 'error')
