from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import OTHER_USCC, USCC, InvoiceRequestCommon


@tagged('post_install', '-at_install')
class TestInvoiceRequest(InvoiceRequestCommon):
    def test_a_request_takes_the_money(self):
        invoice = self._create_bill()
        with freeze_time('2026-03-02 10:00:00'):
            request = self._ask(invoice)
        self.assertEqual((request.state, request.amount), ('submitted', 100.0))
        self.assertEqual(str(request.deadline), '2026-03-09')
        self.assertEqual(request.document_names, invoice.name)
        source = self._get_source(invoice)
        self.assertEqual((source.amount_requested, source.amount_left), (100.0, 0.0))
        self.assertBookRight()

    def test_the_same_money_twice_is_refused(self):
        invoice = self._create_bill()
        self._ask(invoice)
        with self.assertRefused("nothing left"):
            self._ask(invoice)
        self.assertBookRight()

    def test_several_documents_on_one_request(self):
        bills = self._create_bill(10.0), self._create_bill(20.5), self._create_bill(30.0)
        request = self._ask(*bills)
        self.assertEqual((request.amount, len(request.line_ids)), (60.5, 3))

    def test_one_open_request_for_a_document(self):
        invoice = self._create_bill(pay=False)
        self._register_payment(invoice, amount=40.0)
        request = self._ask(invoice)
        self._register_payment(invoice)
        with self.assertRefused("not issued yet"):
            self._ask(invoice)
        self._attach(request)
        self.assertEqual(self._ask(invoice).amount, 60.0)
        self.assertBookRight()

    def test_nothing_chosen(self):
        with self.assertRefused("Please choose"):
            self._ask()

    def test_documents_of_somebody_else_are_refused(self):
        foreign = self._create_bill(partner=self.other_member)
        with self.assertRefused("those of its member"):
            self._ask(foreign)

    def test_documents_of_two_currencies_are_refused(self):
        currency = self.setup_other_currency('EUR' if self.currency.name != 'EUR' else 'GBP')
        own = self._create_bill()
        other = self._create_invoice_one_line(
            price_unit=10.0,
            tax_ids=self.env['account.tax'],
            partner_id=self.member,
            currency_id=currency,
            post=True,
        )
        self._register_payment(other, currency_id=currency.id)
        with self.assertRefused("one company and currency"):
            self._ask(own, other)
        self.assertEqual(self._ask(other).currency_id, currency)

    # === TITLE === #

    def test_the_request_keeps_the_title_as_it_was(self):
        title = self._create_title(reg_address="1 Old Street")
        request = self._ask(self._create_bill(), title=title)
        title.write({'name': "New name", 'tax_no': OTHER_USCC, 'reg_address': "2 New Street"})
        self.assertEqual(
            (request.title_name, request.tax_no, request.reg_address),
            ("Lan Ltd", USCC, "1 Old Street"),
        )
        title.unlink()
        request.invalidate_recordset()
        self.assertEqual((request.title_name, request.tax_no), ("Lan Ltd", USCC))

    def test_what_a_kind_needs(self):
        self._set_country('cn')
        company = self._create_title(email=False)
        person = self._create_title(
            title_type='person', name="Li Wei", tax_no=False, email='li@example.com'
        )
        bank = {
            'reg_address': "1 Road, Beijing",
            'reg_phone': '010-12345678',
            'bank_name': "Bank of China",
            'bank_account': '6217000000000000',
        }
        delivery = {
            'delivery_name': "Li Wei",
            'delivery_phone': '13800000000',
            'delivery_address': "1 Road, Beijing",
        }
        invoice = self._create_bill()
        for title, kind, vals, words in (
            (company, 'electronic_normal', {}, "e-mail"),
            (person, 'electronic_special', {}, "with a tax number"),
            (company, 'paper_normal', {'delivery_name': "Li Wei"}, "on paper"),
            (company, 'paper_special', delivery, "bank account"),
            (person, 'paper_special', delivery | bank, "with a tax number"),
            (company, 'electronic_normal', {'email': 'a@b.c', 'title_name': ' '}, "whose name"),
            (company, 'electronic_special', {'email': 'a@b.c', 'tax_no': 'X'}, "18 letters"),
        ):
            with self.subTest(kind=kind, words=words), self.assertRefused(words):
                self._ask(invoice, title=title, kind=kind, **vals)
        for title, kind, vals in (
            (company, 'electronic_normal', {'email': 'a@example.com'}),
            (person, 'electronic_normal', {}),
            (company, 'electronic_special', {'email': 'a@example.com'}),
            (company, 'paper_normal', delivery),
            (company, 'paper_special', delivery | bank),
        ):
            with self.subTest(kind=kind):
                request = self._ask(invoice, title=title, kind=kind, **vals)
                self.assertEqual(request.state, 'submitted')
                request.action_cancel()

    def test_kinds_that_are_not_offered(self):
        invoice = self._create_bill()
        with self.assertRefused("not offered"):
            self._ask(invoice, kind='electronic_special')
        self.company.invoice_kind_electronic_normal = False
        with self.assertRefused("not offered"):
            self._ask(invoice)
        self.assertEqual(
            [code for code, _label in self.company._get_invoice_kinds()], ['paper_normal']
        )
        self._set_country('cn')
        self.assertEqual(len(self.company._get_invoice_kinds()), 3)

    def test_rules_follow_the_country_at_the_time(self):
        request = self._ask(self._create_bill())
        self.assertFalse(request.is_fapiao)
        self._set_country('cn')
        request.invalidate_recordset()
        self.assertFalse(request.is_fapiao)
        self.assertTrue(self._ask(self._create_bill()).is_fapiao)

    # === STATES === #

    def test_the_way_of_a_request(self):
        request = self._ask(self._create_bill()).with_user(self.staff)
        request.action_approve()
        self.assertEqual(request.state, 'approved')
        self._attach(request)
        self.assertEqual((request.state, request.issuer_id), ('issued', self.staff))
        request.action_deliver()
        self.assertEqual(request.state, 'delivered')
        self.assertTrue(request.date_submitted <= request.date_approved <= request.date_issued)

    def test_refused_with_a_reason(self):
        invoice = self._create_bill()
        request = self._ask(invoice).with_user(self.staff)
        action = request.action_reject()
        with Form(
            self.env[action['res_model']].with_user(self.staff).with_context(**action['context'])
        ) as form:
            form.reason = "Wrong number"
        form.save().action_reject()
        self.assertEqual((request.state, request.reject_reason), ('rejected', "Wrong number"))
        self.assertTrue(request.date_closed)
        self.assertEqual(self._get_source(invoice).amount_left, 100.0)
        self.assertTrue(self._ask(invoice), "What was refused can be asked for again.")
        self.assertBookRight()

    def test_cancelled(self):
        invoice = self._create_bill()
        request = self._ask(invoice).with_user(self.staff)
        request.action_cancel()
        self.assertEqual(request.state, 'cancelled')
        self.assertEqual(self._get_source(invoice).amount_left, 100.0)
        request.action_back_to_draft()
        request.action_submit()
        self.assertEqual(request.state, 'submitted')
        self.assertBookRight()

    def test_back_to_draft_when_the_money_is_gone(self):
        invoice = self._create_bill()
        request = self._ask(invoice)
        request.action_cancel()
        self._ask(invoice)
        request.action_back_to_draft()
        with self.assertRefused("left to invoice"):
            request.action_submit()
        self.assertBookRight()

    def test_steps_out_of_order_are_refused(self):
        request = self._ask(self._create_bill())
        for action in (
            request.action_submit,
            request.action_deliver,
            request.action_back_to_draft,
            lambda: request.sudo()._reverse({'number': '1', 'reason': "x"}),
        ):
            with self.assertRefused("not possible any more"):
                action()
        self._attach(request)
        for action in (
            request.action_approve,
            request.action_cancel,
            lambda: request.sudo()._reject("x"),
            lambda: self._attach(request, 'F/2'),
        ):
            with self.assertRefused("not possible any more"):
                action()
        self.assertBookRight()

    def test_many_are_approved_at_once(self):
        requests = self._ask(self._create_bill()) | self._ask(self._create_bill())
        requests.with_user(self.staff).action_approve()
        self.assertEqual(requests.mapped('state'), ['approved', 'approved'])

    def test_only_drafts_are_deleted(self):
        request = self._ask(self._create_bill())
        with self.assertRefused("Only drafts"):
            request.unlink()
        request.action_cancel()
        request.action_back_to_draft()
        request.unlink()
        self.assertFalse(request.exists())

    # === STAFF WRITES A REQUEST DOWN === #

    def test_staff_writes_a_request_down(self):
        invoice = self._create_bill()
        title = self._create_title()
        with Form(self.Request.with_user(self.staff)) as form:
            form.partner_id = self.member
            form.title_id = title
            self.assertEqual(form.tax_no, USCC)
        request = form.save()
        request.action_find_documents()
        self.assertEqual(request.line_ids.source_id.res_id, invoice.id)
        request.line_ids.amount = 25.0
        request.action_submit()
        self.assertEqual(request.amount, 25.0)
        self.assertEqual(self._get_source(invoice).amount_left, 75.0)
        with self.assertRefused("while it is a draft"):
            request.line_ids.amount = 100.0
        with self.assertRefused("while it is a draft"):
            request.line_ids.unlink()
        with self.assertRaises(UserError):
            request.action_find_documents()

    def test_nothing_to_find(self):
        request = self.Request.with_user(self.staff).create(
            {'partner_id': self.member.id, 'title_id': self._create_title().id}
        )
        with self.assertRefused("paid nothing"):
            request.action_find_documents()
        with self.assertRefused("Please choose"):
            request.action_submit()

    def test_more_than_is_left_is_refused(self):
        self._create_bill()
        request = self.Request.with_user(self.staff).create(
            {'partner_id': self.member.id, 'title_id': self._create_title().id}
        )
        request.action_find_documents()
        request.line_ids.amount = 100.01
        with self.assertRefused("left to invoice"):
            request.action_submit()
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            request.line_ids.amount = -1.0
            request.line_ids.flush_recordset()

    def test_states_and_numbers_are_not_written_by_hand(self):
        request = self._ask(self._create_bill()).with_user(self.manager)
        for vals in (
            {'state': 'issued'},
            {'invoice_number': '1'},
            {'partner_id': self.other_member.id},
            {'attachment_ids': [Command.clear()]},
            {'name': 'X'},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                request.write(vals)
        request.tax_no = OTHER_USCC
        self._attach(request)
        with self.assertRaises(AccessError):
            request.tax_no = USCC
        request.write({'courier': "SF", 'note': "Internal"})
        with self.assertRaises(AccessError):
            self.Request.with_user(self.staff).create(
                {'partner_id': self.member.id, 'state': 'issued'}
            )
        with self.assertRaises(UserError):
            request.line_ids.write({'amount_reversed': 1.0})

    def test_numbers_of_requests(self):
        first, second = self._ask(self._create_bill()), self._ask(self._create_bill())
        self.assertTrue(first.name.startswith('IR'))
        self.assertNotEqual(first.name, second.name)
        self.assertEqual(first.display_name, f'{first.name} · Lan Ltd')
        self.assertIn(
            first, self.Request.browse([id for id, _name in self.Request.name_search("Lan Ltd")])
        )

    def test_counted_at_the_member(self):
        self._ask(self._create_bill())
        partners = (self.member | self.member_company | self.other_member).with_user(self.staff)
        self.assertEqual(partners.mapped('invoice_request_count'), [1, 1, 0])
        action = self.member.with_user(self.staff).action_view_invoice_requests()
        self.assertEqual(len(self.Request.search(action['domain'])), 1)
