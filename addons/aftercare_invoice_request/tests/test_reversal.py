from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import InvoiceRequestCommon

ACTIVITY = 'aftercare_invoice_request.mail_activity_type_reversal'


@tagged('post_install', '-at_install')
class TestReversal(InvoiceRequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.invoice_request_user_id = cls.staff

    def _get_todos(self, request):
        return request.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
        )

    def _take_back(self, request, user=None, **values):
        action = request.with_user(user or self.manager).action_reverse()
        wizard = (
            self.env[action['res_model']]
            .with_user(user or self.manager)
            .with_context(**action['context'])
        )
        with Form(wizard) as form:
            form.number = 'RED-1'
            form.reason = "Refund"
            for name, value in values.items():
                form[name] = value
        form.save().action_reverse()

    # === BEFORE THE INVOICE === #

    def test_a_refund_makes_an_open_request_smaller(self):
        invoice = self._create_bill()
        request = self._ask(invoice)
        self._credit(invoice, 30.0)
        self.assertEqual((request.state, request.amount), ('submitted', 70.0))
        self.assertFalse(request.needs_reversal)
        self.assertIn("smaller", request.message_ids[0].body)
        self.assertBookRight()

    def test_a_refund_of_all_calls_the_request_off(self):
        invoice = self._create_bill()
        request = self._ask(invoice)
        self._credit(invoice)
        self.assertEqual(request.state, 'cancelled')
        self.assertIn("refunded", request.reject_reason)
        self.assertEqual(request.amount, 100.0, "It tells what was asked for.")
        self.assertBookRight()

    def test_a_refunded_document_leaves_the_request(self):
        refunded, kept = self._create_bill(10.0), self._create_bill(20.0)
        request = self._ask(refunded, kept)
        self._credit(refunded)
        self.assertEqual((request.state, request.amount), ('submitted', 20.0))
        self.assertEqual(request.line_ids.source_id.res_id, kept.id)
        self._credit(kept)
        self.assertEqual(request.state, 'cancelled')
        self.assertBookRight()

    def test_a_payment_that_bounces_counts_as_refund(self):
        invoice = self._create_bill()
        request = self._ask(invoice)
        invoice.line_ids.remove_move_reconcile()
        self.env['account.payment'].search([('partner_id', '=', self.member.id)]).action_draft()
        invoice._refresh_invoice_sources()
        self.assertEqual(request.state, 'cancelled')

    # === AFTER THE INVOICE === #

    def test_a_refund_after_the_invoice_is_a_todo(self):
        invoice = self._create_bill()
        request = self._ask(invoice)
        self._attach(request)
        self._credit(invoice, 30.0)
        self.assertEqual((request.state, request.amount_due_back), ('issued', 30.0))
        self.assertTrue(request.needs_reversal)
        todo = self._get_todos(request)
        self.assertEqual((len(todo), todo.user_id), (1, self.staff))
        self._credit(invoice, 20.0)
        self.assertEqual(request.amount_due_back, 50.0)
        self.assertEqual(self._get_todos(request), todo, "One to-do, not one for each refund.")
        self.assertIn(request, self.Request.search([('needs_reversal', '=', True)]))

    def test_a_refund_that_is_undone(self):
        invoice = self._create_bill()
        request = self._ask(invoice)
        self._attach(request)
        credit_note = self._credit(invoice, 30.0)
        credit_note.button_draft()
        self.assertFalse(request.needs_reversal)
        self.assertFalse(self._get_todos(request))

    def test_a_red_letter_over_what_was_refunded(self):
        invoice = self._create_bill()
        request = self._ask(invoice)
        self._attach(request)
        self._credit(invoice, 30.0)
        self._take_back(request)
        reversal = request.reversal_ids
        self.assertEqual((reversal.amount, reversal.number), (30.0, 'RED-1'))
        self.assertEqual(reversal.user_id, self.manager)
        self.assertEqual((request.state, request.amount_reversed), ('issued', 30.0))
        self.assertFalse(request.needs_reversal)
        self.assertFalse(self._get_todos(request))
        source = self._get_source(invoice)
        self.assertEqual((source.amount_requested, source.amount_left), (70.0, 0.0))
        self._credit(invoice, 70.0)
        self.assertEqual(request.amount_due_back, 70.0)
        self._take_back(request)
        self.assertEqual(request.state, 'reversed')
        self.assertBookRight()

    def test_a_red_letter_over_the_whole_invoice(self):
        invoice = self._create_bill()
        request = self._ask(invoice)
        self._attach(request)
        request.action_deliver()
        self._credit(invoice, 30.0)
        self._take_back(request, scope='whole')
        self.assertEqual((request.state, request.amount_reversed), ('reversed', 100.0))
        self.assertEqual(self._get_source(invoice).amount_left, 70.0)
        self.assertEqual(self._ask(invoice).amount, 70.0, "What is still paid can be invoiced.")
        self.assertBookRight()

    def test_a_red_letter_without_a_refund(self):
        invoice = self._create_bill()
        request = self._ask(invoice)
        self._attach(request)
        self._take_back(request)
        self.assertEqual(request.state, 'reversed')
        self.assertEqual(self._ask(invoice).amount, 100.0)

    def test_nothing_to_take_back(self):
        request = self._ask(self._create_bill())
        self._attach(request)
        with self.assertRefused("nothing to take back"):
            request.sudo()._reverse({'number': '1', 'reason': "x"}, is_whole=False)

    def test_staff_may_not_take_back(self):
        request = self._ask(self._create_bill())
        self._attach(request)
        with self.assertRaises(AccessError):
            self._take_back(request, user=self.staff)
        with self.assertRaises(AccessError):
            request.with_user(self.staff)._check_manager()
        self.assertEqual(request.state, 'issued')

    def test_open_requests_give_way_before_issued_ones(self):
        invoice = self._create_bill(pay=False)
        self._register_payment(invoice, amount=40.0)
        issued = self._ask(invoice)
        self._attach(issued)
        self._register_payment(invoice)
        waiting = self._ask(invoice)
        self._credit(invoice, 50.0)
        self.assertEqual((waiting.amount, waiting.state), (10.0, 'submitted'))
        self.assertFalse(issued.needs_reversal)
        self._credit(invoice, 20.0)
        self.assertEqual(waiting.state, 'cancelled')
        self.assertEqual(issued.amount_due_back, 10.0)
        self.assertBookRight()
