from unittest.mock import patch

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged, users
from odoo.tools import mute_logger

from .common import SHANGHAI_IP, MemberCommon


class WelcomeBonusCommon(MemberCommon):
    """A company that gives something to whoever registers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.write(
            {
                'member_bonus_active': True,
                'member_bonus_trigger': 'registration',
                'member_bonus_check_phone': True,
                'member_bonus_ip_days': 2,
            }
        )
        cls.startClassPatcher(
            patch.object(
                cls.env.registry['member.welcome.bonus'],
                '_prepare_offer',
                lambda _self, _company: {'problem': False},
            )
        )

    def _register(self, email='li@example.com', phone=None, ip=SHANGHAI_IP, is_confirmed=False):
        partner = self.env['res.partner'].create({'name': "Li", 'email': email, 'phone': phone})
        with self._known_places():
            partner._register_member(ip, is_confirmed)
        return self._get_bonus(partner)

    def _get_bonus(self, partner):
        return self.env['member.welcome.bonus'].search([('partner_id', '=', partner.id)])


@tagged('post_install', '-at_install')
class TestWelcomeBonus(WelcomeBonusCommon):
    # === who gets it === #

    def test_who_registers_gets_it_once(self):
        bonus = self._register()
        self.assertEqual(bonus.state, 'granted')
        self.assertTrue(bonus.granted_date)
        with self._known_places():
            bonus.partner_id._register_member(SHANGHAI_IP)
        self.assertEqual(self._get_bonus(bonus.partner_id), bonus)

    def test_switched_off_there_is_none(self):
        self.company.member_bonus_active = False
        self.assertFalse(self._register())

    def test_nothing_to_give_is_no_bonus(self):
        with patch.object(
            self.env.registry['member.welcome.bonus'], '_prepare_offer', lambda _self, _company: {}
        ):
            self.assertFalse(self._register())

    def test_members_added_by_staff_get_none(self):
        self.assertFalse(self._get_bonus(self._create_member(email='x@example.com')))

    def test_new_member_has_the_level_of_everybody(self):
        self.env['res.partner.grade'].search([]).active = False
        grade = self.env['res.partner.grade'].create({'name': "Entry", 'is_automatic': True})
        self.assertEqual(self._register().partner_id.grade_id, grade)

    # === once per person === #

    def test_same_mailbox_spelt_otherwise_is_refused(self):
        first = self._register('li.wei@gmail.com')
        second = self._register('LiWei+2@googlemail.com', ip=None)
        self.assertEqual((second.state, second.refusal), ('refused', 'email'))
        self.assertEqual(second.earlier_id, first)
        other = self._register('li.wei@example.com', ip=None)
        self.assertEqual(other.state, 'granted', "dots matter elsewhere")

    def test_same_phone_is_refused(self):
        self._register('a@example.com', '+86 138 0013 8000', ip=None)
        second = self._register('b@example.com', '+8613800138000', ip=None)
        self.assertEqual((second.state, second.refusal), ('refused', 'phone'))

    def test_phones_may_be_shared_if_set_so(self):
        self.company.member_bonus_check_phone = False
        self._register('a@example.com', '+86 138 0013 8000', ip=None)
        second = self._register('b@example.com', '+8613800138000', ip=None)
        self.assertEqual(second.state, 'granted')

    def test_same_address_is_refused_for_some_days(self):
        with freeze_time('2026-03-10 08:00:00'):
            self._register('a@example.com')
        with freeze_time('2026-03-11 08:00:00'):
            second = self._register('b@example.com')
        self.assertEqual((second.state, second.refusal), ('refused', 'ip'))
        with freeze_time('2026-03-12 09:00:00'):
            self.assertEqual(self._register('c@example.com').state, 'granted')

    def test_addresses_do_not_matter_if_set_so(self):
        self.company.member_bonus_ip_days = 0
        self._register('a@example.com')
        self.assertEqual(self._register('b@example.com').state, 'granted')

    def test_whole_ipv6_network_is_one_address(self):
        self._register('a@example.com', ip='2001:db8:1:2::1')
        self.assertEqual(self._register('b@example.com', ip='2001:db8:1:2::2').refusal, 'ip')
        self.assertEqual(self._register('c@example.com', ip='2001:db8:1:3::1').state, 'granted')

    def test_deleted_account_is_still_known(self):
        first = self._register('li@example.com', '+86 138 0013 8000')
        first.partner_id.unlink()
        self.assertFalse(first.partner_id)
        self.assertEqual(self._register('li@example.com', ip=None).refusal, 'email')
        self.assertEqual(
            self._register('b@example.com', '+8613800138000', ip=None).refusal, 'phone'
        )

    def test_two_at_the_same_time(self):
        first = self._register('a@example.com', ip=None)
        with patch.object(
            self.env.registry['member.welcome.bonus'],
            '_find_repetition',
            lambda bonus: (None, bonus.browse()),
        ):
            second = self._register('A@example.com', ip=None)
        self.assertEqual((first.state, second.state), ('granted', 'refused'))
        self.assertEqual(second.refusal, 'email')

    def test_refused_registration_is_none_the_less_a_member(self):
        self._register('a@example.com')
        second = self._register('b@example.com')
        self.assertTrue(second.partner_id.is_member and second.partner_id.member_number)

    # === what goes wrong === #

    def test_bonus_that_fails_is_kept_and_tried_again(self):
        cls = self.env.registry['member.welcome.bonus']
        with patch.object(cls, '_grant', side_effect=UserError("No journal")):
            bonus = self._register()
        self.assertEqual((bonus.state, bonus.problem), ('failed', "No journal"))
        self.assertTrue(bonus.partner_id.is_member)
        bonus.action_retry()
        self.assertEqual(bonus.state, 'granted')
        self.assertFalse(bonus.problem)

    def test_nothing_about_the_bonus_fails_the_registration(self):
        cls = self.env.registry['member.welcome.bonus']
        with (
            patch.object(cls, '_create_offer', side_effect=ValueError),
            mute_logger('odoo.addons.aftercare_member.models.member_welcome_bonus'),
        ):
            self._register()
        partner = self.env['res.partner'].search([('email', '=', 'li@example.com')])
        self.assertTrue(partner.is_member)

    # === by hand === #

    def test_manager_grants_all_the_same_with_a_note(self):
        self._register('a@example.com')
        bonus = self._register('b@example.com').with_user(self.manager)
        with self.assertRaises(UserError):
            bonus.action_grant()
        bonus.note = "Colleagues in one office"
        bonus.action_grant()
        self.assertEqual(bonus.state, 'granted')
        self.assertEqual(bonus.granted_by_id, self.manager)
        with self.assertRaises(UserError):
            bonus.action_grant()

    @users('member_east')
    def test_agents_see_those_of_their_members_and_grant_none(self):
        mine = self._register('a@example.com', ip=None)
        mine.partner_id.agent_id = self.agent_east
        theirs = self._register('b@example.com', ip=None)
        theirs.partner_id.agent_id = self.agent_iran
        found = self.env['member.welcome.bonus'].search([])
        self.assertIn(mine, found)
        self.assertNotIn(theirs, found)
        with self.assertRaises(AccessError):
            mine.with_env(self.env).note = "x"
        with self.assertRaises(AccessError):
            mine.with_env(self.env).read(['email_key'])

    def test_addresses_are_forgotten(self):
        with freeze_time('2026-03-10 08:00:00'):
            bonus = self._register()
            self.env.cr.execute(
                'UPDATE member_welcome_bonus SET create_date = %s WHERE id = %s',
                [Datetime.now(), bonus.id],
            )
            self.env['member.welcome.bonus']._gc_ip_key()
            bonus.invalidate_recordset()
            self.assertTrue(bonus.ip_key)
            self.assertNotIn(SHANGHAI_IP, bonus.ip_key)
        with freeze_time('2026-03-13 08:00:00'):
            self.env['member.welcome.bonus']._gc_ip_key()
        self.assertFalse(bonus.ip_key)


@tagged('post_install', '-at_install')
class TestWelcomeBonusPages(WelcomeBonusCommon, HttpCase):
    """The bonus that waits until the e-mail address is confirmed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.member_bonus_trigger = 'confirmation'
        cls.user = new_test_user(
            cls.env, 'bonus_portal', 'base.group_portal', email='portal@example.com', lang='en_US'
        )

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self._speak_english()

    def _offer(self):
        with self._known_places():
            self.user.partner_id._register_member(SHANGHAI_IP)
        return self._get_bonus(self.user.partner_id)

    def _path(self, bonus):
        return bonus._get_url().removeprefix(bonus.company_id.get_base_url())

    def _collect(self, path):
        return self.url_open(path, data={'csrf_token': http.Request.csrf_token(self)})

    def test_link_of_the_mail_collects_it(self):
        bonus = self._offer()
        self.assertEqual(bonus.state, 'waiting')
        logs = self.env['notification.log'].search(
            [('res_model', '=', bonus._name), ('res_id', '=', bonus.id)]
        )
        self.assertEqual(logs.event_id.code, 'member_bonus_waiting')
        page = self.url_open(self._path(bonus))
        self.assertIn("Collect the Welcome Bonus", page.text)
        self.assertEqual(bonus.state, 'waiting', "robots follow links, too")
        page = self._collect(self._path(bonus))
        self.assertIn("Your welcome bonus is here", page.text)
        bonus.invalidate_recordset()
        self.assertEqual(bonus.state, 'granted')
        granted = bonus.granted_date
        self._collect(self._path(bonus))
        bonus.invalidate_recordset()
        self.assertEqual(bonus.granted_date, granted)

    def test_forged_links_collect_nothing(self):
        bonus = self._offer()
        path = self._path(bonus)
        for bad in (
            path[:-1],
            path[:-4] + 'AAAA',
            '/members/gift/x',
            '/members/gift/AQ',
        ):
            with self.subTest(bad):
                self.assertIn("This link is not valid", self._collect(bad).text)
        self.assertEqual(bonus.state, 'waiting')

    def test_collected_too_late_it_is_refused(self):
        bonus = self._offer()
        self.company.member_bonus_trigger = 'registration'
        self._register('PORTAL+x@example.com', ip=None)
        self.assertIn("one welcome bonus per person", self._collect(self._path(bonus)).text)

    def test_who_was_invited_need_not_confirm(self):
        self.assertEqual(self._register(is_confirmed=True).state, 'granted')

    def test_home_says_what_waits(self):
        bonus = self._offer()
        self.authenticate('bonus_portal', 'bonus_portal')
        self.assertIn("A welcome bonus is waiting for you", self.url_open('/my').text)
        bonus._claim()
        self.assertNotIn("A welcome bonus is waiting for you", self.url_open('/my').text)
