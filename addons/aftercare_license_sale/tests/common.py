from odoo import Command
from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.addons.aftercare_license.tests.common import LicenseCommon
from odoo.addons.payment.tests.common import PaymentCommon
from odoo.tests import new_test_user


class LicenseSaleCommon(LicenseCommon, PaymentCommon):
    """Licensed products with prices, orders and payments of the portal customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = (
            cls.product_annual | cls.product_perpetual | cls.product_hosted | cls.product_service
        )
        cls.products.write({'list_price': 100.0, 'taxes_id': [Command.clear()]})
        cls.products.write({'invoice_policy': 'order'})
        cls.product_annual.renewal_price = 60.0
        cls.salesman = new_test_user(
            cls.env,
            'license_salesman',
            'sales_team.group_sale_salesman_all_leads,'
            'aftercare_license.aftercare_license_group_user',
            name="Licence Salesman",
            lang='en_US',
            tz='UTC',
        )
        cls.currency = cls.env.company.currency_id
        cls.product_plain = cls.env['product.product'].create(
            {'name': "Test Mug", 'type': 'service', 'list_price': 10.0, 'taxes_id': False}
        )

    @classmethod
    def _create_order(cls, *lines, partner=None, **vals):
        """Create a quotation; each line is a dict, or nothing for one annual licence."""
        lines = lines or ({'license_domain': "example.com"},)
        return cls.env['sale.order'].create(
            {
                'partner_id': (partner or cls.customer).id,
                'user_id': cls.salesman.id,
                'require_payment': True,
                'require_signature': False,
                'order_line': [
                    Command.create({'product_id': cls.product_annual.id, **line}) for line in lines
                ],
                **vals,
            }
        )

    def _create_payment(self, order, amount=None):
        """Create a payment of the order that waits for its provider."""
        return self._create_transaction(
            'direct',
            reference=f'{order.name}-{len(order.transaction_ids)}',
            amount=order.amount_total if amount is None else amount,
            currency_id=order.currency_id.id,
            partner_id=order.partner_id.id,
            sale_order_ids=[Command.set(order.ids)],
        )

    def _pay(self, order, amount=None):
        """Pay an order, as a provider tells it."""
        tx = self._create_payment(order, amount)
        tx._set_done()
        tx._post_process()
        return tx


class LicenseInvoiceCommon(LicenseSaleCommon, AccountPaymentCommon):
    """The same with a chart of accounts, which takes its time."""

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref('aftercare_license.aftercare_license_group_manager')
            | cls.quick_ref('sales_team.group_sale_manager')
        )

    @classmethod
    def _create_product(cls, *args, **kwargs):
        """Keep the two helpers of this name apart."""
        if args:
            return super()._create_product(*args, **kwargs)
        return super(LicenseCommon, cls)._create_product(**kwargs)

    def _invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _pay_invoice(self, invoice):
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids
        ).create({})._create_payments()

    def _credit(self, invoice, quantity=None, price=None):
        """Post a credit note over an invoice, or a part of it."""
        wizard = (
            self.env['account.move.reversal']
            .with_context(active_model='account.move', active_ids=invoice.ids)
            .create({'journal_id': invoice.journal_id.id})
        )
        wizard.refund_moves()
        credit_note = wizard.new_move_ids
        line = credit_note.invoice_line_ids
        if quantity is not None:
            line.quantity = quantity
        if price is not None:
            line.price_unit = price
        credit_note.action_post()
        return credit_note
