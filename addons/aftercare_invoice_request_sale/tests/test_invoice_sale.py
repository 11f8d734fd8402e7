from odoo import Command, http
from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.addons.aftercare_invoice_request.tests.common import InvoiceRequestCommon
from odoo.tests import HttpCase, tagged


class InvoiceSaleCommon(InvoiceRequestCommon, AccountPaymentCommon):
    """Orders, their payments online, and their invoices."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref('sales_team.group_sale_manager')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ir.config_parameter'].sudo().set_param('sale.automatic_invoice', 'False')
        cls.service = cls.env['product.product'].create(
            {
                'name': "Licence",
                'type': 'service',
                'invoice_policy': 'order',
                'list_price': 100.0,
                'taxes_id': False,
            }
        )

    @classmethod
    def _create_order(cls, amount=100.0, partner=None, **vals):
        return cls.env['sale.order'].create(
            {
                'partner_id': (partner or cls.member).id,
                'require_payment': True,
                'require_signature': False,
                'order_line': [
                    Command.create(
                        {'product_id': cls.service.id, 'price_unit': amount, 'tax_ids': False}
                    )
                ],
                **vals,
            }
        )

    def _pay_order(self, order, amount=None):
        tx = self._create_transaction(
            'direct',
            reference=f'{order.name}-{len(order.transaction_ids)}',
            amount=order.amount_total if amount is None else amount,
            currency_id=order.currency_id.id,
            partner_id=order.partner_id.id,
            sale_order_ids=[Command.set(order.ids)],
        )
        tx._set_done()
        tx._post_process()
        return tx

    def _refund(self, tx, amount):
        refund = tx._create_child_transaction(amount, is_refund=True)
        refund._set_done()
        return refund

    def _invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _get_paid(self, order):
        return order._prepare_invoice_sources()[order.id]['amount_paid']

    def _find(self, partner=None):
        found = self.Source._find_documents(partner or self.member, self.company)
        return {each['key']: each['amount_left'] for each in self._with_keys(found)}

    def _with_keys(self, found):
        return [each | {'key': each['document']} for each in found]


@tagged('post_install', '-at_install')
class TestInvoiceSale(InvoiceSaleCommon):
    def test_a_paid_order_can_be_invoiced(self):
        order = self._create_order()
        self.assertEqual(self._find(), {})
        self._pay_order(order)
        self.assertEqual(order.state, 'sale')
        self.assertEqual(self._find(), {order: 100.0})
        self.assertEqual(self._find(self.other_member), {})
        request = self._ask(order)
        self.assertEqual((request.amount, request.document_names), (100.0, order.name))
        self.assertEqual(self._find(), {})

    def test_a_confirmed_order_is_not_paid(self):
        order = self._create_order()
        order.action_confirm()
        self.assertEqual(self._find(), {})
        self._pay_order(order, 30.0)
        self.assertEqual(self._find(), {order: 30.0})

    def test_the_order_and_its_invoice_are_the_same_money(self):
        order = self._create_order()
        order.action_confirm()
        invoice = self._invoice(order)
        self._register_payment(invoice)
        self.assertEqual(self._find(), {order: 100.0})
        self.assertEqual(self._ask(order).amount, 100.0)
        self.assertEqual(self._find(), {})

    def test_paid_online_and_invoiced(self):
        order = self._create_order()
        tx = self._pay_order(order)
        invoice = self._invoice(order)
        if tx.payment_id and invoice.amount_residual:
            (tx.payment_id.move_id | invoice).line_ids.filtered(
                lambda line: line.account_type == 'asset_receivable' and not line.reconciled
            ).reconcile()
        self.assertEqual(self._get_paid(order), 100.0)

    def test_an_invoice_about_other_things_too(self):
        order = self._create_order(60.0)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.write(
            {
                'invoice_line_ids': [
                    Command.create({'name': "More", 'price_unit': 40.0, 'tax_ids': False})
                ]
            }
        )
        invoice.action_post()
        self._register_payment(invoice, amount=50.0)
        self.assertEqual(self._find(), {order: 30.0, invoice: 20.0})

    def test_more_than_the_order_is_not_invoiced(self):
        order = self._create_order()
        self._pay_order(order)
        self._pay_order(order, 50.0)
        self.assertEqual(self._get_paid(order), 100.0)

    def test_one_payment_for_two_orders(self):
        first, second = self._create_order(100.0), self._create_order(300.0)
        tx = self._create_transaction(
            'direct',
            amount=200.0,
            currency_id=self.currency.id,
            partner_id=self.member.id,
            sale_order_ids=[Command.set((first | second).ids)],
        )
        tx._set_done()
        self.assertEqual([self._get_paid(first), self._get_paid(second)], [50.0, 150.0])

    # === REFUNDS === #

    def test_a_refund_of_the_payment(self):
        order = self._create_order()
        tx = self._pay_order(order)
        request = self._ask(order)
        self._refund(tx, 30.0)
        self.assertEqual((self._get_paid(order), request.amount), (70.0, 70.0))
        self._attach(request)
        self._refund(tx, 20.0)
        self.assertEqual(request.amount_due_back, 20.0)
        self.assertBookRight()

    def test_a_credit_note_over_the_order(self):
        order = self._create_order()
        order.action_confirm()
        invoice = self._invoice(order)
        self._register_payment(invoice)
        request = self._ask(order)
        self._attach(request)
        self._credit(invoice, 25.0)
        self.assertEqual(self._get_paid(order), 75.0)
        self.assertEqual(request.amount_due_back, 25.0)

    def test_a_refund_shows_up_twice_and_counts_once(self):
        order = self._create_order()
        tx = self._pay_order(order)
        invoice = self._invoice(order)
        self._credit(invoice, 30.0)
        self._refund(tx, 30.0)
        self.assertEqual(self._get_paid(order), 70.0)

    def test_a_credit_note_without_an_origin(self):
        order = self._create_order()
        order.action_confirm()
        invoice = self._invoice(order)
        self._register_payment(invoice)
        order.order_line.product_uom_qty = 0.5
        credit_note = order._create_invoices(final=True)
        self.assertEqual((credit_note.move_type, credit_note.amount_total), ('out_refund', 50.0))
        credit_note.action_post()
        self.assertEqual(self._get_paid(order), 50.0)

    # === SCREENS === #

    def test_the_invoices_of_the_orders_are_the_document(self):
        order = self._create_order()
        order.action_confirm()
        invoice = self._invoice(order)
        self._register_payment(invoice)
        self.assertEqual(self._ask(order)._get_moves(), invoice)

    def test_requests_are_counted_at_the_order(self):
        order = self._create_order()
        self._pay_order(order)
        order.invalidate_recordset()
        self.assertEqual(order.invoice_request_count, 0)
        request = self._ask(order)
        order.invalidate_recordset()
        self.assertEqual(order.invoice_request_count, 1)
        action = order.action_view_invoice_requests()
        self.assertEqual(self.Request.search(action['domain']), request)

    def test_finding_costs_the_same_for_many(self):
        def count():
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.Source._find_documents(self.member, self.company)
            return self.cr.sql_log_count - before

        for _index in range(2):
            self._pay_order(self._create_order())
        count()
        few = count()
        for _index in range(6):
            self._pay_order(self._create_order())
        many = count()
        self.assertLessEqual(many, few + 2)


@tagged('post_install', '-at_install')
class TestInvoiceSalePortal(InvoiceSaleCommon, HttpCase):
    def test_from_the_order_to_the_request(self):
        order = self._create_order()
        order._portal_ensure_token()
        self.authenticate('invoice_portal', 'invoice_portal')
        lang = self.env['res.lang']._activate_lang('en_US')
        if 'website' in self.env:
            self.env['website'].sudo().search([]).language_ids += lang
        self.opener.cookies['frontend_lang'] = 'en_US'
        link = f'/my/invoice-requests/new?document=sale.order,{order.id}'
        self.assertNotIn(link, self.url_open(f'/my/orders/{order.id}').text)
        self._pay_order(order)
        self.assertIn(link, self.url_open(f'/my/orders/{order.id}').text)
        page = self.url_open(link).text
        self.assertIn('checked="checked" data-amount', page)
        response = self.url_open(
            '/my/invoice-requests/new',
            data={
                'csrf_token': http.Request.csrf_token(self),
                'document': f'sale.order,{order.id}',
                'title_id': 'new',
                'title_type': 'person',
                'title_name': "Li Wei",
                'kind': 'electronic_normal',
                'email': 'li@example.com',
            },
        )
        self.assertIn('done=submitted', response.url)
        self.assertNotIn(link, self.url_open(f'/my/orders/{order.id}').text)
