import json

from odoo import http
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .common import LicenseCommon


@tagged('post_install', '-at_install')
class TestPortal(LicenseCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._let_renewals_be_paid()
        cls.license = cls._create_license('example.com')
        cls.foreign = cls._create_license('foreign.example.org', partner=cls.other_customer)
        cls.url = f'/my/licenses/{cls.license.id}'

    def setUp(self):
        super().setUp()
        self.authenticate('license_portal', 'license_portal')
        lang = self.env['res.lang']._activate_lang('en_US')
        if 'website' in self.env:
            self.env['website'].search([]).language_ids += lang
        self.opener.cookies['frontend_lang'] = 'en_US'

    def _post(self, path='', license=None, **data):
        url = f'/my/licenses/{(license or self.license).id}{path}'
        return self.url_open(url, data={'csrf_token': http.Request.csrf_token(self), **data})

    def _rpc(self, path, license=None, **params):
        response = self.url_open(
            f'/my/licenses/{(license or self.license).id}{path}',
            data=json.dumps({'jsonrpc': '2.0', 'method': 'call', 'params': params}),
            headers={'Content-Type': 'application/json'},
        )
        return response.json()

    def test_home_leads_to_the_licences(self):
        self.assertIn('/my/licenses', self.url_open('/my').text)

    def test_list_shows_own_licences_only(self):
        page = self.url_open('/my/licenses').text
        self.assertIn('example.com', page)
        self.assertIn(self.license.name, page)
        self.assertNotIn(self.foreign.name, page)
        self.assertNotIn('foreign.example.org', page)
        self.assertNotIn(self.license.key, page)

    def test_list_searches_and_filters(self):
        second = self._create_license('second.example.net', product=self.product_hosted)
        revoked = self._create_license('third.example.net')
        revoked._revoke("Refund")
        for query, shown, hidden in (
            ('search=SECOND', second, self.license),
            ('search=cloud', second, self.license),
            (f'search={self.license.name}', self.license, second),
            ('filterby=over', revoked, second),
            ('filterby=valid', second, revoked),
            ('filterby=nonsense&sortby=nonsense', self.license, revoked),
            ('filterby=all', revoked, self.foreign),
        ):
            with self.subTest(query=query):
                page = self.url_open(f'/my/licenses?{query}').text
                self.assertIn(f'/my/licenses/{shown.id}"', page)
                self.assertNotIn(f'/my/licenses/{hidden.id}"', page)
        for query in ('search=%00', 'search=%25_', f"search={'x' * 5000}", 'search=<script>'):
            response = self.url_open(f'/my/licenses?{query}')
            self.assertEqual(response.status_code, 200)
            self.assertNotIn('<script>”', response.text)

    def test_pages_of_the_list(self):
        self.License.create(
            [
                {'partner_id': self.customer.id, 'product_id': self.product_annual.id}
                for _index in range(25)
            ]
        )._activate()
        self.assertEqual(self.url_open('/my/licenses').text.count('o_license_row '), 20)
        self.assertEqual(self.url_open('/my/licenses/page/2').text.count('o_license_row '), 6)

    def test_page_without_the_key(self):
        response = self.url_open(self.url)
        self.assertEqual(response.status_code, 200)
        self.assertIn('no-store', response.headers['Cache-Control'])
        for text in ('example.com', self.license.name, "Test pro", self.license.key_last, "3</b>"):
            with self.subTest(text=text):
                self.assertIn(text, response.text)
        self.assertNotIn(self.license.key, response.text)
        self.assertNotIn(self.license.key_digest, response.text)

    def test_owner_and_colleagues_get_the_key(self):
        self.assertEqual(self._rpc('/key')['result']['key'], self.license.key)
        colleague = self._create_license('office.example.com', partner=self.company_customer)
        self.assertEqual(self._rpc('/key', colleague)['result']['key'], colleague.key)

    def test_nothing_of_another_customer(self):
        before = (self.foreign.domain, self.foreign.seq, self.foreign.auto_renew)
        answers = set()
        missing = self.License.browse(self.foreign.id + 100_000)
        for license in (self.foreign, missing):
            page = self.url_open(f'/my/licenses/{license.id}')
            answers.add(page.status_code)
            self.assertNotIn('foreign.example.org', page.text)
            for path, data in (
                ('/domain', {'domain': 'stolen.example.com'}),
                ('/undo', {}),
                ('/auto_renew', {'value': '1'}),
                ('/staging', {'domain': 'staging.agency.net'}),
                ('/domains', {'domain': 'more.example.net'}),
                ('/key/rotate', {}),
            ):
                response = self._post(path, license, **data)
                answers.add(response.status_code)
                self.assertNotIn('foreign.example.org', response.text)
            self.assertFalse(self._rpc('/key', license)['result']['key'])
            preview = self._rpc('/domain/preview', license, domain='example.net')['result']
            self.assertEqual(preview['error']['code'], 'NOT_FOUND')
            self.assertEqual(len(preview), 1)
        self.assertEqual(answers, {404})
        self.foreign.invalidate_recordset()
        self.assertEqual((self.foreign.domain, self.foreign.seq, self.foreign.auto_renew), before)

    def test_numbers_out_of_range(self):
        for number in ('0', '2147483648', '99999999999999999999'):
            self.assertEqual(self.url_open(f'/my/licenses/{number}').status_code, 404)

    def test_access_token_opens_nothing(self):
        token = self.foreign._portal_ensure_token()
        page = self.url_open(f'/my/licenses/{self.foreign.id}?access_token={token}')
        self.assertEqual(page.status_code, 404)

    def test_drafts_are_not_shown(self):
        draft = self._create_license('draft.example.com', activate=False)
        self.assertEqual(self.url_open(f'/my/licenses/{draft.id}').status_code, 404)
        self.assertNotIn('draft.example.com', self.url_open('/my/licenses?filterby=all').text)

    def test_strangers_must_log_in(self):
        self.authenticate(None, None)
        for url in ('/my/licenses', self.url):
            self.assertIn('/web/login', self.url_open(url).url)
        self._post('/domain', domain='stranger.example.com')
        self.assertEqual(self.license.domain, 'example.com')
        self.assertNotIn('result', self._rpc('/key'))

    def test_change_of_the_domain(self):
        response = self._post('/domain', domain='https://www.New-Shop.de/')
        self.assertIn('done=domain', response.url)
        self.assertIn('new-shop.de', response.text)
        self.assertEqual(self.license.domain, 'new-shop.de')
        change = self._get_last_change(self.license)
        self.assertEqual((change.user_id, change.kind), (self.user_portal, 'domain'))
        self.assertTrue(change.ip)
        response = self._post('/domain', domain='WWW.new-shop.de')
        self.assertIn('done=unchanged', response.url)
        self.assertEqual(self.license._get_changes_left(), 2)

    def test_undo(self):
        self._post('/domain', domain='typo.example.net')
        self.assertIn(f'{self.url}/undo', self.url_open(self.url).text)
        response = self._post('/undo')
        self.assertIn('done=undo', response.url)
        self.assertEqual(self.license.domain, 'example.com')
        response = self._post('/undo')
        self.assertIn("could be undone", response.text)

    def test_refusals_are_shown_on_the_page(self):
        seq = self.license.seq
        for domain, words in (
            ('', "enter a domain"),
            ('co.uk', "everybody registers"),
            ('10.0.0.1', "private address"),
            ('*.example.net', "asterisks"),
            ('foreign.example.org', "has a licence of this product already"),
            ('x' * 10_000, "too long"),
            ('nul\0l.com', "character"),
            ("'><script>alert(1)</script>", "character"),
        ):
            with self.subTest(domain=domain[:20]):
                response = self._post('/domain', domain=domain)
                self.assertEqual(response.status_code, 200)
                self.assertIn(words, response.text)
                self.assertNotIn('<script>alert', response.text)
        self.license.invalidate_recordset()
        self.assertEqual((self.license.domain, self.license.seq), ('example.com', seq))
        self.assertEqual(self.license.domain_ids.mapped('name'), ['example.com'])

    def test_preview(self):
        result = self._rpc('/domain/preview', domain='MÜLLER.de')['result']
        self.assertEqual((result['domain'], result['error']), ('xn--mller-kva.de', None))
        result = self._rpc('/domain/preview', domain='pаypal.com')['result']
        self.assertIn('HOMOGRAPH', [warning['code'] for warning in result['warnings']])
        for bad in (None, 5, ['x'], {'a': 1}, '', 'a' * 10_000, 'x\0y.com'):
            result = self._rpc('/domain/preview', domain=bad)['result']
            self.assertTrue(result['error']['message'], bad)

    def test_a_form_of_another_site_is_refused(self):
        for path in ('/domain', '/undo', '/auto_renew', '/staging', '/key/rotate'):
            with mute_logger('odoo.http'):
                response = self.url_open(f'{self.url}{path}', data={'domain': 'csrf.example.com'})
            self.assertEqual(response.status_code, 400, path)
        self.assertEqual(self.license.domain, 'example.com')
        self.assertIn(self.url_open(f'{self.url}/domain').status_code, (404, 405))

    def test_automatic_renewal(self):
        response = self._post('/auto_renew', value='1')
        self.assertIn("Automatic renewal is on", response.text)
        self.assertTrue(self.license.auto_renew)
        self._post('/auto_renew', value='0')
        self.license.invalidate_recordset()
        self.assertFalse(self.license.auto_renew)
        perpetual = self._create_license('p.example.com', product=self.product_perpetual)
        self._post('/auto_renew', perpetual, value='1')
        self.assertFalse(perpetual.auto_renew)

    def test_test_addresses(self):
        response = self._post('/staging', domain='staging.agency.net')
        self.assertIn('staging.agency.net', response.text)
        response = self._post('/staging', domain='shop.agency.net')
        self.assertIn("looks like a site of its own", response.text)
        self._post('/staging', remove='staging.agency.net')
        self.assertEqual(self.license.domain_ids.mapped('kind'), ['primary'])

    def test_further_domains(self):
        self.policy_annual.max_domains = 2
        self._post('/domains', domain='two.example.net')
        self.assertEqual(len(self.license.domain_ids), 2)
        self._post('/domains', remove='two.example.net')
        self.license.invalidate_recordset()
        self.assertEqual(len(self.license.domain_ids), 1)

    def test_new_key(self):
        key = self.license.key
        self.assertIn('done=rotate', self._post('/key/rotate').url)
        self.license.invalidate_recordset()
        self.assertNotEqual(self.license.key, key)
        self.assertIn("replaced a few days ago", self._post('/key/rotate').text)

    def test_every_state_has_a_page(self):
        self.license._suspend("The invoice is open")
        self.assertIn("The invoice is open", self.url_open(self.url).text)
        self.assertIn("not valid at present", self.url_open(self.url).text)
        self.license._reinstate("Paid")
        for days, words in ((-1, "still works"), (-60, "Expired")):
            self.license.write({'date_expiry': f'2026-01-{31 + days if days > -30 else 1:02}'})
            with freeze_time('2026-02-01' if days == -1 else '2026-06-01'):
                self.license._wake()
            self.assertIn(words, self.url_open(self.url).text)
        self.license._revoke("Refund")
        self.assertIn("Revoked", self.url_open(self.url).text)
        response = self._post('/domain', domain='late.example.com')
        self.assertIn("can not be changed", response.text)
        service = self._create_license(product=self.product_service)
        self.assertEqual(self.url_open(f'/my/licenses/{service.id}').status_code, 200)
        perpetual = self._create_license('p.example.com', product=self.product_perpetual)
        self.assertIn("Never ends", self.url_open(f'/my/licenses/{perpetual.id}').text)

    def test_reasons_for_the_house_stay_in_the_house(self):
        self.license._set_domain('staff.example.com', "He is a nuisance")
        page = self.url_open(self.url).text
        self.assertIn('staff.example.com', page)
        self.assertNotIn("nuisance", page)

    def test_queries_of_the_list_do_not_grow(self):
        self.License.create(
            [
                {
                    'partner_id': self.customer.id,
                    'product_id': self.product_annual.id,
                    'domain': f'list-{index}.example.com',
                }
                for index in range(15)
            ]
        )._activate()
        self.env.flush_all()
        self.url_open('/my/licenses')
        self.env.invalidate_all()
        licenses = self.License.with_user(self.user_portal).search([('state', '!=', 'draft')])
        with self.assertQueryCount(8):
            licenses.sudo().mapped('product_id.name')
            licenses.sudo().mapped('policy_id.max_domains')
            licenses.sudo().mapped('domain_display')
