from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AlipayCommon

MODEL = 'odoo.addons.payment.models.payment_provider'


@tagged('post_install', '-at_install')
class TestRefund(AlipayCommon):
    def setUp(self):
        super().setUp()
        self.payment = self._paid_order()

    def test_partial_refunds(self):
        for amount in (28.5, 0.01, 99.99):
            refund = self.payment._refund(amount)
            self.assertEqual((refund.state, refund.amount), ('done', -amount))
        with self.assertRaises(UserError):
            self.payment._refund(0.01)
        self.assertAlmostEqual(sum(self.gateway.refunds.values()), 128.5)
        self.assertEqual(str(refund.paid_at), '2026-11-22 10:30:00')

    def test_over_refund_at_the_gateway(self):
        self.gateway.refunds[self.payment.reference, 'elsewhere'] = 120.0
        refund = self.payment._refund(100)
        self.assertEqual(refund.state, 'error')
        self.assertIn('退款金额超限', refund.state_message)

    @mute_logger(MODEL)
    def test_lost_answer_does_not_refund_twice(self):
        self.gateway.sleepy = True
        refund = self.payment._refund(28.5)
        self.assertEqual(refund.state, 'pending')
        self.gateway.sleepy = False
        refund._ask_gateway()
        self.assertEqual((refund.state, len(self.gateway.refunds)), ('done', 1))

    @mute_logger(MODEL)
    def test_gateway_down_and_up_again(self):
        self.gateway.down = True
        refund = self.payment._refund(28.5)
        self.assertEqual((refund.state, self.gateway.refunds), ('pending', {}))
        self.gateway.down = False
        refund._ask_gateway()
        self.assertEqual((refund.state, len(self.gateway.refunds)), ('done', 1))

    def test_gateway_unwell(self):
        self.gateway.busy = True
        refund = self.payment._refund(28.5)
        self.assertEqual(refund.state, 'pending')
        self.gateway.busy = False
        refund._ask_gateway()
        self.assertEqual(refund.state, 'done')

    def test_server_dies_between_the_answer_and_the_commit(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.payment._refund(28.5)
            raise ZeroDivisionError
        self.assertEqual(len(self.gateway.refunds), 1)
        self.assertEqual(self.payment._refund(28.5).state, 'done')
        self.assertEqual(len(self.gateway.refunds), 1)

    @mute_logger('odoo.addons.payment.models.payment_transaction')
    def test_server_dies_and_someone_asks_for_another_amount(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.payment._refund(28.5)
            raise ZeroDivisionError
        # Alipay answers with the first amount: the refund is not what it seems, and not done.
        self.assertEqual(self.payment._refund(10).state, 'error')
        self.assertEqual(len(self.gateway.refunds), 1)

    def test_tampered_answer(self):
        self.gateway.tamper = lambda text: text.replace('"28.50"', '"0.01"')
        refund = self.payment._refund(28.5)
        self.assertEqual(refund.state, 'pending')
        self.gateway.tamper = None
        refund._ask_gateway()
        self.assertEqual(refund.state, 'done')

    def test_refund_of_a_refund(self):
        refund = self.payment._refund(28.5)
        with self.assertRaises(UserError):
            refund.action_refund()
