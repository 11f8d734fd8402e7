import json
from datetime import date
from unittest.mock import patch

from odoo import http
from odoo.tests import HttpCase, freeze_time, tagged

from .common import ReferralCommon


@tagged('post_install', '-at_install')
class TestPortal(ReferralCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time('2026-03-01'):
            both = cls._book(cls, 1000)
        cls.foreign = both.filtered(lambda commission: commission.beneficiary_id == cls.ann)
        cls.mine = both - cls.foreign

    def setUp(self):
        super().setUp()
        self.authenticate('referral_bob', 'referral_bob')
        lang = self.env['res.lang']._activate_lang('en_US')
        if 'website' in self.env:
            self.env['website'].search([]).language_ids += lang
        self.opener.cookies['frontend_lang'] = 'en_US'

    def _make_statement(self, partner, state='confirmed'):
        with freeze_time('2026-04-15'):
            self._release()
            statement = self.env['referral.statement']._make(
                self.company, date(2026, 4, 1), date(2026, 4, 30), partner
            )
        if state != 'draft':
            statement._confirm()
        return statement

    def test_home_leads_there(self):
        self.assertIn('/my/referral', self.url_open('/my').text)

    def test_overview(self):
        page = self.url_open('/my/referral').text
        for words in (
            self.bob.referral_url,
            self.bob.referral_code,
            'barcode_type=QR',
            "200.00",
            "C** C**",
            "Pending",
            "<svg",
            "20.00",
        ):
            self.assertIn(words, page)
        for words in ("Carl", "INV/test,1", "50.00", self.ann.referral_code):
            self.assertNotIn(words, page)

    def test_qr_code(self):
        page = self.url_open('/my/referral').text
        src = page.split('class="o_referral_qr')[1].split('src="')[1].split('"')[0]
        response = self.url_open(src.replace('&amp;', '&'))
        self.assertEqual(response.headers['Content-Type'], 'image/png')

    def test_first_visit_makes_an_affiliate(self):
        self.authenticate('referral_carl', 'referral_carl')
        page = self.url_open('/my/referral').text
        self.assertTrue(self.carl.is_affiliate)
        self.assertIn(self.carl.referral_code, page)
        self.assertIn("Nothing yet", page)

    def test_asking_to_take_part(self):
        self.program.enrolment = 'request'
        self.authenticate('referral_carl', 'referral_carl')
        self.assertIn("Take part", self.url_open('/my/referral').text)
        self.assertFalse(self.carl.affiliate_requested_date)
        response = self.url_open(
            '/my/referral/join', data={'csrf_token': http.Request.csrf_token(self)}
        )
        self.assertIn("look at your request", response.text)
        self.assertTrue(self.carl.affiliate_requested_date)
        self.assertFalse(self.carl.is_affiliate)
        self.program.enrolment = 'staff'
        self.assertNotIn("Take part</button>", self.url_open('/my/referral').text)

    def test_affiliate_whom_staff_put_out(self):
        self.bob.is_affiliate = False
        page = self.url_open('/my/referral').text
        self.assertIn("do not take part", page)
        self.assertIn("200.00", page, "what he has earned stays his")
        self.assertFalse(self.bob.is_affiliate)

    def test_no_programme(self):
        self.program.active = False
        self.assertIn("200.00", self.url_open('/my/referral').text)
        self.authenticate('referral_carl', 'referral_carl')
        self.assertTrue(self.url_open('/my/referral').url.endswith('/my'))

    def test_list_searches_and_filters(self):
        with freeze_time('2026-03-02'):
            second = self._book({'base': 10, 'product': self.product_c}, key='test,2').filtered(
                lambda c: c.beneficiary_id == self.bob
            )
        name = self.mine.display_name
        self.assertRegex(name, r'^COM\d{6}')
        for query, shown, hidden in (
            ('search=THEME', second, self.mine),
            (f'search={name}', self.mine, second),
            (f'search={second.id}', second, self.mine),
            ('filterby=held', self.mine, self.foreign),
            ('filterby=nonsense&sortby=nonsense', second, self.foreign),
            ('sortby=amount', second, self.foreign),
        ):
            with self.subTest(query=query):
                page = self.url_open(f'/my/referral/commissions?{query}').text
                self.assertIn(shown.display_name, page)
                self.assertNotIn(f'{hidden.display_name}<', page)
        for query in ('search=%00', 'search=%25_', f"search={'x' * 5000}", 'search=<script>'):
            response = self.url_open(f'/my/referral/commissions?{query}')
            self.assertEqual(response.status_code, 200)
            self.assertNotIn('<script>”', response.text)
        self.assertIn(
            "No commission here", self.url_open('/my/referral/commissions?filterby=paid').text
        )

    def test_pages_of_the_list(self):
        for number in range(25):
            self._book(10, key=f'page,{number}')
        url = '/my/referral/commissions'
        self.assertEqual(self.url_open(url).text.count('<details'), 20)
        self.assertEqual(self.url_open(f'{url}/page/2').text.count('<details'), 6)

    def test_why_this_amount(self):
        page = self.url_open('/my/referral/commissions').text
        for words in ("1,000.00", "20.00", "For a purchase", "Pending until"):
            self.assertIn(words, page)
        self.assertNotIn("Rule:", page)

    def test_customers_by_half_of_their_names(self):
        page = self.url_open('/my/referral/customers').text
        self.assertIn("C** C**", page)
        self.assertIn("1 order", page)
        for words in ("Carl", "Clark", "E** E**"):
            self.assertNotIn(words, page)

    def test_statements(self):
        statement = self._make_statement(self.bob)
        page = self.url_open('/my/referral/statements').text
        self.assertIn(statement.name, page)
        self.assertIn("April 2026", page)
        with patch.object(
            type(self.env['ir.actions.report']), '_render_qweb_pdf', lambda *args: (b'%PDF', 'pdf')
        ):
            response = self.url_open(f'/my/referral/statements/{statement.id}')
        self.assertEqual(response.headers['Content-Type'], 'application/pdf')
        self.assertIn('CST-', response.headers['Content-Disposition'])

    def test_nothing_of_another_affiliate(self):
        statement = self._make_statement(self.ann)
        draft = self._make_statement(self.bob, 'draft')
        for number in (statement.id, draft.id, statement.id + 9999, 2**31, 0):
            self.assertEqual(self.url_open(f'/my/referral/statements/{number}').status_code, 404)
        self.assertNotIn(statement.name, self.url_open('/my/referral/statements').text)
        for url in ('/my/referral', '/my/referral/commissions?filterby=all'):
            self.assertNotIn(self.foreign.display_name, self.url_open(url).text)
        for model, record in (
            ('referral.commission', self.foreign),
            ('referral.statement', statement),
            ('referral.statement', draft),
            ('res.partner', self.carl),
        ):
            answer = self._call(model, 'read', [record.ids, ['display_name']])
            self.assertIn('error', answer, f'{model} {record.id}')
        mine = self._call('referral.commission', 'read', [self.mine.ids, ['amount']])
        self.assertEqual(mine['result'][0]['amount'], 200.0)
        for method, args in (
            ('action_void', [self.mine.ids]),
            ('write', [self.mine.ids, {'state': 'paid'}]),
            ('unlink', [self.mine.ids]),
        ):
            self._call('referral.commission', method, args)
        self.mine.invalidate_recordset()
        self.assertEqual((self.mine.state, self.mine.amount), ('due', 200.0))

    def test_nobody_makes_himself_an_affiliate(self):
        self.program.enrolment = 'staff'
        self.authenticate('referral_carl', 'referral_carl')
        for method, args in (
            ('action_admit_affiliate', [self.carl.ids]),
            ('write', [self.carl.ids, {'is_affiliate': True}]),
            ('write', [self.carl.ids, {'referrer_id': self.eve.id}]),
        ):
            self.assertIn('error', self._call('res.partner', method, args))
        self.carl.invalidate_recordset()
        self.assertFalse(self.carl.is_affiliate)
        self.assertEqual(self.carl.referrer_id, self.bob)

    def _call(self, model, method, args):
        return self.url_open(
            '/web/dataset/call_kw',
            data=json.dumps(
                {
                    'jsonrpc': '2.0',
                    'method': 'call',
                    'params': {'model': model, 'method': method, 'args': args, 'kwargs': {}},
                }
            ),
            headers={'Content-Type': 'application/json'},
        ).json()

    def test_a_form_of_another_site_is_refused(self):
        response = self.url_open('/my/referral/join', data={'a': 'b'})
        self.assertEqual(response.status_code, 400)

    def test_strangers_must_log_in(self):
        self.authenticate(None, None)
        for url in ('/my/referral', '/my/referral/commissions', '/my/referral/statements'):
            self.assertIn('/web/login', self.url_open(url).url)
