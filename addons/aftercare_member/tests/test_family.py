import re

from odoo import http
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged, users
from odoo.tools import mute_logger

from .common import MemberCommon


class FamilyCommon(MemberCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user, cls.child_user, cls.stranger_user = (
            new_test_user(
                cls.env,
                f'family_{login}',
                'base.group_portal',
                name=name,
                email=f'family_{login}@example.com',
                lang='en_US',
                tz='UTC',
            )
            for login, name in (
                ('li', "Li Wei"),
                ('wang', "Wang Fang"),
                ('stranger', "Strange Stranger"),
            )
        )
        cls.member = cls.user.partner_id
        cls.child = cls.child_user.partner_id
        cls.stranger = cls.stranger_user.partner_id
        (cls.member | cls.child | cls.stranger).is_member = True
        cls.Invitation = cls.env['member.invitation']
        cls.env['res.partner.grade'].search([]).active = False

    def _invite(self, email='guest@example.com', **kwargs):
        return self.Invitation._invite(self.member, email, **kwargs)


@tagged('post_install', '-at_install')
class TestFamily(FamilyCommon):
    # === tree === #

    def test_nobody_is_his_own_ancestor(self):
        self.child.member_parent_id = self.member
        self.stranger.member_parent_id = self.child
        for member in (self.member, self.child, self.stranger):
            with self.assertRaises(ValidationError):
                self.member.member_parent_id = member
        self.assertFalse(self.member.member_parent_id)

    def test_the_one_above_is_a_member(self):
        nobody = self.env['res.partner'].create({'name': "Nobody"})
        with self.assertRaises(ValidationError):
            self.child.member_parent_id = nobody

    def test_tree_for_staff(self):
        self.child.member_parent_id = self.member
        self.stranger.member_parent_id = self.child
        self.assertEqual(self.member.member_child_count, 2)
        self.assertEqual(self.child.member_child_count, 1)
        rows = self.child._get_member_tree()
        self.assertEqual(
            [(row['depth'], row['partner'], row['is_self']) for row in rows],
            [(0, self.member, False), (1, self.child, True), (2, self.stranger, False)],
        )
        self.assertIn("Strange Stranger", self.child.member_tree)
        found = self.env['res.partner'].search(self.member.action_open_member_children()['domain'])
        self.assertEqual(found, self.child | self.stranger)

    def test_counts_take_one_query(self):
        members = self.env['res.partner'].create(
            [
                {'name': f"M{number}", 'is_member': True, 'member_parent_id': self.member.id}
                for number in range(10)
            ]
        )
        self.env.flush_all()
        with self.assertQueryCount(1):
            members._count_descendants()
        with self.assertQueryCount(2):
            members._count_member_orders()

    # === invitations === #

    def test_who_may_be_invited(self):
        self.child.member_parent_id = self.member
        for email, name in (
            ('nobody', ''),
            ('', ''),
            (self.member.email, ''),
            (self.child.email.upper(), ''),
            ('a@example.com', 'Win at www.example.com'),
            ('a@example.com', 'x' * 129),
        ):
            with self.subTest(email=email), self.assertRaises(UserError):
                self._invite(email, name=name)
        invitation = self._invite('Guest@Example.com', name="Guest")
        self.assertEqual(invitation.email, 'guest@example.com')
        with self.assertRaises(UserError):
            self._invite('guest@example.com')

    def test_mail_carries_the_link(self):
        invitation = self._invite(name="Guest")
        mail = self.env['mail.mail'].search(
            [('model', '=', 'member.invitation'), ('res_id', '=', invitation.id)]
        )
        self.assertEqual(mail.email_to, 'guest@example.com')
        self.assertIn(invitation._get_url(), mail.body_html)
        self.assertEqual(mail.state, 'outgoing')

    def test_limits(self):
        company = self.env.company
        company.member_child_limit = 2
        self.child.member_parent_id = self.member
        first = self._invite('a@example.com')
        with self.assertRaisesRegex(UserError, "2 sub-members"):
            self._invite('b@example.com')
        first._withdraw()
        self._invite('b@example.com')
        company.write({'member_child_limit': 0, 'member_invitation_limit': 2})
        with self.assertRaisesRegex(UserError, "tomorrow"):
            self._invite('c@example.com')
        company.member_invitation_limit = 3
        self._invite('c@example.com')

    def test_sending_again_makes_a_new_link(self):
        with freeze_time('2026-03-10 08:00:00'):
            invitation = self._invite()
            old = invitation._get_url()
            with self.assertRaisesRegex(UserError, "wait"):
                invitation._resend()
        with freeze_time('2026-03-20 08:00:00'):
            self.assertTrue(invitation.is_expired)
            self.assertIn(invitation, self.Invitation.search([('is_expired', '=', True)]))
            invitation._resend()
            self.assertFalse(invitation.is_expired)
            self.assertFalse(self.Invitation._find_by_token(old.rpartition('/')[2]))
            self.assertEqual(
                self.Invitation._find_by_token(invitation._get_url().rpartition('/')[2]), invitation
            )
            invitation._withdraw()
            with self.assertRaises(UserError):
                invitation._resend()

    def test_expired_invitation_can_be_sent_anew(self):
        with freeze_time('2026-03-10 08:00:00'):
            first = self._invite()
        with freeze_time('2026-03-20 08:00:00'):
            second = self._invite()
        self.assertEqual((first.state, second.state), ('withdrawn', 'sent'))

    def test_who_may_accept(self):
        invitation = self._invite()
        with self.assertRaisesRegex(UserError, "yourself"):
            invitation._accept(self.member)
        self.member.member_parent_id = self.stranger
        with self.assertRaisesRegex(UserError, "your sub-members"):
            invitation._accept(self.stranger)
        self.child.member_parent_id = self.stranger
        with self.assertRaisesRegex(UserError, "Leave first"):
            invitation._accept(self.child)
        self.child.member_parent_id = False
        invitation._accept(self.child)
        self.assertEqual(self.child.member_parent_id, self.member)
        with self.assertRaisesRegex(UserError, "no longer valid"):
            invitation._accept(self.child)

    def test_limit_holds_when_accepting(self):
        invitations = self._invite('a@example.com') | self._invite('b@example.com')
        self.env.company.member_child_limit = 1
        invitations[0]._accept(self.child)
        with self.assertRaises(UserError):
            invitations[1]._accept(self.stranger)

    def test_member_who_has_left_invites_nobody(self):
        invitation = self._invite()
        self.member.is_member = False
        with self.assertRaises(UserError):
            invitation._accept(self.child)

    @users('family_li')
    def test_portal_users_have_no_rights_of_their_own(self):
        invitation = self._invite()
        for act in (
            lambda: self.env['member.invitation'].search([]),
            lambda: invitation.with_env(self.env).action_withdraw(),
            lambda: self.member.with_env(self.env).write({'member_parent_id': False}),
            lambda: self.env['member.grade.change'].search([]),
            lambda: self.env['member.welcome.bonus'].search([]),
        ):
            with self.assertRaises(AccessError):
                act()

    @users('member_manager')
    def test_managers_withdraw_and_send_again(self):
        with freeze_time('2026-03-10 08:00:00'):
            invitation = self._invite().with_env(self.env)
        with freeze_time('2026-03-11 08:00:00'):
            invitation.action_resend()
        self.assertEqual(invitation.sent_count, 2)
        invitation.action_withdraw()
        self.assertEqual(invitation.state, 'withdrawn')

    @users('member_east')
    def test_agents_see_invitations_of_their_members(self):
        self.member.agent_id = self.agent_east
        self.stranger.agent_id = self.agent_iran
        mine = self._invite()
        theirs = self.Invitation._invite(self.stranger, 'guest@example.com')
        found = self.env['member.invitation'].search([])
        self.assertIn(mine, found)
        self.assertNotIn(theirs, found)
        with self.assertRaises(AccessError):
            mine.with_env(self.env).action_withdraw()


@tagged('post_install', '-at_install')
class TestFamilyPages(FamilyCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.env['ir.config_parameter'].set_param('auth_signup.invitation_scope', 'b2b')
        if 'website' in self.env:
            self.env['website'].search([]).auth_signup_uninvited = 'b2b'
        self._log_in('family_li')

    def _log_in(self, login):
        self.authenticate(login, login)
        self._speak_english()

    def _post(self, path, **data):
        return self.url_open(path, data={'csrf_token': http.Request.csrf_token(self), **data})

    def _path(self, invitation):
        return invitation._get_url().removeprefix(invitation.company_id.get_base_url())

    # === list === #

    def test_list_shows_level_orders_and_status(self):
        grade = self.env['res.partner.grade'].create({'name': "Emerald"})
        (self.child | self.stranger).member_parent_id = self.member
        self.child._assign_grade(grade, "Good")
        self.env['sale.order'].create([{'partner_id': self.child.id}] * 2).action_confirm()
        page = self.url_open('/my/members').text
        for text in (
            "Wang Fang",
            self.child.member_number,
            "Emerald",
            "2 orders",
            "Never signed in",
        ):
            with self.subTest(text):
                self.assertIn(text, page)
        self._log_in('family_wang')
        self._log_in('family_li')
        self.assertRegex(self.url_open('/my/members').text, r'badge[^>]*>Active<')

    def test_home_leads_to_the_list(self):
        self.assertIn('/my/members', self.url_open('/my').text)

    def test_who_is_no_member_has_no_list(self):
        self.member.is_member = False
        self.assertTrue(self.url_open('/my/members').url.endswith('/my'))
        self.assertEqual(self._post('/my/members/invite', email='x@example.com').status_code, 404)

    def test_strangers_must_log_in(self):
        self.authenticate(None, None)
        for path in ('/my/members', '/my/level', f'/my/members/{self.child.id}/remove'):
            self.assertIn('/web/login', self.url_open(path).url)

    def test_queries_of_the_list_do_not_grow(self):
        def measure():
            self.env.flush_all()
            self.env.invalidate_all()
            with self.profile_queries() as counter:
                self.url_open('/my/members')
            return counter.count

        self.child.member_parent_id = self.member
        self.url_open('/my/members')
        few = measure()
        self.env['res.partner'].create(
            [
                {'name': f"M{number}", 'is_member': True, 'member_parent_id': self.member.id}
                for number in range(30)
            ]
        )
        self.assertLessEqual(measure(), few + 3)

    # === inviting === #

    def test_member_invites_sends_again_and_withdraws(self):
        with freeze_time('2026-03-10 08:00:00'):
            invitation = self._invite('old@example.com')
        page = self._post('/my/members/invite', email='new@example.com', name="New")
        self.assertIn("The invitation is on its way.", page.text)
        self.assertIn('new@example.com', page.text)
        page = self._post(f'/my/members/invitations/{invitation.id}/resend')
        self.assertIn("was sent again", page.text)
        self._post(f'/my/members/invitations/{invitation.id}/withdraw')
        invitation.invalidate_recordset()
        self.assertEqual((invitation.state, invitation.sent_count), ('withdrawn', 2))

    def test_wrong_addresses_are_said(self):
        page = self._post('/my/members/invite', email='nobody', name="Typed Name")
        self.assertIn("Please enter a valid email address.", page.text)
        self.assertIn("Typed Name", page.text)

    def test_forms_need_their_token(self):
        with mute_logger('odoo.http'):
            response = self.url_open('/my/members/invite', data={'email': 'x@example.com'})
        self.assertEqual(response.status_code, 400)

    def test_nothing_of_others_can_be_touched(self):
        theirs = self.Invitation._invite(self.stranger, 'guest@example.com')
        self.child.member_parent_id = self.stranger
        for path in (
            f'/my/members/invitations/{theirs.id}/resend',
            f'/my/members/invitations/{theirs.id}/withdraw',
            '/my/members/invitations/99999999999/withdraw',
            f'/my/members/{self.child.id}/remove',
            f'/my/members/{self.stranger.id}/remove',
            f'/my/members/{self.member.id}/remove',
            '/my/members/99999999999/remove',
        ):
            with self.subTest(path):
                self.assertEqual(self._post(path).status_code, 404)
        self.assertEqual(self.url_open(f'/my/members/{self.child.id}/remove').status_code, 404)
        theirs.invalidate_recordset()
        self.assertEqual((theirs.state, theirs.sent_count), ('sent', 1))
        self.assertEqual(self.child.member_parent_id, self.stranger)
        page = self.url_open('/my/members').text
        self.assertNotIn('guest@example.com', page)
        self.assertNotIn("Strange Stranger", page)

    # === removing === #

    def test_removed_member_loses_nothing_of_his_own(self):
        grade = self.env['res.partner.grade'].create({'name': "Emerald"})
        self.child.member_parent_id = self.member
        self.stranger.member_parent_id = self.child
        self.child._assign_grade(grade, "Good")
        number = self.child.member_number
        page = self.url_open(f'/my/members/{self.child.id}/remove')
        self.assertIn("Remove Wang Fang?", page.text)
        self.assertEqual(self.child.member_parent_id, self.member, "asking removes nobody")
        page = self._post(f'/my/members/{self.child.id}/remove')
        self.assertIn("keeps the own account", page.text)
        self.child.invalidate_recordset()
        self.assertFalse(self.child.member_parent_id)
        self.assertTrue(self.child.is_member and self.child_user.active)
        self.assertEqual((self.child.member_number, self.child.grade_id), (number, grade))
        self.assertEqual(self.child.member_child_ids, self.stranger)
        self.assertEqual(self._post(f'/my/members/{self.child.id}/remove').status_code, 404)
        self.assertEqual(
            self._get_notifications(self.child, 'member_removed'), {('customer', 'mail')}
        )

    def test_member_leaves(self):
        self.child.member_parent_id = self.member
        self._log_in('family_wang')
        self.assertIn("Leave Li Wei?", self.url_open('/my/members/leave').text)
        self.assertIn("no longer a sub-member", self._post('/my/members/leave').text)
        self.child.invalidate_recordset()
        self.assertFalse(self.child.member_parent_id)
        self.assertFalse(self._get_notifications(self.child, 'member_removed'))

    # === answering === #

    def test_member_accepts(self):
        invitation = self._invite(self.child.email)
        self.authenticate(None, None)
        self._speak_english()
        page = self.url_open(self._path(invitation)).text
        self.assertIn("Li Wei invites you", page)
        self.assertIn("Log In and Accept", page)
        self._log_in('family_wang')
        page = self.url_open(self._path(invitation)).text
        self.assertIn("Accept the Invitation", page)
        self.assertFalse(self.child.member_parent_id)
        page = self._post(self._path(invitation), answer='accept')
        self.assertIn("You have accepted the invitation.", page.text)
        self.child.invalidate_recordset()
        self.assertEqual(self.child.member_parent_id, self.member)
        page = self._post(self._path(invitation), answer='accept')
        self.assertIn("It was accepted.", page.text)

    def test_nobody_accepts_without_an_account(self):
        invitation = self._invite(self.child.email)
        self.authenticate(None, None)
        self._speak_english()
        page = self._post(self._path(invitation), answer='accept')
        self.assertIn("Please log in with a customer account.", page.text)
        self._post(self._path(invitation), answer='register', name="Thief")
        invitation.invalidate_recordset()
        self.assertEqual(invitation.state, 'sent')
        self.assertFalse(invitation.guest_id)

    def test_guest_declines(self):
        invitation = self._invite()
        self.authenticate(None, None)
        self._speak_english()
        page = self._post(self._path(invitation), answer='decline')
        self.assertIn("It was declined.", page.text)
        invitation.invalidate_recordset()
        self.assertEqual(invitation.state, 'declined')

    def test_guest_registers_even_where_visitors_can_not(self):
        invitation = self._invite()
        self.authenticate(None, None)
        self._speak_english()
        response = self._post(self._path(invitation), answer='register', name="New Guest")
        self.assertIn('/web/signup', response.url)
        self.assertIn('guest@example.com', response.text)
        token = re.search(r'name="token" value="([^"]+)"', response.text)[1]
        with self._known_places():
            self._post(
                '/web/signup',
                token=token,
                login='guest@example.com',
                name="New Guest",
                password='correct horse',
                confirm_password='correct horse',
            )
        user = self.env['res.users'].search([('login', '=', 'guest@example.com')])
        self.assertEqual(user.partner_id.name, "New Guest")
        self.assertEqual(user.partner_id.member_parent_id, self.member)
        self.assertTrue(user.partner_id.member_number)
        invitation.invalidate_recordset()
        self.assertEqual(invitation.state, 'accepted')
        logs = self.env['notification.log'].search(
            [('event_id.code', '=', 'member_invitation_accepted')]
        )
        self.assertIn(self.member, logs.partner_id)

    def test_links_that_are_over_or_forged(self):
        with freeze_time('2026-03-10 08:00:00'):
            expired = self._invite('a@example.com')
        withdrawn = self._invite('b@example.com')
        withdrawn._withdraw()
        path = self._path(self._invite('c@example.com'))
        for bad in (
            self._path(expired),
            self._path(withdrawn),
            path[:-2],
            '/members/invitation/x',
            '/members/invitation/AQ==',
        ):
            with self.subTest(bad):
                self.assertIn("no longer valid", self.url_open(bad).text)
                self.assertIn("no longer valid", self._post(bad, answer='accept').text)

    # === level === #

    def test_card_and_page_of_the_level(self):
        self.env['res.partner.grade'].search([]).active = False
        gold, _silver = self.env['res.partner.grade'].create(
            [
                {'name': "Golden", 'sequence': 1, 'is_automatic': True, 'min_spending': 1000},
                {'name': "Silvery", 'sequence': 2, 'benefits': "Free stickers"},
            ]
        )
        self.assertIn("No level yet", self.url_open('/my').text)
        page = self.url_open('/my/level').text
        for text in (
            "Golden",
            "Silvery",
            "Free stickers",
            "more until",
            "By purchase or on invitation",
        ):
            self.assertIn(text, page)
        self.member._assign_grade(gold, "A secret of ours")
        page = self.url_open('/my/level').text
        self.assertIn("Given by us", page)
        self.assertNotIn("A secret of ours", page)
        self.assertNotIn("more until", page)
