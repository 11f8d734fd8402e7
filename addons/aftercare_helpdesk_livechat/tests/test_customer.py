from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LivechatCommon


@tagged('post_install', '-at_install')
class TestCustomer(LivechatCommon):
    def setUp(self):
        super().setUp()
        self._only(self.agent_a)
        self.chat, self.cookie = self._open_chat("Hello")

    def _card(self, user=None):
        return self.chat.with_user(user or self.user_a).get_helpdesk_card()

    def test_an_address_in_the_chat_finds_the_customer(self):
        self.assertIsNone(self._card()['customer'])
        self._say(self.chat, "It is CARLA@blue.example, thanks.")
        self.assertEqual(self.chat.customer_id, self.customer)
        self.assertEqual(self.chat.customer_source, 'email')
        card = self._card()
        self.assertEqual(card['customer']['name'], "Carla")
        self.assertFalse(card['is_verified'])
        self.assertEqual(card['email'], 'carla@blue.example')

    def test_a_number_in_the_chat_finds_the_customer(self):
        self.customer.phone = "+49 30 1234 5678"
        self._say(self.chat, "Call me: +49 30 12345678")
        self.assertEqual(
            (self.chat.customer_id, self.chat.customer_source), (self.customer, 'phone')
        )

    def test_colleagues_are_no_customers(self):
        self._say(self.chat, f"I am {self.user_b.email}")
        self.assertFalse(self.chat.customer_id)
        self.assertEqual(self.chat.visitor_email, self.user_b.email)

    def test_what_the_agent_writes_finds_nobody(self):
        self.chat.with_user(self.user_a).message_post(
            body="Are you carla@blue.example?", message_type='comment'
        )
        self.assertFalse(self.chat.customer_id)

    def test_the_guest_learns_nothing_of_the_customer(self):
        self.customer.phone = "+49 30 99887766"
        self._say(self.chat, "I am carla@blue.example")
        self.chat.with_user(self.user_a).action_create_ticket()
        answers = [
            self.make_jsonrpc_request(
                '/mail/data', {'fetch_params': [['discuss.channel', self.chat.ids]]}
            ),
            self.make_jsonrpc_request('/discuss/channel/messages', {'channel_id': self.chat.id}),
        ]
        for answer in answers:
            text = str(answer)
            self.assertNotIn("Blue Ltd", text)
            self.assertNotIn("99887766", text)
            self.assertNotIn('helpdesk_chat', text)
            self.assertNotIn('customer_id', text)

    def test_the_card_shows_open_tickets(self):
        ticket = self._create_ticket(name="Old trouble")
        self._say(self.chat, "carla@blue.example")
        card = self._card()
        self.assertEqual([row['id'] for row in card['customer']['tickets']], ticket.ids)
        self.assertEqual(card['team'], "Care")
        self.assertEqual(card['history'][0]['agent'], "Ada")
        self.assertTrue(card['can_serve'])
        self.assertFalse(self._card(self.outsider.user_id)['can_serve'])

    def test_customers_of_a_colleague_stay_his(self):
        limited = self._create_user(
            'own', 'helpdesk_mgmt.group_helpdesk_user,aftercare_agent.aftercare_agent_group_own'
        )
        self.env['service.agent'].create({'user_id': limited.id})
        self.team.user_ids += limited
        self.customer_company.agent_id = self.agent_b
        self._say(self.chat, "carla@blue.example")
        card = self._card(limited)
        self.assertIsNone(card['customer'])
        self.assertEqual(card['customer_name'], "Carla")

    def test_the_agent_says_who_it_is(self):
        self.chat.with_user(self.user_a).action_create_ticket()
        self.chat.with_user(self.user_a).set_chat_customer(self.colleague.id)
        self.assertEqual(
            (self.chat.customer_id, self.chat.customer_source), (self.colleague, 'agent')
        )
        self.assertEqual(self.chat.helpdesk_ticket_id.partner_id, self.colleague)
        with self.assertRaises(AccessError):
            self.chat.with_user(self.outsider.user_id).set_chat_customer(self.customer.id)

    def test_the_address_is_given_to_nobody_else(self):
        """An unproven address opens no door: the guest gets no ticket of the customer."""
        self._create_ticket(name="Secret trouble")
        self._say(self.chat, "carla@blue.example")
        self.chat.with_user(self.user_a).action_create_ticket()
        messages = self.chat.message_ids.mapped('body')
        self.assertFalse([body for body in messages if "Secret" in body])
