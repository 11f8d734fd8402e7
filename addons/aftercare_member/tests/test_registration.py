from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import http
from odoo.tests import HttpCase, tagged
from odoo.tools import config, mute_logger

from .common import SHANGHAI_IP, TEHRAN_IP, MemberCommon


@tagged('post_install', '-at_install')
class TestRegistration(MemberCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.env['ir.config_parameter'].set_param('auth_signup.invitation_scope', 'b2c')
        if 'website' in self.env:
            self.env['website'].search([]).auth_signup_uninvited = 'b2c'
        self._set_param('phone_required', False)
        self._set_param('terms_url', False)
        self._set_param('registration_limit', 20)
        self._log_out()

    def _log_out(self):
        self.authenticate(None, None)
        self._speak_english()

    def _set_param(self, name, value):
        self.env['ir.config_parameter'].set_param(f'aftercare_member.{name}', value)

    def _register(self, ip=SHANGHAI_IP, headers=None, **data):
        """Send the form from an address; return the response."""
        data = {
            'name': "Li Wei",
            'login': 'li.wei@example.com',
            'password': 'correct horse',
            'confirm_password': 'correct horse',
            'csrf_token': http.Request.csrf_token(self),
            **data,
        }
        with self._known_places(), self._remote_addr(ip):
            return self.url_open('/web/signup', data=data, headers=headers)

    def _remote_addr(self, ip):
        """Let the requests come from an address, as the network says and not a header."""
        original = http.Application.__call__

        def call(application, environ, start_response):
            return original(application, {**environ, 'REMOTE_ADDR': ip}, start_response)

        return patch.object(http.Application, '__call__', call)

    def _find_member(self, login='li.wei@example.com'):
        return self.env['res.users'].search([('login', '=', login)]).partner_id

    def _assert_refused(self, response, message):
        self.assertIn(message, response.text)
        self.assertFalse(self._find_member())

    # === what becomes of a visitor === #

    def test_visitor_becomes_a_member_at_once(self):
        response = self._register(country_id=str(self.china.id), phone='138 0013 8000')
        self.assertEqual(response.status_code, 200)
        member = self._find_member()
        self.assertTrue(member.is_member and member.member_number and member.member_since)
        self.assertEqual(member.registration_ip, SHANGHAI_IP)
        self.assertEqual(member.region_id, self.region_east)
        self.assertEqual(member.agent_id, self.agent_east)
        self.assertEqual(member.country_id, self.china)
        self.assertEqual(member.phone, '+86 138 0013 8000')
        self.assertEqual(member.phone_sanitized, '+8613800138000')
        self.assertEqual(
            self._get_notifications(member, 'member_registered'),
            {
                ('customer', 'mail'),
                ('customer', 'sms'),
                ('agent', 'mail'),
                ('agent', 'sms'),
                ('agent', 'inapp'),
            },
        )

    def test_only_name_mail_and_password_are_needed(self):
        self._register()
        member = self._find_member()
        self.assertEqual(member.agent_id, self.agent_east)
        self.assertFalse(member.phone or member.country_id)

    def test_customer_gets_one_welcome_mail(self):
        with patch.object(self.env.registry['mail.mail'], 'unlink', lambda _self: None):
            self._register()
        member = self._find_member()
        self.assertTrue(self._get_notifications(member, 'member_registered'))
        core_mails = self.env['mail.mail'].search(
            [('model', '=', 'res.users'), ('res_id', 'in', member.user_ids.ids)]
        )
        self.assertFalse(core_mails)

    def test_core_mail_is_sent_when_the_welcome_is_off(self):
        self.env['notification.rule'].search(
            [('event_id.code', '=', 'member_registered'), ('audience', '=', 'customer')]
        ).active = False
        with patch.object(self.env.registry['mail.mail'], 'unlink', lambda _self: None):
            self._register()
        member = self._find_member()
        self.assertTrue(
            self.env['mail.mail'].search(
                [('model', '=', 'res.users'), ('res_id', 'in', member.user_ids.ids)]
            )
        )

    def test_ipv6(self):
        self._register(ip='240e:4c:4008::1')
        member = self._find_member()
        self.assertEqual(member.registration_ip, '240e:4c:4008::1')
        self.assertEqual(member.agent_id, self.agent_east)

    def test_ipv4_in_ipv6_is_ipv4(self):
        self._register(ip=f'::ffff:{SHANGHAI_IP}')
        self.assertEqual(self._find_member().registration_ip, SHANGHAI_IP)
        self.assertEqual(self._find_member().agent_id, self.agent_east)

    def test_unknown_and_private_addresses_get_the_default_agent(self):
        self._register(ip='10.0.0.1')
        member = self._find_member()
        self.assertEqual(member.registration_ip, '10.0.0.1')
        self.assertFalse(member.region_id)
        self.assertEqual(member.agent_id, self.agent_default)

    def test_malformed_address_is_none(self):
        self._register(ip='unknown, 1.2.3')
        self.assertTrue(self._find_member().is_member)
        self.assertFalse(self._find_member().registration_ip)

    def test_forged_header_is_not_believed(self):
        self._register(headers={'X-Forwarded-For': TEHRAN_IP, 'X-Forwarded-Host': 'example.com'})
        member = self._find_member()
        self.assertEqual(member.registration_ip, SHANGHAI_IP)
        self.assertEqual(member.agent_id, self.agent_east)

    def test_proxy_is_believed_in_proxy_mode(self):
        with patch.dict(config.options, {'proxy_mode': True}):
            self._register(
                ip='10.0.0.1',
                headers={
                    'X-Forwarded-For': TEHRAN_IP,
                    'X-Forwarded-Host': f'127.0.0.1:{self.http_port()}',
                },
            )
        member = self._find_member()
        self.assertEqual(member.registration_ip, TEHRAN_IP)
        self.assertEqual(member.agent_id, self.agent_iran)

    def test_stated_country_beats_the_address(self):
        self._register(country_id=str(self.iran.id))
        member = self._find_member()
        self.assertEqual(member.region_id, self.region_iran)
        self.assertEqual(member.agent_id, self.agent_iran)

    def test_language_of_the_page_is_kept(self):
        lang = self.env['res.lang']._activate_lang('fr_FR')
        if 'website' in self.env:
            self.env['website'].search([]).language_ids += lang
        self.opener.cookies['frontend_lang'] = 'fr_FR'
        self._register()
        self.assertEqual(self._find_member().lang, 'fr_FR')

    def test_name_is_text(self):
        self._register(name="<script>alert(1)</script>")
        member = self._find_member()
        self.assertEqual(member.name, "<script>alert(1)</script>")
        self.authenticate('li.wei@example.com', 'correct horse')
        page = self.url_open('/my').text
        self.assertIn(member.member_number, page)
        self.assertNotIn("<script>alert(1)", page)

    # === nothing makes a registration fail === #

    @mute_logger('odoo.addons.aftercare_member.models.res_partner')
    def test_broken_assignment_gives_the_default_agent(self):
        agent_class = self.env.registry['service.agent']
        with patch.object(agent_class, '_assign_partner', side_effect=ValueError('broken')):
            self._register()
        self.assertEqual(self._find_member().agent_id, self.agent_default)

    def test_conflict_about_the_agent_does_not_hold_up(self):
        agent_class = self.env.registry['service.agent']
        with patch.object(agent_class, '_assign_partner', side_effect=SerializationFailure()):
            self._register()
        member = self._find_member()
        self.assertTrue(member.is_member)
        self.assertFalse(member.agent_id)
        self.authenticate('li.wei@example.com', 'correct horse')
        self.assertIn("We are choosing the agent", self.url_open('/my').text)

    @mute_logger('odoo.addons.aftercare_member.models.res_users')
    def test_broken_region_leaves_an_account(self):
        region_class = self.env.registry['service.region']
        with patch.object(region_class, 'find_by_ip', side_effect=ValueError('broken')):
            self._register()
        self.assertTrue(self._find_member())

    # === what is refused === #

    def test_wrong_phone_is_refused(self):
        response = self._register(country_id=str(self.china.id), phone='12345')
        self._assert_refused(response, "12345 is not a valid phone number")
        self.assertIn('value="li.wei@example.com"', response.text)

    def test_phone_is_read_in_the_country_of_the_address(self):
        self._register(phone='13800138000')
        self.assertEqual(self._find_member().phone, '+86 138 0013 8000')

    def test_phone_is_required_if_set(self):
        self._set_param('phone_required', True)
        self._assert_refused(self._register(), "Please tell us your phone number.")
        self._register(phone='+8613800138000')
        self.assertTrue(self._find_member())

    def test_terms_are_required_if_set(self):
        self._set_param('terms_url', '/terms')
        self._assert_refused(self._register(), "Please accept the terms of use.")
        self._register(accept_terms='1')
        self.assertTrue(self._find_member().terms_accepted_date)

    def test_robots_are_refused(self):
        self._assert_refused(
            self._register(homepage='http://spam.example'), "The form was not properly filled in."
        )

    def test_advertisement_in_the_name_is_refused(self):
        for name in ("Win at https://spam.example", "www.spam.example", " ", "x" * 129):
            with self.subTest(name=name):
                self._assert_refused(self._register(name=name), "Please tell us your name.")

    def test_wrong_mail_is_refused(self):
        self._register(login='li.wei')
        self.assertFalse(self._find_member('li.wei'))

    def test_duplicate_mail_is_refused_with_a_way_out(self):
        self._register()
        count = self.env['res.partner'].search_count([('is_member', '=', True)])
        self._log_out()
        for login in ('li.wei@example.com', 'Li.Wei@Example.com'):
            with self.subTest(login=login):
                page = self._register(login=login, name="Another").text
                self.assertIn("Another user is already registered using this email address.", page)
                self.assertIn('/web/login', page)
                self.assertIn('/web/reset_password', page)
        self.assertEqual(self.env['res.partner'].search_count([('is_member', '=', True)]), count)

    def test_wildcards_in_the_mail_match_nobody_else(self):
        self._register(login='li_wei@example.com')
        self._log_out()
        self._register(login='liXwei@example.com')
        self.assertTrue(self._find_member('liXwei@example.com'))

    def test_limit_per_address(self):
        self._set_param('registration_limit', 2)
        for number in range(2):
            self._register(login=f'{number}@example.com')
            self._log_out()
        self._assert_refused(self._register(), "Too many accounts were opened from your network.")
        self._register(ip=TEHRAN_IP)
        self.assertTrue(self._find_member())

    def test_limit_counts_ipv6_by_network(self):
        self._set_param('registration_limit', 1)
        self._register(ip='2001:db8:1:2::1', login='0@example.com')
        self._log_out()
        self._assert_refused(self._register(ip='2001:db8:1:2:ffff::9'), "Too many accounts")
        self._register(ip='2001:db8:1:3::1')
        self.assertTrue(self._find_member())

    def test_without_csrf_token_nothing_happens(self):
        with mute_logger('odoo.http'):
            response = self._register(csrf_token='0' * 40)
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._find_member())

    def test_closed_registration(self):
        self.env['ir.config_parameter'].set_param('auth_signup.invitation_scope', 'b2b')
        if 'website' in self.env:
            self.env['website'].search([]).auth_signup_uninvited = 'b2b'
        self.assertEqual(self._register().status_code, 404)
        self.assertFalse(self._find_member())

    # === the form === #

    def test_form_knows_the_country_of_the_address(self):
        with self._known_places(), self._remote_addr(TEHRAN_IP):
            page = self.url_open('/web/signup').text
        self.assertRegex(page, rf'<option value="{self.iran.id}" selected="[^"]*"')
        self.assertIn('+98', page)
        self.assertNotIn('name="accept_terms"', page)

    def test_invited_are_asked_nothing_more(self):
        partner = self.env['res.partner'].create({'name': "Invited", 'email': 'i@example.com'})
        partner.signup_prepare()
        token = partner._generate_signup_token()
        page = self.url_open(f'/web/signup?token={token}').text
        self.assertNotIn('name="phone"', page)
        self._set_param('phone_required', True)
        self._register(token=token, login='i@example.com')
        member = self._find_member('i@example.com')
        self.assertEqual(member, partner)
        self.assertTrue(member.is_member)
        self.assertEqual(member.agent_id, self.agent_east)

    def test_colleagues_do_not_become_members(self):
        user = self.env['res.users'].create(
            {'name': "New Colleague", 'login': 'colleague@example.com', 'email': 'c@example.com'}
        )
        user.partner_id.signup_prepare()
        token = user.partner_id._generate_signup_token()
        self._register(token=token, login='colleague@example.com')
        self.assertFalse(user.partner_id.is_member)

    def test_installation_opens_registration(self):
        self.assertEqual(self.env['res.users']._get_signup_invitation_scope(), 'b2c')
