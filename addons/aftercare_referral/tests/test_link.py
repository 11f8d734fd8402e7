import re

from odoo.addons.aftercare_referral.const import LINK_COOKIE
from odoo.tests import HttpCase, tagged

from .common import ReferralCommon

BROWSER = {'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'}


@tagged('post_install', '-at_install')
class TestLink(ReferralCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the form as core makes it, whatever other addons ask for
        params = cls.env['ir.config_parameter'].sudo()
        params.set_param('auth_signup.invitation_scope', 'b2c')
        params.set_param('aftercare_member.registration_limit', '0')
        params.set_param('aftercare_member.phone_required', 'False')
        params.set_param('aftercare_member.terms_url', '')
        if 'website' in cls.env:
            cls.env['website'].search([]).write(
                {'auth_signup_uninvited': 'b2c', 'cookies_bar': False}
            )

    def _follow(self, code, **kwargs):
        return self.url_open(f'/r/{code}', allow_redirects=False, headers=BROWSER, **kwargs)

    def _get_visits(self, partner):
        self.env.flush_all()
        return sum(
            self.env['referral.visit'].search([('partner_id', '=', partner.id)]).mapped('count')
        )

    def _register(self, login, **values):
        page = self.url_open('/web/signup').text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        response = self.url_open(
            '/web/signup',
            data={
                'csrf_token': token,
                'login': login,
                'name': "New Customer",
                'password': 'Pa55word!longer',
                'confirm_password': 'Pa55word!longer',
                **values,
            },
        )
        self.url_open('/web/session/logout')
        user = self.env['res.users'].search([('login', '=', login)])
        return user.partner_id, response

    # === THE LINK === #
    def test_link_leads_on_and_is_remembered(self):
        response = self._follow(self.bob.referral_code)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers['Location'].endswith('/web/login'))
        cookie = next(c for c in response.cookies if c.name == LINK_COOKIE)
        self.assertEqual(cookie.value, self.bob.referral_code)
        header = response.headers['Set-Cookie']
        self.assertIn('HttpOnly', header)
        self.assertIn('SameSite=Lax', header)
        self.assertIn(f'Max-Age={60 * 24 * 3600}', header)

    def test_link_leads_to_a_page_of_the_shop(self):
        response = self._follow(f'{self.bob.referral_code.lower()}?to=/web/signup%3Fa%3D1')
        self.assertTrue(response.headers['Location'].endswith('/web/signup?a=1'))

    def test_link_leads_nowhere_else(self):
        for target in (
            'https://evil.example.com',
            '//evil.example.com',
            '/%5Cevil.example.com',
            '%09//evil.example.com',
            'javascript:alert(1)',
            '/%0d%0aSet-Cookie:a=b',
        ):
            response = self._follow(f'{self.bob.referral_code}?to={target}')
            self.assertTrue(response.headers['Location'].endswith('/web/login'), target)
            self.assertNotIn('evil', response.headers['Location'])

    def test_code_of_nobody(self):
        self.ann.is_affiliate = False
        for code in ('NOBODY99', self.ann.referral_code, '%3Cscript%3E', '%25', 'x' * 300):
            response = self._follow(code)
            self.assertEqual(response.status_code, 303, code)
            self.assertFalse([c for c in response.cookies if c.name == LINK_COOKIE])

    def test_visits_are_counted_once_a_day(self):
        for _time in range(3):
            self._follow(self.bob.referral_code)
        self.assertEqual(self._get_visits(self.bob), 1)
        self._follow(self.ann.referral_code)
        self.assertEqual(self._get_visits(self.ann), 1)
        self.opener.cookies.clear()
        self.url_open(
            f'/r/{self.bob.referral_code}',
            headers={'User-Agent': 'Googlebot/2.1'},
            allow_redirects=False,
        )
        self.assertEqual(self._get_visits(self.bob), 1, "robots are no visitors")

    def test_logged_in_customers_are_no_visitors(self):
        self.authenticate('referral_eve', 'referral_eve')
        response = self._follow(self.bob.referral_code)
        self.assertFalse([c for c in response.cookies if c.name == LINK_COOKIE])
        self.assertEqual(self._get_visits(self.bob), 0)

    # === REGISTRATION === #
    def test_registration_after_a_link(self):
        self._follow(self.ann.referral_code)
        self._follow(self.bob.referral_code)
        page = self.url_open('/web/signup').text
        self.assertIn("B** B**", page)
        partner, _response = self._register('newcomer1@example.com')
        self.assertEqual(partner.referrer_id, self.bob, "the last link counts")
        note = partner.referral_attribution_ids
        self.assertEqual((note.origin, note.previous_referrer_id.id), ('link', False))
        self.assertTrue(note.ip_address)
        self.assertTrue(partner.is_affiliate, "every customer takes part")
        log = self.env['notification.log'].search(
            [('event_id.code', '=', 'referral_registered'), ('res_id', '=', note.id)]
        )
        self.assertEqual(log.partner_id, self.bob)
        self.assertEqual(log.extra, {'customer': "N** C**"})

    def test_registration_with_a_typed_code(self):
        self._follow(self.ann.referral_code)
        code = self.bob.referral_code
        partner, _response = self._register(
            'newcomer2@example.com', referral_code=f' {code[:3].lower()}-{code[3:]}'
        )
        self.assertEqual(partner.referrer_id, self.bob)
        self.assertEqual(partner.referral_attribution_ids.origin, 'code')
        self.assertNotEqual(partner.referral_code, code)

    def test_registration_with_a_wrong_code(self):
        partner, response = self._register('newcomer3@example.com', referral_code='<b>NOBODY</b>')
        self.assertFalse(partner)
        self.assertIn("Nobody has the referral code", response.text)
        self.assertNotIn('<b>NOBODY', response.text)
        self.assertIn('newcomer3@example.com', response.text)

    def test_registration_without_a_code(self):
        partner, _response = self._register('newcomer4@example.com')
        self.assertTrue(partner)
        self.assertFalse(partner.referrer_id)

    def test_registration_with_a_forged_cookie(self):
        for number, value in enumerate(('NOBODY99', '%27OR1=1', '%3Cscript%3E', 'x' * 3000)):
            self.opener.cookies.clear()
            self.opener.cookies[LINK_COOKIE] = value
            partner, _response = self._register(f'forged{number}@example.com')
            self.assertTrue(partner)
            self.assertFalse(partner.referrer_id)

    def test_registration_in_the_browser_of_the_affiliate(self):
        self.authenticate('referral_bob', 'referral_bob')
        self.url_open('/my/referral')
        self.url_open('/web/session/logout')
        self._follow(self.bob.referral_code)
        partner, _response = self._register('newcomer5@example.com')
        self.assertTrue(partner.referral_attribution_ids.is_same_browser)

    def test_registration_without_a_programme(self):
        self.program.active = False
        self._follow(self.bob.referral_code)
        self.assertNotIn('referral_code', self.url_open('/web/signup').text)
        partner, _response = self._register('newcomer6@example.com')
        self.assertFalse(partner.referrer_id)
