from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import InvoiceRequestCommon


@tagged('post_install', '-at_install')
class TestInvoiceSource(InvoiceRequestCommon):
    def _get_paid(self, invoice):
        return invoice._prepare_invoice_sources()[invoice.id]['amount_paid']

    def _find(self, partner=None):
        found = self.Source._find_documents(partner or self.member, self.company)
        return {each['document'].id: each['amount_left'] for each in found}

    # === WHAT IS PAID === #

    def test_only_money_counts(self):
        unpaid = self._create_bill(pay=False)
        partly = self._create_bill(pay=False)
        self._register_payment(partly, amount=40.0)
        paid = self._create_bill()
        self.assertEqual([self._get_paid(bill) for bill in (unpaid, partly, paid)], [0, 40, 100])
        found = self._find()
        self.assertEqual(found, {partly.id: 40.0, paid.id: 100.0})

    def test_drafts_and_bills_are_no_sources(self):
        self._create_invoice_one_line(price_unit=10.0, partner_id=self.member)
        self._create_invoice_one_line(
            price_unit=10.0, partner_id=self.member, move_type='in_invoice', post=True
        )
        self.assertFalse(self._find())

    def test_credit_note_over_a_part_of_what_was_paid(self):
        invoice = self._create_bill()
        self._credit(invoice, 30.0)
        self.assertEqual(self._get_paid(invoice), 70)

    def test_credit_note_settles_what_was_not_paid(self):
        invoice = self._create_bill(pay=False)
        self._credit(invoice, 30.0)
        self.assertEqual(self._get_paid(invoice), 0)
        self._register_payment(invoice)
        self.assertEqual(self._get_paid(invoice), 70)

    def test_credit_note_over_all(self):
        invoice = self._create_bill()
        self._credit(invoice)
        self.assertEqual(self._get_paid(invoice), 0)
        self.assertNotIn(invoice.id, self._find())

    def test_credit_note_of_another_invoice(self):
        invoice = self._create_bill(pay=False)
        other = self._create_bill()
        credit_note = self._credit(other, 30.0)
        lines = (invoice | credit_note).line_ids.filtered(
            lambda line: line.account_type == 'asset_receivable' and not line.reconciled
        )
        self.assertEqual(len(lines), 2)
        lines.reconcile()
        self.assertEqual(self._get_paid(invoice), 0)
        self._register_payment(invoice)
        self.assertEqual(self._get_paid(invoice), 70)
        self.assertEqual(self._get_paid(other), 70)

    def test_payment_taken_back(self):
        invoice = self._create_bill()
        invoice.line_ids.remove_move_reconcile()
        self.env['account.payment'].search([('partner_id', '=', self.member.id)]).action_draft()
        self.assertEqual(self._get_paid(invoice), 0)

    def test_documents_of_the_whole_commercial_entity(self):
        own = self._create_bill()
        office = self._create_bill(partner=self.member_company)
        foreign = self._create_bill(partner=self.other_member)
        self.assertEqual(set(self._find()), {own.id, office.id})
        self.assertEqual(set(self._find(self.other_member)), {foreign.id})

    def test_documents_of_another_company_are_not_found(self):
        self._create_bill()
        other = self.setup_other_company()['company']
        self.assertFalse(self.Source._find_documents(self.member, other))

    def test_what_is_on_a_request_says_so(self):
        invoice = self._create_bill(pay=False)
        self._register_payment(invoice, amount=40.0)
        request = self._ask(invoice)
        self._register_payment(invoice)
        [found] = self.Source._find_documents(self.member, self.company)
        self.assertEqual((found['amount_left'], found['request']), (60.0, request))

    def test_finding_costs_the_same_for_many(self):
        def count():
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.Source._find_documents(self.member, self.company)
            return self.cr.sql_log_count - before

        for _index in range(2):
            self._create_bill()
        self._ask(self._create_bill(pay=True))
        count()
        few = count()
        for _index in range(6):
            self._create_bill()
        self.assertLessEqual(count(), few + 2)

    # === THE BOOK === #

    def test_reserve_and_release(self):
        invoice = self._create_bill()
        source = self.Source._open_for(invoice)
        source._reserve(60.0)
        self.assertEqual((source.amount_requested, source.amount_left), (60.0, 40.0))
        with self.assertRefused("40"):
            source._reserve(40.01)
        self.assertEqual(source.amount_requested, 60.0)
        source._reserve(40.0)
        self.assertEqual(source.amount_left, 0.0)
        source._release(100.0)
        self.assertEqual(source.amount_left, 100.0)

    def test_cents_are_exact(self):
        invoice = self._create_bill(0.3)
        source = self.Source._open_for(invoice)
        for _index in range(3):
            source._reserve(0.1)
        self.assertEqual(source.amount_requested, 0.3)
        with self.assertRaises(UserError):
            source._reserve(0.01)
        for _index in range(3):
            source._release(0.1)
        self.assertEqual(source.amount_requested, 0.0)

    def test_a_document_has_one_row(self):
        invoice = self._create_bill()
        source = self.Source._open_for(invoice)
        self.assertEqual(self.Source._open_for(invoice), source)
        self.assertEqual(source.res_id, invoice.id)
        self.assertEqual(source.partner_id, self.member_company)

    def test_later_payments_are_noted(self):
        invoice = self._create_bill(pay=False)
        self._register_payment(invoice, amount=40.0)
        source = self.Source._open_for(invoice)
        self.assertEqual(source.amount_paid, 40.0)
        self._register_payment(invoice)
        self.assertEqual(source.amount_paid, 100.0)

    def test_the_book_opens_the_document(self):
        invoice = self._create_bill()
        action = self.Source._open_for(invoice).with_user(self.staff).action_open_document()
        self.assertEqual((action['res_model'], action['res_id']), ('account.move', invoice.id))
