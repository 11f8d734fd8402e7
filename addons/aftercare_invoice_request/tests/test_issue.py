from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DIGITAL_NUMBER, InvoiceRequestCommon

PDF = {'filename': 'INV.pdf', 'filetype': 'pdf', 'content': b'%PDF-1.4 invoice'}


@tagged('post_install', '-at_install')
class TestIssue(InvoiceRequestCommon):
    def _patch_pdf(self):
        return patch.object(
            type(self.env['account.move']),
            '_get_invoice_legal_documents',
            lambda move, filetype, allow_fallback=False: PDF | {'filename': f'{move.id}.pdf'},
        )

    # === BY STAFF === #

    def test_attach_and_issue_in_one_step(self):
        request = self._ask(self._create_bill()).with_user(self.staff)
        action = request.action_issue()
        file = self._create_file(user=self.staff)
        with Form(
            self.env[action['res_model']].with_user(self.staff).with_context(**action['context'])
        ) as form:
            form.number = ' F/2026/7 '
            form.date = '2026-03-05'
            form.attachment_ids.add(file)
        form.save().action_issue()
        self.assertEqual((request.state, request.invoice_number), ('issued', 'F/2026/7'))
        self.assertEqual(str(request.invoice_date), '2026-03-05')
        self.assertEqual(request.attachment_ids, file)
        self.assertEqual((file.res_model, file.res_id), ('invoice.request', request.id))
        self.assertTrue(request.date_approved, "Who issues it, approves it.")

    def test_a_digital_invoice_needs_a_file(self):
        request = self._ask(self._create_bill())
        with self.assertRefused("attach the file"):
            self._attach(request, attachment_ids=False)
        with self.assertRefused("number of the invoice"):
            self._attach(request, number=' ')
        with self.assertRefused("Please attach"):
            request.sudo()._issue()
        self.assertEqual(request.state, 'submitted')

    def test_files_that_are_no_invoices(self):
        request = self._ask(self._create_bill())
        for name in ('virus.exe', 'page.html', 'pdf', 'picture.svg'):
            file = self._create_file(name, self.staff)
            with self.subTest(name=name), self.assertRefused("PDF, OFD or XML"):
                self._attach(request, attachment_ids=[Command.set(file.ids)])
        files = self.env['ir.attachment']
        for name in ('invoice.pdf', 'invoice.OFD', 'invoice.xml'):
            files |= self._create_file(name, self.staff)
        self._attach(request, attachment_ids=[Command.set(files.ids)])
        self.assertEqual(len(request.attachment_ids), 3)

    def test_files_of_other_records_can_not_be_taken(self):
        request = self._ask(self._create_bill())
        foreign = self.env['ir.attachment'].create(
            {'name': 'secret.pdf', 'raw': b'x', 'res_model': 'res.users', 'res_id': self.env.uid}
        )
        with self.assertRaises(AccessError):
            self._attach(request, attachment_ids=[Command.set(foreign.ids)])
        self.assertEqual(foreign.res_model, 'res.users')

    def test_numbers_of_digital_invoices_in_china(self):
        self._set_country('cn')
        request = self._ask(self._create_bill())
        for number, code in (
            ('123', False),
            (DIGITAL_NUMBER + '0', False),
            (DIGITAL_NUMBER, '1' * 12),
        ):
            with self.subTest(number=number), self.assertRaises(ValidationError):
                self._attach(request, number, code=code)
        self._attach(request, DIGITAL_NUMBER)
        self.assertEqual(request.invoice_number, DIGITAL_NUMBER)

    def test_numbers_of_invoices_on_paper_in_china(self):
        self._set_country('cn')
        request = self._ask(
            self._create_bill(),
            kind='paper_normal',
            delivery_name="Li",
            delivery_phone='1',
            delivery_address="Road",
        )
        for number, code in ((DIGITAL_NUMBER, False), ('12345678', False), ('12345678', '123')):
            with self.subTest(number=number), self.assertRaises(ValidationError):
                self._attach(request, number, code=code)
        self._attach(request, '12345678', code='012345678901', attachment_ids=False)
        self.assertEqual((request.state, request.invoice_code), ('issued', '012345678901'))

    def test_a_chinese_number_is_used_once(self):
        self._set_country('cn')
        self._attach(self._ask(self._create_bill()), DIGITAL_NUMBER)
        second = self._ask(self._create_bill())
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            self._attach(second, DIGITAL_NUMBER)
            self.env.flush_all()
        self._attach(second, DIGITAL_NUMBER[:-1] + '0')

    def test_the_number_is_read_from_the_name_of_the_file(self):
        self._set_country('cn')
        request = self._ask(self._create_bill())
        action = request.action_attach()
        with Form(self.env[action['res_model']].with_context(**action['context'])) as form:
            form.attachment_ids.add(self._create_file(f'dzfp_{DIGITAL_NUMBER}_Lan.pdf'))
            self.assertEqual(form.number, DIGITAL_NUMBER)

    def test_paper_goes_by_courier(self):
        request = self._ask(
            self._create_bill(),
            kind='paper_normal',
            delivery_name="Li",
            delivery_phone='1',
            delivery_address="Road",
        )
        self._attach(request)
        with self.assertRefused("courier"):
            request.action_deliver()
        request.with_user(self.staff).write({'courier': "SF Express", 'tracking_number': 'SF1'})
        request.with_user(self.staff).action_deliver()
        self.assertEqual(request.state, 'delivered')

    def test_manual_ones_are_issued_one_by_one(self):
        requests = self._ask(self._create_bill()) | self._ask(self._create_bill())
        with self.assertRefused("one by one"):
            requests.action_issue()

    # === BY ODOO === #

    def test_the_customer_invoice_is_the_document(self):
        self.company.invoice_request_provider = 'odoo'
        bills = self._create_bill(), self._create_bill(50.0)
        request = self._ask(*bills)
        self.assertEqual(request.provider, 'odoo')
        with self._patch_pdf():
            request.with_user(self.staff).action_issue()
        self.assertEqual(request.state, 'issued')
        self.assertEqual(set(request.invoice_number.split(', ')), {bill.name for bill in bills})
        self.assertEqual(len(request.attachment_ids), 2)
        self.assertEqual(request.attachment_ids[0].raw, PDF['content'])
        self.assertIn(request.move_id, bills)

    def test_many_are_issued_at_once(self):
        self.company.invoice_request_provider = 'odoo'
        requests = self._ask(self._create_bill()) | self._ask(self._create_bill())
        with self._patch_pdf():
            requests.with_user(self.staff).action_issue()
        self.assertEqual(requests.mapped('state'), ['issued', 'issued'])

    def test_an_invoice_about_other_money_is_no_document(self):
        self.company.invoice_request_provider = 'odoo'
        invoice = self._create_bill(pay=False)
        self._register_payment(invoice, amount=40.0)
        request = self._ask(invoice)
        with self._patch_pdf(), self.assertRefused("attach the document yourself"):
            request.action_issue()
        self._attach(request)
        self.assertEqual(request.state, 'issued')

    def test_no_customer_invoice_in_china(self):
        self._set_country('cn')
        self.company.invoice_request_provider = 'odoo'
        request = self._ask(self._create_bill())
        with self._patch_pdf(), self.assertRefused("tax platform"):
            request.action_issue()

    def test_another_provider_can_be_added(self):
        cls = type(self.Request)
        original = cls._issue

        def _issue(requests, document=None):
            mine = requests.filtered(lambda request: request.remark == 'api')
            for request in mine:
                request._set_issued({'number': 'API-1', 'attachments': self._create_file().ids})
            return original(requests - mine, document)

        request = self._ask(self._create_bill(), remark='api')
        with patch.object(cls, '_issue', _issue):
            request.sudo()._issue()
        self.assertEqual((request.state, request.invoice_number), ('issued', 'API-1'))
