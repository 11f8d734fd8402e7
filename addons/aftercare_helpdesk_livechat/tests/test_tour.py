from odoo.tests import tagged

from .common import LivechatCommon


@tagged('post_install', '-at_install')
class TestTour(LivechatCommon):
    def test_the_agent_makes_a_ticket_of_the_chat(self):
        self.user_a.lang = 'en_US'
        self._only(self.agent_a)
        chat, _cookie = self._open_chat("My printer is on fire")
        self._say(chat, "I am carla@blue.example")
        # The browser comes when all this has long been told: told again, Discuss leaves the chat.
        self.env.cr.precommit.run()
        self.env['bus.bus'].search([]).unlink()
        self.start_tour(
            f'/odoo/discuss?active_id=discuss.channel_{chat.id}',
            'aftercare_helpdesk_livechat_ticket',
            login=self.user_a.login,
        )
        self.assertEqual(chat.helpdesk_ticket_id.partner_id, self.customer)

    def test_the_visitor_leaves_a_message(self):
        self._only()
        self.start_tour(
            f'/im_livechat/support/{self.livechat.id}',
            'aftercare_helpdesk_livechat_message',
        )
        ticket = self.Ticket.search([('partner_email', '=', 'vera@new.example')])
        self.assertEqual(ticket.name, "Please call me")

    def test_the_visitor_waits(self):
        self._only(self.agent_a)
        self.agent_a.max_open_tickets = 1
        self._open_chat("Takes the only place")
        self.start_tour(
            f'/im_livechat/support/{self.livechat.id}', 'aftercare_helpdesk_livechat_queue'
        )
        chat = self.env['discuss.channel'].search(
            [('helpdesk_team_id', '=', self.team.id), ('queue_state', '=', 'waiting')]
        )
        self.assertEqual(len(chat), 1)
