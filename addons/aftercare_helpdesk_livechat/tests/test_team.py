from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import LivechatCommon


@tagged('post_install', '-at_install')
class TestTeam(LivechatCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_user('boss', 'helpdesk_mgmt.group_helpdesk_manager')

    def test_a_manager_switches_live_chat_on(self):
        team = self._create_team("Sales", self.user_a | self.user_b)
        self.assertFalse(team.livechat_channel_id)
        with Form(team.with_user(self.manager)) as form:
            form.use_livechat = True
            form.livechat_max_sessions = 3
        channel = team.livechat_channel_id
        self.assertEqual(channel.helpdesk_team_id, team)
        self.assertEqual(channel.user_ids, self.user_a | self.user_b)
        self.assertEqual((channel.max_sessions_mode, channel.max_sessions), ('limited', 3))
        self.assertTrue(team.livechat_web_page.endswith(f'/im_livechat/support/{channel.id}'))

    def test_an_agent_may_not(self):
        with self.assertRaises(AccessError):
            self.team.with_user(self.user_a).use_livechat = False

    def test_operators_are_the_members(self):
        self.team.user_ids = [Command.unlink(self.user_b.id)]
        self.assertEqual(self.livechat.user_ids, self.user_a | self.user_c)
        self.user_b.helpdesk_team_ids = [Command.link(self.team.id)]
        self.assertIn(self.user_b, self.livechat.user_ids)
        self.user_b.helpdesk_team_ids = [Command.unlink(self.team.id)]
        self.assertNotIn(self.user_b, self.livechat.user_ids)
        with self.assertRaisesRegex(UserError, "members of the team"):
            self.livechat.with_user(self.outsider.user_id).action_join()

    def test_switched_off_and_on_again(self):
        self.team.use_livechat = False
        self.assertFalse(self.livechat.user_ids)
        self.assertFalse(self._get_session(persisted=False))
        self.assertFalse(self.livechat.get_livechat_info()['available'])
        self.team.use_livechat = True
        self.assertEqual(self.team.livechat_channel_id, self.livechat)
        self.assertEqual(len(self.livechat.user_ids), 3)

    def test_an_archived_team_takes_no_chats(self):
        self.team.active = False
        self.assertFalse(self._get_session())

    def test_channel_and_desk_bear_the_name_of_the_team(self):
        self.team.name = "Front Desk"
        self.assertEqual(self.livechat.name, "Front Desk")
        self.assertEqual(self.desk.name, "Front Desk")

    def test_the_button_is_there_while_nobody_is(self):
        self._only()
        data = self.make_jsonrpc_request(
            '/mail/data', {'fetch_params': [['init_livechat', self.livechat.id]]}
        )
        self.assertTrue(data['Store']['livechat_available'])
        self.team.use_livechat = False
        data = self.make_jsonrpc_request(
            '/mail/data', {'fetch_params': [['init_livechat', self.livechat.id]]}
        )
        self.assertFalse(data['Store']['livechat_available'])

    def test_numbers_on_the_team(self):
        self._only(self.agent_a)
        self.agent_a.max_open_tickets = 1
        self._open_chat()
        self._open_chat()
        self.team.invalidate_recordset()
        self.assertEqual(
            (
                self.team.livechat_count,
                self.team.livechat_open_count,
                self.team.livechat_waiting_count,
            ),
            (2, 1, 1),
        )
        action = self.team.with_user(self.user_a).action_view_chats()
        self.assertEqual(self.env['discuss.channel'].search_count(action['domain']), 2)
