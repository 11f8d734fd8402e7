from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ClosingCommon


@tagged('post_install', '-at_install')
class TestCustomer(ClosingCommon):
    def test_customer_closes_where_the_team_lets_him(self):
        ticket = self._create_ticket()
        self.assertIn(self.stage_done, ticket._get_customer_stages())
        self.team.customer_can_close = False
        self.assertFalse(ticket._get_customer_stages())
        with self.assertRaises(UserError):
            ticket._close_by_customer(self.stage_done)
        self.team.customer_can_close = True
        ticket._close_by_customer(self.stage_done)
        self.assertTrue(ticket.closed)

    def test_answer_reopens_where_the_team_lets_it(self):
        ticket = self._create_ticket()
        ticket.stage_id = self.stage_done
        self._post(ticket, self.customer)
        self.assertFalse(ticket.closed)

    def test_answer_becomes_a_new_ticket_where_it_does_not(self):
        self.team.customer_can_reopen = False
        ticket = self._create_ticket()
        ticket.stage_id = self.stage_done
        self._post(ticket, self.customer, "Still broken")
        self.assertTrue(ticket.closed)
        self.assertEqual(len(ticket.follow_up_ids), 1)

    def test_reopening_takes_a_reason_that_reaches_the_agent(self):
        ticket = self._create_ticket(user_id=self.user_a.id)
        ticket.stage_id = self.stage_done
        with self.assertRaises(UserError):
            ticket._reopen_by_link("  ")
        self.assertTrue(ticket.closed)
        ticket._reopen_by_link("The light <blinks>")
        self.assertFalse(ticket.closed)
        message = ticket.message_ids.filtered(lambda message: "blinks" in message.body)
        self.assertEqual(message.author_id, self.customer)
        self.assertIn(self.user_a.partner_id, message.notified_partner_ids)
        self.assertNotIn("<blinks>", message.body)

    def test_reopening_ends_with_the_days_of_the_team(self):
        ticket = self._create_ticket()
        ticket.stage_id = self.stage_done
        self.team.reopen_days = 0
        with self.assertRaises(UserError):
            ticket._reopen_by_link("Still broken")

    def test_mails_of_the_customer_have_the_link_the_agents_do_not(self):
        ticket = self._create_ticket(user_id=self.user_a.id)
        logs = self.env['notification.log'].search(
            [('res_model', '=', 'helpdesk.ticket'), ('res_id', '=', ticket.id)]
        )
        customer_log = logs.filtered(
            lambda log: log.audience == 'customer' and log.channel == 'mail'
        )
        agent_log = logs.filtered(lambda log: log.audience == 'agent' and log.channel == 'mail')
        (customer_log | agent_log)._process()
        self.assertIn('/ticket/closing/', customer_log.mail_mail_id.body_html)
        self.assertNotIn('/ticket/closing/', agent_log.mail_mail_id.body_html)

    def test_mails_have_no_link_where_the_team_does_not_want_it(self):
        for values in (
            {'has_closing_link': False},
            {'has_closing_link': True, 'customer_can_close': False},
        ):
            self.team.write(values)
            ticket = self._create_ticket()
            log = self._get_log(ticket, 'ticket_created')
            log._process()
            self.assertNotIn('/ticket/closing/', log.mail_mail_id.body_html)
