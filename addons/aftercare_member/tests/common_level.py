from odoo import Command
from odoo.addons.payment.tests.common import PaymentCommon

from .common import MemberCommon


class LevelCommon(MemberCommon, PaymentCommon):
    """Three levels, a member, and orders that a provider takes the money for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Grade = cls.env['res.partner.grade']
        Grade.search([]).active = False
        cls.gold_prices, cls.silver_prices = cls.env['product.pricelist'].create(
            [{'name': "Gold Prices"}, {'name': "Silver Prices"}]
        )
        cls.gold, cls.silver, cls.bronze = Grade.create(
            [
                {
                    'name': "Gold",
                    'sequence': 1,
                    'is_automatic': True,
                    'min_spending': 1000,
                    'service_priority': '2',
                    'benefits': "Answered first\nA present at New Year",
                    'default_pricelist_id': cls.gold_prices.id,
                },
                {
                    'name': "Silver",
                    'sequence': 2,
                    'is_automatic': True,
                    'min_spending': 500,
                    'validity_months': 6,
                    'default_pricelist_id': cls.silver_prices.id,
                },
                {'name': "Bronze", 'sequence': 3, 'validity_months': 0},
            ]
        )
        cls.product = cls.env['product.product'].create(
            {
                'name': "Membership Mug",
                'type': 'service',
                'list_price': 100,
                'taxes_id': False,
                'invoice_policy': 'order',
            }
        )
        cls.gold_product, cls.silver_product = cls.env['product.product'].create(
            [
                {
                    'name': f"{grade.name} Membership",
                    'type': 'service',
                    'list_price': 99,
                    'taxes_id': False,
                    'invoice_policy': 'order',
                    'service_tracking': 'partnership',
                    'grade_id': grade.id,
                }
                for grade in (cls.gold, cls.silver)
            ]
        )
        cls.member = cls._create_member(name="Li Wei", email='li.wei@example.com')

    @classmethod
    def _create_order(cls, product=None, partner=None, quantity=1, **line):
        return cls.env['sale.order'].create(
            {
                'partner_id': (partner or cls.member).id,
                'require_payment': False,
                'require_signature': False,
                'order_line': [
                    Command.create(
                        {
                            'product_id': (product or cls.product).id,
                            'product_uom_qty': quantity,
                            **line,
                        }
                    )
                ],
            }
        )

    def _pay(self, order, amount=None):
        """Pay an order, as a provider tells it."""
        tx = self._create_transaction(
            'direct',
            reference=f'{order.name}-{len(order.transaction_ids)}',
            amount=order.amount_total if amount is None else amount,
            currency_id=order.currency_id.id,
            partner_id=order.partner_id.id,
            sale_order_ids=[Command.set(order.ids)],
        )
        tx._set_done()
        return tx

    def _spend(self, amount, partner=None):
        """Have a member buy something and pay it."""
        order = self._create_order(partner=partner, price_unit=amount)
        order.action_confirm()
        self._pay(order)
        return order

    def _history(self, member=None):
        """Return what happened to a member's level, from the first to the last change."""
        changes = (member or self.member).grade_history_ids.sorted('id')
        return [(change.kind, change.new_grade_id.name or None) for change in changes]
