from odoo import Command, http
from odoo.addons.account.tests.common import AccountTestInvoicingHttpCommon
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import USCC, InvoiceRequestCommon


class InvoicePortalCommon(InvoiceRequestCommon, AccountTestInvoicingHttpCommon):
    """A member in the portal."""

    def setUp(self):
        super().setUp()
        self._log_in('invoice_portal')

    def _log_in(self, login):
        self.authenticate(login, login)
        lang = self.env['res.lang']._activate_lang('en_US')
        if 'website' in self.env:
            self.env['website'].sudo().search([]).language_ids += lang
        self.opener.cookies['frontend_lang'] = 'en_US'

    def _post(self, path, **data):
        return self.url_open(
            f'/my/invoice-requests{path}',
            data={'csrf_token': http.Request.csrf_token(self), **data},
        )

    def _open(self, path=''):
        return self.url_open(f'/my/invoice-requests{path}')

    def _get_key(self, document):
        return f'{document._name},{document.id}'


@tagged('post_install', '-at_install')
class TestPortal(InvoicePortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.title = cls._create_title()
        cls.invoice = cls._create_bill()
        cls.foreign_invoice = cls._create_bill(77.0, partner=cls.other_member)
        cls.foreign_title = cls._create_title(cls.other_member, name="Other Ltd")
        cls.foreign = cls._ask(
            cls.foreign_invoice, partner=cls.other_member, title=cls.foreign_title
        )
        cls._attach(cls.foreign, 'FOREIGN-1')

    def _request(self, **data):
        return self._post(
            '/new',
            **{
                'document': self._get_key(self.invoice),
                'title_id': str(self.title.id),
                'kind': 'electronic_normal',
                'email': 'lan@example.com',
                **data,
            },
        )

    def _get_requests(self):
        return self.Request.search([('partner_id', '=', self.member.id)])

    # === LIST === #

    def test_empty_pages_lead_on(self):
        self.assertIn('/my/invoice-requests', self.url_open('/my').text)
        page = self._open().text
        self.assertIn("You have not asked for an invoice yet", page)
        self._ask(self.invoice)
        self.assertIn("There is nothing left to invoice", self._open('/new').text)

    def test_list_shows_own_requests_only(self):
        request = self._ask(self.invoice)
        page = self._open().text
        self.assertIn(request.name, page)
        self.assertIn(self.invoice.name, page)
        self.assertNotIn(self.foreign.name, page)
        self.assertNotIn("Other Ltd", page)

    def test_list_searches_and_filters(self):
        first = self._ask(self.invoice)
        second = self._ask(self._create_bill())
        second.sudo()._reject("No")
        for query, shown, hidden in (
            ('filterby=open', first, second),
            ('filterby=closed', second, first),
            (f'search={second.name}', second, first),
            (f'search={self.invoice.name}', first, second),
            ('filterby=nonsense', first, self.foreign),
        ):
            with self.subTest(query=query):
                page = self._open(f'?{query}').text
                self.assertIn(f'/my/invoice-requests/{shown.id}"', page)
                self.assertNotIn(f'/my/invoice-requests/{hidden.id}"', page)
        for query in ('search=%00', 'search=%25_', f"search={'x' * 5000}", 'search=<script>'):
            response = self._open(f'?{query}')
            self.assertEqual(response.status_code, 200)
            self.assertNotIn('<script>”', response.text)

    # === ASK === #

    def test_ask_for_an_invoice(self):
        page = self._open('/new').text
        self.assertIn(self._get_key(self.invoice), page)
        self.assertNotIn(self._get_key(self.foreign_invoice), page)
        self.assertNotIn("Other Ltd", page)
        response = self._request(remark="For March")
        request = self._get_requests()
        self.assertIn(f'/my/invoice-requests/{request.id}?done=submitted', response.url)
        self.assertIn("We have got your request", response.text)
        self.assertEqual((request.state, request.amount), ('submitted', 100.0))
        self.assertEqual((request.title_id, request.tax_no), (self.title, USCC))
        self.assertEqual((request.email, request.remark), ('lan@example.com', "For March"))
        self.assertEqual(request.create_uid.partner_id, self.member)
        self.assertBookRight()

    def test_several_documents(self):
        second = self._create_bill(20.0)
        self._request(document=[self._get_key(self.invoice), self._get_key(second)])
        self.assertEqual(self._get_requests().amount, 120.0)

    def test_a_new_title_in_the_same_step(self):
        self._request(title_id='new', title_type='person', title_name="Li Wei")
        request = self._get_requests()
        self.assertEqual((request.title_name, request.title_type), ("Li Wei", 'person'))
        title = request.title_id
        self.assertEqual((title.partner_id, title.email), (self.member, 'lan@example.com'))

    def test_a_paper_invoice_keeps_the_address_for_the_next_time(self):
        self._request(
            kind='paper_normal',
            delivery_name="Li Wei",
            delivery_phone='13800000000',
            delivery_address="1 Road",
        )
        request = self._get_requests()
        self.assertEqual((request.kind, request.delivery_name), ('paper_normal', "Li Wei"))
        self.assertEqual(self.title.delivery_address, "1 Road")

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self):
        for data, words in (
            ({'document': []}, "Please choose what"),
            ({'document': self._get_key(self.foreign_invoice)}, "can not be invoiced any more"),
            ({'document': 'res.partner,1'}, "can not be invoiced any more"),
            ({'document': 'x'}, "can not be invoiced any more"),
            ({'title_id': str(self.foreign_title.id)}, "in whose name"),
            ({'title_id': '-1'}, "in whose name"),
            ({'title_id': 'new'}, "in whose name"),
            ({'kind': 'gold'}, "kind of invoice"),
            ({'kind': 'electronic_special'}, "kind of invoice"),
            ({'kind': 'paper_normal'}, "on paper"),
        ):
            with self.subTest(data=data):
                response = self._request(remark="Keep me", **data)
                self.assertEqual(response.status_code, 200)
                self.assertIn(words, response.text)
                self.assertIn("Keep me", response.text)
                self.assertFalse(self._get_requests())
        self.assertFalse(self.Title.search([('partner_id', '=', self.member.id)]) - self.title)

    def test_wrong_numbers_are_refused_in_china(self):
        self._set_country('cn')
        response = self._request(
            title_id='new', title_type='company', title_name="X", title_tax_no='91110000600037341M'
        )
        self.assertIn("typing error", response.text)
        self.assertFalse(self._get_requests())
        page = self._open('/new').text
        for name in ('title_bank_name', 'electronic_special'):
            self.assertIn(name, page)
        self._set_country('es')
        page = self._open('/new').text
        for name in ('title_bank_name', 'electronic_special'):
            self.assertNotIn(name, page)
        self.assertIn('title_country_id', page)

    def test_twice_is_refused(self):
        self._request()
        self.assertIn("can not be invoiced any more", self._request().text)
        self.assertEqual(len(self._get_requests()), 1)
        self.assertBookRight()

    def test_a_form_of_another_site_is_refused(self):
        with mute_logger('odoo.http'):
            response = self.url_open(
                '/my/invoice-requests/new', data={'document': self._get_key(self.invoice)}
            )
        self.assertEqual(response.status_code, 400)

    def test_ask_again_after_a_refusal(self):
        request = self._ask(self.invoice, remark="Please")
        request.sudo()._reject("Wrong number")
        page = self._open(f'/{request.id}').text
        self.assertIn("Wrong number", page)
        self.assertIn(f'/new?again={request.id}', page)
        page = self._open(f'/new?again={request.id}').text
        self.assertIn("Please", page)
        self.assertIn('checked="checked" data-amount', page)
        self.assertEqual(self._open(f'/new?again={self.foreign.id}').status_code, 200)
        self.assertEqual(self._open('/new?again=x').status_code, 200)

    # === ONE REQUEST === #

    def test_page_and_download(self):
        request = self._ask(self.invoice)
        page = self._open(f'/{request.id}')
        self.assertIn('no-store', page.headers['Cache-Control'])
        self.assertIn(USCC, page.text)
        file = self._create_file(user=self.staff)
        self.assertEqual(self._open(f'/{request.id}/download/{file.id}').status_code, 404)
        self._attach(request, attachment_ids=[Command.set(file.ids)])
        self.assertIn(f'/download/{file.id}', self._open(f'/{request.id}').text)
        response = self._open(f'/{request.id}/download/{file.id}')
        self.assertEqual((response.status_code, response.content), (200, b'%PDF-1.4 test'))
        self.assertIn('attachment', response.headers['Content-Disposition'])
        self.assertEqual(request.state, 'delivered', "Who has the file has the invoice.")
        date = request.date_delivered
        self._open(f'/{request.id}/download/{file.id}')
        self.assertEqual(request.date_delivered, date)

    def test_red_letters_are_shown(self):
        request = self._ask(self.invoice)
        self._attach(request)
        file = self._create_file('red.pdf', self.manager)
        request.sudo()._reverse({'number': 'RED-9', 'reason': "Refund", 'attachments': file.ids})
        page = self._open(f'/{request.id}').text
        self.assertIn('RED-9', page)
        self.assertIn("Taken back", page)
        self.assertEqual(self._open(f'/{request.id}/download/{file.id}').status_code, 200)

    def test_cancel(self):
        request = self._ask(self.invoice)
        response = self._post(f'/{request.id}/cancel')
        self.assertIn('done=cancelled', response.url)
        self.assertEqual(request.state, 'cancelled')
        self.assertBookRight()

    def test_what_is_approved_can_not_be_cancelled(self):
        request = self._ask(self.invoice)
        request.sudo()._approve()
        response = self._post(f'/{request.id}/cancel')
        self.assertIn("not possible any more", response.text)
        request.invalidate_recordset()
        self.assertEqual(request.state, 'approved')

    def test_nothing_of_another_member(self):
        missing = self.foreign.id + 100_000
        foreign_file = self.foreign.attachment_ids
        own = self._ask(self.invoice)
        self._attach(own)
        answers = {
            self._open(f'/{self.foreign.id}').status_code,
            self._open(f'/{missing}').status_code,
            self._open(f'/{self.foreign.id}/download/{foreign_file.id}').status_code,
            self._open(f'/{own.id}/download/{foreign_file.id}').status_code,
            self._post(f'/{self.foreign.id}/cancel').status_code,
            self._post(f'/{missing}/cancel').status_code,
        }
        self.assertEqual(answers, {404})
        with mute_logger('odoo.http', 'odoo.addons.base.models.ir_binary'):
            response = self.url_open(f'/web/content/{foreign_file.id}')
        self.assertNotEqual(response.content, b'%PDF-1.4 test')
        self.assertEqual(self.foreign.state, 'issued')
        for number in ('0', '2147483648', '99999999999999999999'):
            self.assertEqual(self._open(f'/{number}').status_code, 404)

    def test_access_token_opens_nothing(self):
        token = self.foreign._portal_ensure_token()
        page = self._open(f'/{self.foreign.id}?access_token={token}')
        self.assertEqual(page.status_code, 404)

    def test_colleagues_see_the_companys_requests(self):
        request = self._ask(self.invoice)
        private = self._ask(
            self._create_bill(),
            title=self._create_title(title_type='person', name="Li Wei", tax_no=False),
        )
        self._log_in('invoice_colleague')
        self.assertEqual(self._open(f'/{request.id}').status_code, 200)
        self.assertEqual(self._open(f'/{private.id}').status_code, 404)
        self.assertNotIn("Li Wei", self._open().text)

    def test_strangers_must_log_in(self):
        request = self._ask(self.invoice)
        self.authenticate(None, None)
        for path in ('', '/new', f'/{request.id}', '/titles'):
            self.assertIn('/web/login', self._open(path).url)
        self._post(f'/{request.id}/cancel')
        request.invalidate_recordset()
        self.assertEqual(request.state, 'submitted')
