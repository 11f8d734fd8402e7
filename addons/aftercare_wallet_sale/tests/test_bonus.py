from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.tests import tagged

from .common import WalletSaleCommon


@tagged('post_install', '-at_install')
class TestBonus(WalletSaleCommon):
    """How much of an order the bonus pays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls._create_wallet(cls.other.partner_id, cash=100, bonus=80)
        cls.order = cls._create_order(partner=cls.other.partner_id)

    def test_bonus_comes_first(self):
        tx = self.order._pay_from_wallet(100)
        self.assertEqual((tx.wallet_bonus, tx.wallet_cash), (80, 20))
        self.assertWallet(cash=80, bonus=0)
        self.assertBooksAgree()

    def test_share_of_the_order(self):
        self.company.wallet_bonus_percent = 50
        tx = self.order._pay_from_wallet(100)
        self.assertEqual((tx.wallet_bonus, tx.wallet_cash), (50, 50))
        self.assertWallet(cash=50, bonus=30)
        self.assertBooksAgree()

    def test_share_counts_for_the_whole_order(self):
        """Two payments of one order do not double the share."""
        self.company.wallet_bonus_percent = 30
        first = self.order._pay_from_wallet(40)
        self.assertEqual((first.wallet_bonus, first.wallet_cash), (30, 10))
        second = self.order._pay_from_wallet(60)
        self.assertEqual((second.wallet_bonus, second.wallet_cash), (0, 60))
        self.assertWallet(cash=30, bonus=50)

    def test_product_without_bonus(self):
        order = self._create_order(self.service, self.gift_card, partner=self.other.partner_id)
        self.company.wallet_bonus_percent = 50
        self.assertEqual(order.amount_total, 140)
        self.assertEqual(order._get_wallet_bonus_limit(140), 50)
        tx = order._pay_from_wallet(140)
        self.assertEqual((tx.wallet_bonus, tx.wallet_cash), (50, 90))

    def test_order_without_any_bonus(self):
        order = self._create_order(self.gift_card, partner=self.other.partner_id)
        tx = order._pay_from_wallet(40)
        self.assertEqual((tx.wallet_bonus, tx.wallet_cash), (0, 40))

    def test_bonus_alone_is_not_enough(self):
        self.company.wallet_bonus_percent = 10
        order = self._create_order(self.service, self.service, partner=self.other.partner_id)
        offer = order._get_wallet_offer(200, self.other)
        self.assertEqual((offer['usable'], offer['part']), (120, 0))
        with self.assertRaises(WalletError), self.env.cr.savepoint():
            order._pay_from_wallet(200)
        self.assertWallet(cash=100, bonus=80)

    def test_bonus_is_set_aside_and_used(self):
        self.company.wallet_bonus_percent = 30
        self.order._set_wallet_choice(40)
        part = self.order._begin_wallet_part(60, self.other)
        self.assertWallet(cash=90, bonus=50, held=10, bonus_held=30)
        self.assertBooksAgree()
        self._get_reservations()._use()
        self.assertEqual((part.state, part.wallet_bonus, part.wallet_cash), ('done', 30, 10))
        self.assertWallet(cash=90, bonus=50, held=0, bonus_held=0)
        self.assertBooksAgree()

    def test_bonus_of_an_invoice_knows_the_product(self):
        order = self._create_order(self.service, self.gift_card, partner=self.other.partner_id)
        order.require_payment = False
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.company.wallet_bonus_percent = 50
        tx = self.account._pay(140, invoice_ids=[(6, 0, invoice.ids)])
        self.assertEqual((tx.wallet_bonus, tx.wallet_cash), (50, 90))
        self.assertEqual(invoice.amount_residual, 0)
        self.assertBooksAgree()
