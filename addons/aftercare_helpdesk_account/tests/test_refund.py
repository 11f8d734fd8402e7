from datetime import timedelta

from odoo.addons.aftercare_helpdesk_after_sales.tests.common import AfterSalesCommon
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Date
from odoo.tests import Form, tagged


@tagged('post_install', '-at_install')
class TestRefund(AfterSalesCommon):
    switch = 'can_refund'
    wizard = 'helpdesk.refund'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Account = cls.env['account.account']
        cls.receivable, cls.income = Account.create(
            [
                {
                    'name': "Customers",
                    'code': 'AFTS1',
                    'account_type': 'asset_receivable',
                    'reconcile': True,
                },
                {'name': "Sales", 'code': 'AFTS2', 'account_type': 'income'},
            ]
        )
        cls.journal, cls.other_journal = cls.env['account.journal'].create(
            [
                {
                    'name': f"Sales {code}",
                    'code': code,
                    'type': 'sale',
                    'company_id': cls.company.id,
                    'default_account_id': cls.income.id,
                }
                for code in ('AFTS', 'AFTO')
            ]
        )
        partners = cls.customer_company | cls.customer | cls.colleague | cls.stranger
        partners.property_account_receivable_id = cls.receivable
        cls.invoice = cls._invoice(cls.customer_company)
        cls.draft = cls._invoice(cls.customer, post=False)
        cls.stranger_invoice = cls._invoice(cls.stranger)

    @classmethod
    def _invoice(cls, partner, post=True):
        invoice = cls.env['account.move'].create(
            {
                'move_type': 'out_invoice',
                'journal_id': cls.journal.id,
                'partner_id': partner.id,
                'invoice_date': Date.today() - timedelta(days=3),
                'invoice_line_ids': [
                    Command.create(
                        {
                            'product_id': cls.product.id,
                            'account_id': cls.income.id,
                            'quantity': 2,
                            'price_unit': 100,
                            'tax_ids': [Command.clear()],
                        }
                    )
                ],
            }
        )
        if post:
            invoice.action_post()
        return invoice

    def _refund(self, **values):
        form = self._open()
        for name, value in values.items():
            form[name] = value
        form.save().action_confirm()
        return self.env['account.move'].search([('ticket_id', '=', self.ticket.id)], order='id')

    # --- what is offered ---

    def test_offered_only_where_something_was_invoiced(self):
        self.assertEqual(self._get_action_names(), ['action_refund'])
        newcomer = self.env['res.partner'].create({'name': "Newcomer"})
        self._invoice(newcomer, post=False)
        ticket = self._create_ticket(partner_id=newcomer.id)
        self.assertEqual(self._get_action_names(ticket), [])

    def test_not_offered_by_a_team_that_does_not_refund(self):
        self.team.can_refund = False
        self.assertEqual(self._get_action_names(), [])

    def test_only_posted_invoices_of_the_customer_can_be_chosen(self):
        form = self._open()
        self.assertEqual([choice['id'] for choice in form.move_choices], self.invoice.ids)
        self.assertEqual(form.move_id, self.invoice)
        self.assertEqual(form.journal_id, self.journal)
        journals = {choice['id'] for choice in form.journal_choices}
        self.assertLessEqual(set((self.journal | self.other_journal).ids), journals)

    # --- what is done ---

    def test_refund_as_a_draft_by_an_agent_without_rights(self):
        self.assertFalse(self.env['account.move'].with_user(self.user_a).has_access('read'))
        refund = self._refund(reason="Too late", journal_id=self.other_journal)
        self.assertEqual(refund.move_type, 'out_refund')
        self.assertEqual(refund.state, 'draft')
        self.assertEqual(refund.reversed_entry_id, self.invoice)
        self.assertEqual(refund.amount_total, 200)
        self.assertEqual(refund.journal_id, self.other_journal)
        self.assertIn("Too late", refund.ref)
        self._assert_told(self.invoice.name, "200.00", "Too late")

    def test_refund_and_invoice_anew(self):
        refund, invoice = self._refund(method='modify')
        self.assertEqual((refund.move_type, refund.state), ('out_refund', 'posted'))
        self.assertEqual((invoice.move_type, invoice.state), ('out_invoice', 'draft'))
        self.assertEqual(invoice.invoice_line_ids.product_id, self.product)
        self.assertEqual(self.invoice.payment_state, 'reversed')
        self._assert_told(refund.name)
        self.assertEqual(self._as_agent().refund_count, 1)

    def test_nothing_is_refunded_twice(self):
        self._refund()
        self.assertFalse(self._open().move_choices)
        with self.assertRaisesRegex(UserError, "credited in full"):
            self._create(move_id=self.invoice.id)

    def test_what_is_credited_in_part_is_not_credited_at_once(self):
        refund = self._refund()
        refund.invoice_line_ids.quantity = 1
        with self.assertRaisesRegex(UserError, "make a draft"):
            self._create(move_id=self.invoice.id, method='modify').action_confirm()
        self.assertEqual(len(self._refund()), 2)

    # --- what is seen ---

    def test_the_agent_sees_the_result_without_rights(self):
        self._refund()
        ticket = self._as_agent()
        self.assertEqual((ticket.refund_count, ticket.refund_state), (1, "Draft"))
        [row] = ticket.after_sales_rows
        self.assertFalse(row['can_open'])
        self.assertEqual(row['lines'][0]['text'], "Lamp")
        self.assertEqual(ticket.action_view_refunds()['params']['rows'], [row])
        Form(ticket)

    def test_who_has_rights_opens_the_credit_note(self):
        refund = self._refund()
        accountant = self._create_user(
            'account', 'helpdesk_mgmt.group_helpdesk_user,account.group_account_invoice'
        )
        action = self._as_agent(user=accountant).action_view_refunds()
        self.assertEqual((action['res_model'], action['res_id']), ('account.move', refund.id))

    def test_the_agent_hears_of_the_posting(self):
        refund = self._refund()
        refund.action_post()
        self._assert_agent_told(refund.name)
        self.assertEqual(self._as_agent().refund_state, "Settled")

    # --- what is refused ---

    def test_another_customers_invoice_is_refused(self):
        with self.assertRaises(UserError):
            self._create(move_id=self.stranger_invoice.id)
        wizard = self._create(move_id=self.invoice.id)
        with self.assertRaises(UserError):
            wizard.move_id = self.stranger_invoice
            wizard.action_confirm()

    def test_a_draft_invoice_is_refused(self):
        with self.assertRaises(UserError):
            self._create(move_id=self.draft.id)

    def test_a_foreign_journal_is_refused(self):
        purchases = self.env['account.journal'].create(
            {'name': "Purchases", 'code': 'AFTP', 'type': 'purchase', 'company_id': self.company.id}
        )
        wizard = self._create(move_id=self.invoice.id)
        with self.assertRaises(UserError):
            wizard.journal_id = purchases
            wizard.action_confirm()

    def test_a_credit_note_of_tomorrow_is_not_posted_at_once(self):
        tomorrow = Date.today() + timedelta(days=2)
        with self.assertRaisesRegex(UserError, "later date"):
            self._create(move_id=self.invoice.id, method='modify', date=tomorrow)

    def test_another_teams_ticket_is_refused(self):
        with self.assertRaises(AccessError):
            self._create(user=self.outsider, move_id=self.invoice.id)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.outsider).action_refund()

    def test_a_team_that_is_switched_off_is_refused(self):
        wizard = self._create(move_id=self.invoice.id)
        self.team.can_refund = False
        with self.assertRaisesRegex(UserError, "does not offer"):
            wizard.action_confirm()

    def test_a_ticket_without_customer_is_refused(self):
        self.ticket.partner_id = False
        with self.assertRaisesRegex(UserError, "who the customer"):
            self.ticket.with_user(self.user_a).action_refund()
