from odoo import Command, http
from odoo.tests import HttpCase, new_test_user, tagged

from .common import MemberCommon


@tagged('post_install', '-at_install')
class TestPortal(MemberCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            'member_portal',
            'base.group_portal',
            name="Portal Member",
            tz='Asia/Shanghai',
            lang='en_US',
        )
        cls.member = cls.user.partner_id
        cls.member.write({'region_id': cls.region_east.id, 'is_member': True})
        cls.agent_east.partner_id.phone = '+86 21 5555 0100'

    def setUp(self):
        super().setUp()
        self._set_reassign(True)
        self.authenticate('member_portal', 'member_portal')
        self._speak_english()

    def _set_reassign(self, value):
        self.env['ir.config_parameter'].set_param('aftercare_member.reassign_on_correction', value)

    def _correct(self, country=None, state=None, **data):
        return self.url_open(
            '/my/region',
            data={
                'csrf_token': http.Request.csrf_token(self),
                'country_id': country.id if country else '',
                'state_id': state.id if state else '',
                **data,
            },
        )

    def test_home_shows_number_region_and_agent(self):
        page = self.url_open('/my').text
        for text in (
            self.member.member_number,
            "East",
            "Zhang Min",
            'mailto:member_east@example.com',
            'tel:+862155550100',
            "Available",
        ):
            with self.subTest(text=text):
                self.assertIn(text, page)

    def test_presence_is_shown(self):
        for presence, text in (
            ('busy', "Busy"),
            ('away', "Away"),
            ('offline', "Offline"),
        ):
            self.agent_east.presence = presence
            self.assertRegex(self.url_open('/my').text, rf'badge[^>]*>{text}<')

    def test_closed_agent_says_when_to_come_back(self):
        calendar = self.env['resource.calendar'].create(
            {'name': "Never", 'attendance_ids': [Command.clear()]}
        )
        self.agent_east.resource_calendar_id = calendar
        self.assertIn("Closed now", self.url_open('/my').text)

    def test_whoever_is_no_member_sees_no_card(self):
        self.member.is_member = False
        page = self.url_open('/my').text
        self.assertNotIn('o_member_cards', page)

    def test_contacts_of_a_member_see_the_company_but_do_not_move_it(self):
        company = self._create_member(
            name="Lan Ltd", is_company=True, region_id=self.region_east.id
        )
        self.member.write({'is_member': False, 'parent_id': company.id})
        page = self.url_open('/my').text
        self.assertIn(company.member_number, page)
        self.assertNotIn('/my/region', page)
        self._correct(self.iran)
        self.assertEqual(company.region_id, self.region_east)
        self.assertFalse(self.member.region_corrected_date)

    def test_account_page_still_works(self):
        self.assertEqual(self.url_open('/my/account').status_code, 200)

    def test_first_correction_brings_the_right_agent(self):
        response = self._correct(self.iran)
        self.assertIn('region=reassigned', response.url)
        self.assertIn("Sara Ahmadi", response.text)
        self.assertEqual(self.member.region_id, self.region_iran)
        self.assertEqual(self.member.agent_id, self.agent_iran)
        self.assertEqual(
            self._get_notifications(self.member, 'member_assigned'),
            {('agent', 'mail'), ('agent', 'inapp')},
        )

    def test_later_corrections_keep_the_agent(self):
        self._correct(self.iran)
        response = self._correct(self.china, self.shanghai)
        self.assertIn('region=saved', response.url)
        self.assertEqual(self.member.region_id, self.region_east)
        self.assertEqual(self.member.agent_id, self.agent_iran)

    def test_agent_stays_if_set_so(self):
        self._set_reassign(False)
        self._correct(self.iran)
        self.assertEqual(self.member.region_id, self.region_iran)
        self.assertEqual(self.member.agent_id, self.agent_east)

    def test_state_must_belong_to_the_country(self):
        self._correct(self.iran, self.shanghai)
        self.assertEqual(self.member.country_id, self.iran)
        self.assertFalse(self.member.state_id)

    def test_country_is_needed(self):
        response = self._correct()
        self.assertIn("Please choose your country.", response.text)
        for bad in ('-1', '999999999', 'x', '1 OR 1=1'):
            self.assertEqual(self._correct(country_id=bad).status_code, 200)
        self.assertFalse(self.member.region_corrected_date)

    def test_nobody_corrects_for_somebody_else(self):
        other = self._create_member(name="Other", region_id=self.region_east.id)
        self._correct(self.iran, partner_id=other.id, member_id=other.id)
        self.assertEqual(other.region_id, self.region_east)

    def test_strangers_must_log_in(self):
        self.authenticate(None, None)
        self.assertIn('/web/login', self.url_open('/my/region').url)
