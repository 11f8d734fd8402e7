from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LivechatCommon


@tagged('post_install', '-at_install')
class TestTransfer(LivechatCommon):
    def setUp(self):
        super().setUp()
        self._only(self.agent_a)
        self.chat, self.cookie = self._open_chat()
        self.agent_b.presence = 'available'
        self.agent_c.presence = 'busy'

    def test_colleagues_who_can_take_it_come_first(self):
        rows = self.chat.with_user(self.user_a).get_transfer_agents()
        self.assertEqual(
            [(row['name'], row['is_free']) for row in rows], [("Ben", True), ("Cyd", False)]
        )

    def test_a_colleague_gets_the_chat_with_a_note(self):
        self.chat.with_user(self.user_a).action_transfer(self.agent_b.id, "He is angry")
        self.assertEqual(self._agent(self.chat), self.agent_b)
        partners = self.chat.channel_member_ids.partner_id
        self.assertIn(self.user_b.partner_id, partners)
        self.assertNotIn(self.user_a.partner_id, partners)
        self.assertFalse(self.chat.livechat_end_dt)
        self.assertIn("Ben goes on with you", self.chat.message_ids[0].body)
        self.assertNotIn("angry", ''.join(self.chat.message_ids.mapped('body')))

    def test_the_history_is_kept(self):
        self.chat.with_user(self.user_a).action_transfer(self.agent_b.id, "Knows printers")
        history = self.chat.with_user(self.user_b).get_helpdesk_card()['history']
        self.assertEqual([step['agent'] for step in history], ["Ben", "Ada"])
        self.assertIn("Ada chose Ben", history[0]['reason'])
        self.assertIn("Knows printers", history[0]['reason'])

    def test_only_to_an_available_member_of_the_team(self):
        chat = self.chat.with_user(self.user_a)
        with self.assertRaisesRegex(UserError, "not available"):
            chat.action_transfer(self.agent_c.id)
        with self.assertRaisesRegex(UserError, "no agent of the team"):
            chat.action_transfer(self.outsider.id)
        self.assertEqual(self._agent(self.chat), self.agent_a)

    def test_not_by_an_outsider_and_not_after_the_end(self):
        with self.assertRaises(AccessError):
            self.chat.with_user(self.outsider.user_id).action_transfer(self.agent_b.id)
        self._leave(self.chat)
        with self.assertRaisesRegex(UserError, "has ended"):
            self.chat.with_user(self.user_a).action_transfer(self.agent_b.id)

    def test_who_gives_a_chat_away_serves_the_next_visitor(self):
        self.agent_a.max_open_tickets = 1
        self.agent_b.max_open_tickets = 1
        self._open_chat("takes Ben's place")
        waiting, _cookie = self._open_chat("waits")
        self.assertEqual(waiting.queue_state, 'waiting')
        self.chat.with_user(self.user_a).action_transfer(self.agent_b.id)
        self.assertEqual(self._agent(waiting), self.agent_a)

    def test_a_waiting_visitor_can_be_taken(self):
        self.agent_a.max_open_tickets = 1
        self.agent_b.presence = 'busy'
        waiting, _cookie = self._open_chat("waits")
        self.assertFalse(self._agent(waiting))
        with self.assertRaises(AccessError):
            waiting.with_user(self.outsider.user_id).action_take()
        waiting.with_user(self.user_b).action_take()
        self.assertEqual(self._agent(waiting), self.agent_b)
        self.assertEqual(waiting.queue_state, 'served')
        with self.assertRaisesRegex(UserError, "not wait"):
            waiting.with_user(self.user_a).action_take()
