from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import WalletSaleCommon


@tagged('post_install', '-at_install')
class TestRefund(WalletSaleCommon):
    """What was paid for an order comes back to the wallet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tx = cls._create_rest(cls.order, 30)
        tx._set_done()
        tx._post_process()

    def _refund(self, amount, user=None, order=None):
        wizard = (
            self.env['wallet.order.refund']
            .with_user(user or self.manager)
            .create({'order_id': (order or self.order).id, 'amount': amount, 'reason': "Test"})
        )
        return wizard.action_apply()

    def test_all_of_it(self):
        wizard = (
            self.env['wallet.order.refund']
            .with_user(self.manager)
            .create({'order_id': self.order.id})
        )
        self.assertEqual((wizard.amount_left, wizard.amount), (100, 100))
        wizard.action_apply()
        self.assertWallet(cash=100, held=0)
        self.assertEqual((self.order.wallet_paid, self.order.wallet_refundable), (0, 0))
        self.assertBooksAgree()
        self.assertReceivable(self.customer, 0)
        with self.assertRaises(ValidationError):
            self._refund(1)

    def test_wallet_first_then_the_others(self):
        self._refund(20)
        self.assertWallet(cash=20)
        self.assertEqual(self.order.wallet_refundable, 80)
        self._refund(40)
        self.assertWallet(cash=60)
        self.assertEqual(self.order.wallet_refundable, 40)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._refund(40.01)
        self.assertWallet(cash=60)
        self._refund(40)
        self.assertWallet(cash=100)
        self.assertBooksAgree()

    def test_credit_note_is_matched(self):
        invoice = self.order._create_invoices()
        invoice.action_post()
        credit = invoice._reverse_moves()
        credit.action_post()
        self._refund(100)
        self.assertEqual(credit.amount_residual, 0)
        self.assertReceivable(self.customer, 0)
        self.assertWallet(cash=100)
        self.assertBooksAgree()

    def test_who_refunds(self):
        action = self.order.action_wallet_refund()
        self.assertEqual(action['context'], {'default_order_id': self.order.id})
        with self.assertRaises(AccessError):
            self._refund(10, user=self.internal_user)
        with self.assertRaises(AccessError):
            self._refund(10, user=self.member)

    def test_odd_amounts(self):
        for amount in (-10, 0):
            with self.subTest(amount=amount):
                self._refund(amount)
                self.assertWallet(cash=0)

    def test_whole_order_from_the_wallet_and_back(self):
        account = self._create_wallet(self.other.partner_id, cash=60, bonus=40)
        order = self._create_order(partner=self.other.partner_id)
        order._pay_from_wallet(100)
        self.assertEqual(order.state, 'sale')
        self.assertWallet(account, cash=0, bonus=0)
        self._refund(50, order=order)
        self.assertWallet(account, cash=30, bonus=20)
        self._refund(50, order=order)
        self.assertWallet(account, cash=60, bonus=40)
        self.assertBooksAgree()

    def test_order_is_not_paid_twice(self):
        self._create_wallet(self.customer, cash=500)
        with self.assertRaisesRegex(UserError, "paid already"), self.env.cr.savepoint():
            self.order._pay_from_wallet(100)
        self.assertWallet(cash=500)

    def test_too_little_balance_leaves_no_trace(self):
        order = self._create_order()
        count = len(order.sudo().transaction_ids)
        with self.assertRaises(WalletError), self.env.cr.savepoint():
            order._pay_from_wallet(100)
        order.invalidate_recordset()
        self.assertEqual((order.state, len(order.sudo().transaction_ids)), ('sent', count))

    def test_counts(self):
        self.assertEqual(self.account.with_user(self.manager).sale_order_count, 1)
        action = self.account.with_user(self.manager).action_view_sale_orders()
        self.assertEqual(action['domain'], [('id', 'in', self.order.ids)])
        self.assertEqual(self.order.action_view_wallet()['res_id'], self.account.id)
