from odoo.exceptions import AccessError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import LivechatCommon


@tagged('post_install', '-at_install')
class TestTicket(LivechatCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent_b.presence = cls.agent_c.presence = 'offline'

    def setUp(self):
        super().setUp()
        self.chat, self.cookie = self._open_chat("My printer is on fire\nSince noon")
        self.chat.with_user(self.user_a).message_post(
            body="Which one?", message_type='comment', subtype_xmlid='mail.mt_comment'
        )

    def _command(self, user, body='/ticket'):
        self.chat.with_user(user).execute_command_ticket(body=body)
        return self.chat.helpdesk_ticket_id

    def test_command_makes_a_ticket(self):
        region = self.env['service.region'].create({'name': "North"})
        self.chat.service_region_id = region
        ticket = self._command(self.user_a, '/ticket Printer of the third floor')
        self.assertEqual(ticket.name, "Printer of the third floor")
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.user_id, self.user_a)
        self.assertEqual(ticket.channel_id.name, "Live chat")
        self.assertEqual(ticket.region_id, region)
        self.assertEqual(ticket.chat_ids, self.chat)
        self.assertEqual(ticket.chat_count, 1)
        for text in ("My printer is on fire", "Which one?", "Ada"):
            self.assertIn(text, ticket.description)
        self.assertIn(ticket.number, self.chat.message_ids[0].body, "The visitor has the number.")

    def test_the_second_time_opens_the_first(self):
        action = self.chat.with_user(self.user_a).action_create_ticket
        ticket_id = action()
        self.assertEqual(self.Ticket.browse(ticket_id).name, "My printer is on fire")
        self.assertEqual(action("Another title"), ticket_id)
        self.assertEqual(self._command(self.user_a).id, ticket_id)
        self.assertEqual(self.Ticket.search_count([('chat_ids', 'in', self.chat.ids)]), 1)

    def test_the_customer_of_the_chat_is_that_of_the_ticket(self):
        self._be_visitor(self.cookie)
        self._say(self.chat, "I am carla@blue.example")
        ticket = self._command(self.user_a)
        self.assertEqual(ticket.partner_id, self.customer)

    def test_a_stranger_stays_one(self):
        self._be_visitor(self.cookie)
        self._say(self.chat, "Write to nobody@new.example")
        ticket = self._command(self.user_a)
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.partner_email, 'nobody@new.example')

    def test_an_agent_outside_the_team_cannot(self):
        with self.assertRaisesRegex(AccessError, "not a member"):
            self._command(self.outsider.user_id)
        with self.assertRaises(AccessError):
            self.chat.with_user(self.outsider.user_id).action_create_ticket()
        self.assertFalse(self.chat.helpdesk_ticket_id)

    def test_a_leader_and_a_manager_can(self):
        self.team.user_id = self.leader
        self.assertFalse(self._command(self.leader).user_id == self.leader)
        other, _cookie = self._open_chat()
        manager = self._create_user('boss', 'helpdesk_mgmt.group_helpdesk_manager')
        self.assertTrue(other.with_user(manager).action_create_ticket())

    @mute_logger('odoo.http')
    def test_the_visitor_cannot(self):
        user = self._create_user('paul', 'base.group_portal', password='helpdesk_paul')
        self.authenticate('helpdesk_paul', 'helpdesk_paul')
        own = self.env['discuss.channel'].browse(self._get_session()['channel_id'])
        self.assertIn(user.partner_id, own.channel_member_ids.partner_id)
        for method, args in (
            ('action_create_ticket', []),
            ('execute_command_ticket', []),
            ('get_helpdesk_card', []),
            ('get_transfer_agents', []),
            ('action_transfer', [self.agent_a.id]),
            ('set_chat_customer', [self.customer.id]),
        ):
            for chat in (own, self.chat):
                with self.assertRaises(JsonRpcException, msg=method):
                    self.make_jsonrpc_request(
                        '/web/dataset/call_kw',
                        {
                            'model': 'discuss.channel',
                            'method': method,
                            'args': [chat.ids, *args],
                            'kwargs': {},
                        },
                    )
        self.assertFalse((own | self.chat).helpdesk_ticket_id)

    @mute_logger('odoo.http')
    def test_a_guest_cannot_read_the_chat_of_another(self):
        _other, cookie = self._open_chat()
        self._be_visitor(cookie)
        with self.assertRaises(JsonRpcException):
            self.make_jsonrpc_request('/discuss/channel/messages', {'channel_id': self.chat.id})
        with self.assertRaises(JsonRpcException):
            self._say(self.chat, "Let me in")
        self._be_visitor(self.cookie)
        self.assertTrue(
            self.make_jsonrpc_request('/discuss/channel/messages', {'channel_id': self.chat.id})[
                'messages'
            ]
        )

    def test_chats_of_an_invited_team_are_seen_by_its_members_only(self):
        user = self.outsider.user_id
        self.assertTrue(self.chat.with_user(user).has_access('read'))
        self.team.visibility = 'invited'
        self.assertFalse(self.chat.with_user(user).has_access('read'))
        self.assertTrue(self.chat.with_user(self.user_b).has_access('read'))
        with self.assertRaises(AccessError):
            self.env['discuss.channel.member'].with_user(user).create(
                {'channel_id': self.chat.id, 'partner_id': user.partner_id.id}
            )
        with self.assertRaises(AccessError):
            self.chat.with_user(user).action_create_ticket()
        # A colleague lets him in.
        self.chat.with_user(self.user_a).add_members(partner_ids=user.partner_id.ids)
        self.assertTrue(self.chat.with_user(user).has_access('read'))

    def test_who_sees_the_own_team_only_sees_its_chats_only(self):
        user = self._create_user('junior', 'helpdesk_mgmt.group_helpdesk_user_team')
        self.assertFalse(self.chat.with_user(user).has_access('read'))
        self.team.user_ids += user
        self.assertTrue(self.chat.with_user(user).has_access('read'))

    def test_back_from_the_ticket_to_the_chat(self):
        ticket = self._command(self.user_a)
        self.assertTrue(ticket.with_user(self.user_a).action_open_chats())
        self.assertEqual(
            self.chat.with_user(self.user_a)._get_chat_info()['ticket']['number'], ticket.number
        )

    def test_what_is_said_later_is_noted_on_the_ticket(self):
        ticket = self._command(self.user_a)
        self._say(self.chat, "One more thing")
        self._leave(self.chat)
        note = ticket.message_ids[0]
        self.assertIn("One more thing", note.body)
        self.assertNotIn("My printer is on fire", note.body)
        self.assertTrue(note.is_internal)

    def test_files_of_the_chat_go_with_it(self):
        attachment = self.env['ir.attachment'].create(
            {
                'name': "fire.txt",
                'raw': b"hot",
                'res_model': 'discuss.channel',
                'res_id': self.chat.id,
            }
        )
        self.chat.message_post(body="See", message_type='comment', attachment_ids=attachment.ids)
        ticket = self._command(self.user_a)
        copy = self.env['ir.attachment'].search(
            [('res_model', '=', 'helpdesk.ticket'), ('res_id', '=', ticket.id)]
        )
        self.assertEqual(copy.mapped('name'), ["fire.txt"])

    def test_the_visitor_rates_the_agent(self):
        self.agent_b.presence = 'available'
        self.agent_a.with_user(self.user_a).set_own_presence('offline')
        self._be_visitor(self.cookie)
        self._leave(self.chat)
        self.make_jsonrpc_request(
            '/im_livechat/feedback', {'channel_id': self.chat.id, 'rate': 5, 'reason': "Great"}
        )
        rating = self.chat.rating_ids
        self.assertEqual(rating.rated_partner_id, self.user_b.partner_id)
        self.assertEqual(self.agent_b.rating_avg, 5)
        self.assertEqual(self.agent_b.rating_count, 1)
        self.assertEqual(self.team.livechat_satisfaction, 100)
