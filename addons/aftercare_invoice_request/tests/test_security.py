from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import InvoiceRequestCommon


@tagged('post_install', '-at_install')
class TestSecurity(InvoiceRequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request = cls._ask(cls._create_bill())
        cls.foreign = cls._ask(cls._create_bill(partner=cls.other_member), partner=cls.other_member)

    def test_members_see_their_own(self):
        for user in (self.user_portal, self.user_colleague):
            Request = self.Request.with_user(user)
            self.assertEqual(Request.search([]), self.request)
            self.assertEqual(Request.search([]).line_ids.amount, 100.0)
            with self.assertRaises(AccessError):
                self.foreign.with_user(user).read(['amount'])
            with self.assertRaises(AccessError):
                self.foreign.line_ids.with_user(user).read(['amount'])
            self.assertNotIn(
                self.foreign.title_id, self.env['invoice.title'].with_user(user).search([])
            )

    def test_a_persons_title_is_not_for_colleagues(self):
        title = self._create_title(title_type='person', name="Li", tax_no='360426199101010071')
        request = self._ask(self._create_bill(), title=title)
        own = self.env['invoice.title'].with_user(self.user_portal).search([])
        self.assertIn(title, own)
        self.assertIn(request, self.Request.with_user(self.user_portal).search([]))
        colleague = self.env['invoice.title'].with_user(self.user_colleague).search([])
        self.assertNotIn(title, colleague)
        self.assertNotIn(request, self.Request.with_user(self.user_colleague).search([]))
        with self.assertRaises(AccessError):
            request.line_ids.with_user(self.user_colleague).read(['name'])

    def test_drafts_are_not_shown_to_members(self):
        draft = self.Request.create({'partner_id': self.member.id, 'title_name': "x"})
        self.assertNotIn(draft, self.Request.with_user(self.user_portal).search([]))

    def test_members_write_nothing(self):
        request = self.request.with_user(self.user_portal)
        for action in (
            lambda: request.write({'title_name': "x"}),
            lambda: request.line_ids.write({'amount': 1.0}),
            request.unlink,
            request.action_approve,
            request.action_cancel,
            request.action_reject,
            request.action_deliver,
            lambda: request.create({'partner_id': self.member.id, 'title_name': "x"}),
            lambda: request.title_id.write({'name': "x"}),
            lambda: request.title_id.create({'partner_id': self.member.id, 'name': "x"}),
        ):
            with self.assertRaises(AccessError):
                action()
        for model in (
            'invoice.source',
            'invoice.request.issue',
            'invoice.request.reject',
            'invoice.request.reverse',
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.user_portal).search_read([])
        with self.assertRaises(AccessError):
            request.read(['note'])

    def test_internal_users_without_the_right_see_nothing(self):
        user = self._create_user('invoice_nobody', 'base.group_user', "Nobody")
        for model in ('invoice.request', 'invoice.title', 'invoice.source'):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(user).search([])

    def test_staff_does_not_touch_the_book(self):
        source = self.Source.search([('company_id', '=', self.company.id)], limit=1)
        self.assertTrue(source.with_user(self.staff).amount_paid)
        for user in (self.staff, self.manager):
            with self.assertRaises(AccessError):
                source.with_user(user).write({'amount_requested': 0.0})
            with self.assertRaises(AccessError):
                source.with_user(user).unlink()

    def test_staff_of_another_company_sees_nothing(self):
        company = self.setup_other_company()['company']
        self.staff.write({'company_id': company.id, 'company_ids': [(6, 0, company.ids)]})
        for model in ('invoice.request', 'invoice.source', 'invoice.title', 'invoice.request.line'):
            with self.subTest(model=model):
                self.assertFalse(self.env[model].with_user(self.staff).search([]))

    def test_red_letters_are_for_their_member(self):
        self._attach(self.request)
        reversal = self.request.sudo()._reverse({'number': 'R', 'reason': "x"}).sudo(False)
        self.assertEqual(reversal.with_user(self.user_portal).number, 'R')
        with self.assertRaises(AccessError):
            reversal.with_user(self.user_other).read(['number'])
        with self.assertRaises(AccessError):
            reversal.with_user(self.manager).write({'number': 'X'})
