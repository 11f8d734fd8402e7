from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import LivechatCommon


@tagged('post_install', '-at_install')
class TestQueue(LivechatCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent_b.presence = cls.agent_c.presence = 'offline'
        cls.agent_a.max_open_tickets = 1

    def _fill(self, count):
        """Let one visitor be served and so many wait."""
        served, cookie = self._open_chat("First")
        self.served_cookie = cookie
        return served, [self._open_chat(f"Waiting {number}") for number in range(count)]

    def _positions(self, waiting):
        return [(chat._get_queue_info() or {}).get('position') for chat, _cookie in waiting]

    def test_who_comes_while_all_are_busy_waits_in_turn(self):
        served, waiting = self._fill(2)
        self.assertEqual(self._agent(served), self.agent_a)
        for chat, _cookie in waiting:
            self.assertEqual(chat.queue_state, 'waiting')
            self.assertEqual(chat.livechat_operator_id, self.desk)
        self.assertEqual(self._positions(waiting), [1, 2])
        preview = self._get_session(persisted=False)['store_data']['discuss.channel'][0]
        self.assertEqual(preview['livechat_queue'], {'position': 3, 'is_staffed': True})

    def test_the_visitor_is_told_his_place(self):
        self._fill(1)
        result = self._get_session()
        [thread] = [
            thread
            for thread in result['store_data']['discuss.channel']
            if thread['id'] == result['channel_id'] and 'livechat_queue' in thread
        ]
        self.assertEqual(thread['livechat_queue'], {'position': 2, 'is_staffed': True})
        self.assertNotIn('helpdesk_chat', thread)

    def test_the_end_of_a_chat_serves_the_next(self):
        served, waiting = self._fill(2)
        self._be_visitor(self.served_cookie)
        self._leave(served)
        self.assertTrue(served.livechat_end_dt)
        first, second = (chat for chat, _cookie in waiting)
        self.assertEqual(first.queue_state, 'served')
        self.assertEqual(self._agent(first), self.agent_a)
        self.assertTrue(first.served_date)
        self.assertNotIn(self.desk, first.channel_member_ids.partner_id)
        self.assertIn(self.user_a.partner_id, first.channel_member_ids.partner_id)
        self.assertIn("Ada is here for you", first.message_ids[0].body)
        self.assertEqual(first.assignment_id.agent_id, self.agent_a)
        self.assertEqual(first.livechat_failure, 'no_answer')
        self.assertEqual((second.queue_state, self._positions(waiting)), ('waiting', [None, 1]))

    def test_an_agent_who_leaves_a_chat_serves_the_next(self):
        served, waiting = self._fill(1)
        served.with_user(self.user_a).action_unfollow()
        self.assertTrue(served.livechat_end_dt)
        self.assertEqual(self._agent(waiting[0][0]), self.agent_a)

    def test_an_agent_who_comes_back_serves_the_queue(self):
        _served, waiting = self._fill(2)
        self._set_presence(self.agent_b, 'available')
        self.assertEqual([self._agent(chat) for chat, _cookie in waiting], [self.agent_b] * 2)

    def test_the_scheduled_action_serves_who_was_forgotten(self):
        served, waiting = self._fill(2)
        served.last_interest_dt = '2020-01-01 00:00:00'  # the visitor has fallen silent
        self.env.ref('aftercare_helpdesk_livechat.ir_cron_serve_queues').method_direct_trigger()
        self.assertEqual(self._agent(waiting[0][0]), self.agent_a)
        self.assertEqual(waiting[1][0].queue_state, 'waiting')

    def test_who_leaves_the_queue_makes_the_others_move_up(self):
        _served, waiting = self._fill(3)
        chat, cookie = waiting[0]
        self._be_visitor(cookie)
        self._leave(chat)
        self.assertEqual(chat.queue_state, 'left')
        self.assertEqual(self._positions(waiting), [None, 1, 2])

    def test_an_absent_visitor_is_not_served_and_dropped_later(self):
        served, waiting = self._fill(2)
        guest = waiting[0][0].channel_member_ids.guest_id
        presence = self.env['mail.presence'].create({'guest_id': guest.id, 'status': 'offline'})
        presence.last_poll = Datetime.now() - timedelta(minutes=3)
        served.livechat_end_dt = Datetime.now()
        self.assertEqual(waiting[0][0].queue_state, 'waiting')
        self.assertEqual(self._agent(waiting[1][0]), self.agent_a)
        presence.last_poll = Datetime.now() - timedelta(minutes=6)
        self.env['discuss.channel']._cron_serve_queues()
        self.assertEqual(waiting[0][0].queue_state, 'left')

    def test_waiting_time_is_measured(self):
        served, waiting = self._fill(1)
        chat = waiting[0][0]
        chat.queue_date = Datetime.now() - timedelta(minutes=30)
        served.livechat_end_dt = Datetime.now()
        self.assertAlmostEqual(chat.wait_hours, 0.5, 1)

    def test_the_longest_queue(self):
        self.team.livechat_queue_limit = 1
        self._fill(1)
        preview = self._get_session(persisted=False)['store_data']['discuss.channel'][0]
        self.assertFalse(preview['livechat_queue']['is_staffed'])

    # --- going offline ---

    def test_going_offline_hands_the_chats_over(self):
        served, _cookie = self._open_chat()
        self._set_presence(self.agent_b, 'available')
        self._set_presence(self.agent_a, 'offline')
        self.assertEqual(self._agent(served), self.agent_b)
        self.assertNotIn(self.user_a.partner_id, served.channel_member_ids.partner_id)
        self.assertFalse(served.livechat_end_dt)
        self.assertIn("went offline", served.assignment_id.reason)
        self.assertIn("Ben goes on with you", served.message_ids[0].body)

    def test_going_offline_alone_offers_to_leave_a_message(self):
        served, cookie = self._open_chat()
        self._set_presence(self.agent_a, 'offline')
        self.assertEqual(served.livechat_operator_id, self.desk)
        self.assertEqual(served._get_queue_info(), {'position': 1, 'is_staffed': False})
        self.assertFalse(served.livechat_end_dt)
        self._be_visitor(cookie)
        self.assertTrue(self._leave_message(served)['number'])

    def test_handed_back_to_the_queue_before_the_others(self):
        served, waiting = self._fill(1)
        self._set_presence(self.agent_a, 'offline')
        self.assertEqual(served._get_queue_info()['position'], 1)
        self.assertEqual(self._positions(waiting), [2])
        self._set_presence(self.agent_b, 'available')
        self.assertEqual(self._agent(served), self.agent_b)

    def test_busy_keeps_the_chats_and_takes_no_new_one(self):
        served, _cookie = self._open_chat()
        self._set_presence(self.agent_a, 'busy')
        self.assertEqual(self._agent(served), self.agent_a)
        self.assertFalse(self._agent(self._open_chat()[0]))

    # --- messages ---

    def test_a_message_while_nobody_is_there(self):
        self._only()
        preview = self._get_session(persisted=False)['store_data']['discuss.channel'][0]
        self.assertFalse(preview['livechat_queue']['is_staffed'])
        result = self._leave_message(phone="+49 30 1234567")
        ticket = self.Ticket.search([('number', '=', result['number'])])
        self.assertEqual(ticket.name, "Please call me.")
        self.assertIn("It is urgent", ticket.description)
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.channel_id.name, "Live chat")
        self.assertEqual(ticket.partner_id.email, 'vera@new.example')
        self.assertEqual(ticket.partner_name, "Vera Visitor")
        [chat] = ticket.chat_ids
        self.assertEqual(chat.queue_state, 'message')
        self.assertTrue(chat.livechat_end_dt)
        self.assertEqual(chat.customer_source, 'email')

    def test_a_message_instead_of_waiting(self):
        _served, waiting = self._fill(2)
        chat, cookie = waiting[0]
        self._be_visitor(cookie)
        result = self._leave_message(chat)
        self.assertEqual(chat.helpdesk_ticket_id.number, result['number'])
        self.assertIn("Waiting 0", chat.helpdesk_ticket_id.description)
        self.assertEqual(chat.queue_state, 'message')
        self.assertEqual(self._positions(waiting), [None, 1])
        self.assertEqual(chat.channel_member_ids.guest_id.name, "Vera Visitor")

    def test_the_address_in_the_form_is_where_the_answer_goes(self):
        _served, waiting = self._fill(1)
        chat, cookie = waiting[0]
        self._be_visitor(cookie)
        self._say(chat, "I am carla@blue.example")
        self.assertEqual(chat.customer_id, self.customer)
        self._leave_message(chat, email='otto@blue.example')
        self.assertEqual(chat.helpdesk_ticket_id.partner_id, self.colleague)
        self.assertEqual(chat.helpdesk_ticket_id.partner_email, 'otto@blue.example')

    def test_a_message_is_assigned_by_the_rules_of_the_team(self):
        self._only(self.agent_b)
        result = self._leave_message()
        ticket = self.Ticket.search([('number', '=', result['number'])])
        self.assertEqual(ticket.user_id, self.user_b)

    def test_a_message_must_say_something_and_where_to_answer(self):
        for values in ({'text': " "}, {'email': "nonsense"}, {'name': "x" * 200}):
            self.assertTrue(self._leave_message(**values).get('error'), values)
        self.assertFalse(self.Ticket.search([('partner_name', '=', "Vera Visitor")]))

    def test_a_robot_is_stopped(self):
        for _number in range(10):
            self.assertNotIn('error', self._leave_message())
        self.assertIn('error', self._leave_message())

    @mute_logger('odoo.http')
    def test_nobody_leaves_a_message_in_the_chat_of_another(self):
        served, waiting = self._fill(1)
        self._forget_visitor()
        for chat in (served, waiting[0][0]):
            with self.assertRaises(JsonRpcException):
                self._leave_message(chat)
        self._be_visitor(self.served_cookie)
        with self.assertRaises(JsonRpcException):  # he is being served
            self._leave_message(served)
        with self.assertRaises(JsonRpcException):
            self._leave_message(livechat_channel_id=0)
        self.assertFalse(served.helpdesk_ticket_id)

    def test_who_has_signed_in_need_not_say_who_he_is(self):
        self._only()
        user = self._create_user('paul', 'base.group_portal', password='helpdesk_paul')
        self.authenticate('helpdesk_paul', 'helpdesk_paul')
        result = self._leave_message(name="Somebody Else", email='else@other.example')
        ticket = self.Ticket.search([('number', '=', result['number'])])
        self.assertEqual(ticket.partner_id, user.partner_id)
        self.assertEqual(ticket.partner_email, user.email)
        self.assertEqual(ticket.chat_ids.customer_source, 'account')
