from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import WechatPayCommon

MODEL = 'odoo.addons.payment.models.payment_provider'
CORE = 'odoo.addons.payment.models.payment_transaction'


@tagged('post_install', '-at_install')
class TestRefund(WechatPayCommon):
    def setUp(self):
        super().setUp()
        self.payment = self._paid_order()

    def test_partial_refunds(self):
        for amount in (28.5, 0.01, 99.99):
            refund = self.payment._refund(amount)
            self.assertEqual((refund.state, refund.amount), ('done', -amount))
            self.assertEqual(refund.provider_reference, '50000' + refund.reference)
        with self.assertRaises(UserError):
            self.payment._refund(0.01)
        total = sum(refund['amount']['refund'] for refund in self.gateway.refunds.values())
        self.assertEqual(total, 12850)

    def test_refund_under_way_ends_with_the_notice(self):
        self.gateway.refund_status = 'PROCESSING'
        refund = self.payment._refund(28.5)
        self.assertEqual(refund.state, 'pending')
        headers, body = self.gateway.notify_refund(refund.reference)
        self.assertEqual(self._post(headers, body).status_code, 204)
        self.assertEqual(refund.state, 'done')
        self.assertEqual(str(refund.paid_at), '2026-11-22 10:30:00')

    def test_refund_under_way_ends_with_a_query(self):
        self.gateway.refund_status = 'PROCESSING'
        refund = self.payment._refund(28.5)
        self.gateway.refunds[refund.reference]['status'] = 'SUCCESS'
        refund._ask_gateway()
        self.assertEqual(refund.state, 'done')

    @mute_logger(CORE)
    def test_refund_notice_about_another_amount(self):
        self.gateway.refund_status = 'PROCESSING'
        refund = self.payment._refund(28.5)
        amount = {'total': 12850, 'refund': 12850, 'payer_refund': 12850}
        for _index in range(2):
            headers, body = self.gateway.notify_refund(refund.reference, amount=amount)
            self.assertEqual(self._post(headers, body).status_code, 404)
            self.assertEqual(refund.state, 'error')

    @mute_logger(CORE)
    def test_refund_the_bank_rejects(self):
        self.gateway.refund_status = 'ABNORMAL'
        refund = self.payment._refund(28.5)
        self.assertEqual(refund.state, 'error')
        self.assertIn("merchant platform", refund.state_message)

    def test_refund_made_elsewhere_is_refused_by_the_gateway(self):
        self.gateway.refunds['elsewhere'] = {
            'out_trade_no': self.payment.reference,
            'amount': {'refund': 12000},
        }
        refund = self.payment._refund(100)
        self.assertEqual(refund.state, 'error')
        self.assertIn('退款金额大于可退金额', refund.state_message)

    @mute_logger(MODEL)
    def test_lost_answer_does_not_refund_twice(self):
        self.gateway.sleepy = True
        refund = self.payment._refund(28.5)
        self.assertEqual(refund.state, 'pending')
        self.gateway.sleepy = False
        refund._ask_gateway()
        self.assertEqual(refund.state, 'done')
        self.assertEqual(len(self.gateway.refunds), 1)

    @mute_logger(MODEL)
    def test_gateway_down_and_up_again(self):
        self.gateway.down = True
        refund = self.payment._refund(28.5)
        self.assertEqual((refund.state, self.gateway.refunds), ('pending', {}))
        self.gateway.down = False
        refund._ask_gateway()
        self.assertEqual(refund.state, 'done')

    def test_server_dies_between_the_answer_and_the_commit(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.payment._refund(28.5)
            raise ZeroDivisionError
        self.assertEqual(len(self.gateway.refunds), 1)
        refund = self.payment._refund(28.5)
        self.assertEqual(refund.state, 'done')
        self.assertEqual(len(self.gateway.refunds), 1)

    def test_forged_answer_to_a_refund(self):
        self.gateway.forge = True
        refund = self.payment._refund(28.5)
        self.assertEqual(refund.state, 'pending')
        self.gateway.forge = False
        refund._ask_gateway()
        self.assertEqual(refund.state, 'done')

    def test_refund_of_a_refund(self):
        refund = self.payment._refund(28.5)
        with self.assertRaises(UserError):
            refund.action_refund()
