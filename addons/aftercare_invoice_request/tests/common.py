from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.exceptions import UserError
from odoo.tests import new_test_user

USCC = '91110000600037341L'
OTHER_USCC = '91330100799655058B'
DIGITAL_NUMBER = '24312000000123456789'


class InvoiceRequestCommon(AccountTestInvoicingCommon):
    """Members with portal users, staff, and what is needed to invoice, pay and refund."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref(
            'aftercare_invoice_request.aftercare_invoice_request_group_manager'
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.lang']._activate_lang('en_US')
        cls.env = cls.env(context=dict(cls.env.context, lang='en_US', notification_disable=True))
        cls.Request = cls.env['invoice.request']
        cls.Source = cls.env['invoice.source']
        cls.Title = cls.env['invoice.title']
        cls.company = cls.env.company
        cls.currency = cls.company.currency_id
        cls._set_country('es')
        cls.company.write(
            {
                'invoice_request_days': 7,
                'invoice_request_provider': 'manual',
                'invoice_kind_electronic_normal': True,
                'invoice_kind_electronic_special': True,
                'invoice_kind_paper_normal': True,
                'invoice_kind_paper_special': True,
            }
        )
        cls.member_company = cls.env['res.partner'].create(
            {'name': "Lan Ltd", 'is_company': True, 'email': 'office@lan.example.com'}
        )
        cls.user_portal = cls._create_user('invoice_portal', 'base.group_portal', "Lan Portal")
        cls.member = cls.user_portal.partner_id
        cls.member.parent_id = cls.member_company
        cls.user_colleague = cls._create_user(
            'invoice_colleague', 'base.group_portal', "Lan Colleague"
        )
        cls.user_colleague.partner_id.parent_id = cls.member_company
        cls.user_other = cls._create_user('invoice_other', 'base.group_portal', "Other Portal")
        cls.other_member = cls.user_other.partner_id
        cls.staff = cls._create_user(
            'invoice_staff',
            'aftercare_invoice_request.aftercare_invoice_request_group_user',
            "Invoice Staff",
        )
        cls.manager = cls._create_user(
            'invoice_manager',
            'aftercare_invoice_request.aftercare_invoice_request_group_manager',
            "Invoice Manager",
        )

    @classmethod
    def _create_user(cls, login, groups, name):
        return new_test_user(
            cls.env,
            login,
            groups,
            name=name,
            email=f'{login}@example.com',
            lang='en_US',
            tz='UTC',
            company_id=cls.env.company.id,
            company_ids=[Command.set(cls.env.company.ids)],
        )

    @classmethod
    def _set_country(cls, code):
        cls.env.company.account_fiscal_country_id = cls.env.ref(f'base.{code}')

    @classmethod
    def _create_bill(cls, amount=100.0, partner=None, pay=True):
        """Return a posted customer invoice, paid unless told otherwise."""
        invoice = cls._create_invoice_one_line(
            price_unit=amount,
            name="Software",
            tax_ids=cls.env['account.tax'],
            partner_id=partner or cls.member,
            post=True,
        )
        if pay:
            cls._register_payment(invoice)
        return invoice

    @classmethod
    def _credit(cls, invoice, amount=None):
        """Post a credit note over an invoice, or over a part of it."""
        credit_note = cls._reverse_invoice(invoice)
        if amount is not None:
            credit_note.invoice_line_ids.price_unit = amount
        credit_note.action_post()
        return credit_note

    @classmethod
    def _create_title(cls, partner=None, **vals):
        return cls.Title.create(
            {
                'partner_id': (partner or cls.member).id,
                'name': "Lan Ltd",
                'title_type': 'company',
                'tax_no': USCC,
                'email': 'office@lan.example.com',
                **vals,
            }
        )

    @classmethod
    def _ask(cls, *documents, partner=None, title=None, **vals):
        """Submit a request as the portal does."""
        partner = partner or cls.member
        if not title and not vals.get('title_id'):
            title = cls.Title.search([('partner_id', '=', partner.id)], limit=1)
            title = title or cls._create_title(partner)
        return cls.Request._request_documents(
            partner,
            list(documents),
            {'title_id': title.id, 'kind': 'electronic_normal', **vals},
        ).sudo(False)

    @classmethod
    def _create_file(cls, name='invoice.pdf', user=None):
        return (
            cls.env['ir.attachment']
            .with_user(user or cls.env.user)
            .create({'name': name, 'raw': b'%PDF-1.4 test'})
        )

    @classmethod
    def _attach(cls, request, number='F/2026/1', user=None, **vals):
        """Attach and issue as staff does."""
        user = user or cls.staff
        vals.setdefault('attachment_ids', [Command.set(cls._create_file(user=user).ids)])
        wizard = (
            cls.env['invoice.request.issue']
            .with_user(user)
            .create({'request_id': request.id, 'number': number, **vals})
        )
        wizard.action_issue()

    def _run_cron(self):
        with patch.object(self.env.registry['ir.cron'], '_commit_progress', return_value=60):
            self.Request.sudo()._cron_run()

    def _get_source(self, document):
        return self.Source.search(
            [('res_model', '=', document._name), ('res_id', '=', document.id)]
        )

    @contextmanager
    def assertRefused(self, words):
        """What is done inside is refused in these words, and leaves no trace."""
        with self.assertRaises(UserError) as caught:
            yield
        self.assertIn(words, str(caught.exception))

    def assertBookRight(self):
        """Each document's requested amount is what its lines hold."""
        for source in self.Source.search([('company_id', '=', self.company.id)]):
            held = sum(line._get_amount_held() for line in source.line_ids)
            self.assertAlmostEqual(source.amount_requested, held, msg=source.name)
            if not any(source.line_ids.mapped('amount_due_back')):
                self.assertLessEqual(source.amount_requested, source.amount_paid, source.name)
