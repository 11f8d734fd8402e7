from odoo.tests import tagged

from .common import HelpdeskCommon


@tagged('post_install', '-at_install')
class TestNotification(HelpdeskCommon):
    def _get_log(self, ticket, code, **values):
        return self.env['notification.log'].search(
            [
                ('res_model', '=', 'helpdesk.ticket'),
                ('res_id', '=', ticket.id),
                ('event_id.code', '=', code),
                *((name, '=', value) for name, value in values.items()),
            ]
        )

    def _switch_on(self, name):
        self.env.ref(f'aftercare_helpdesk.notification_rule_{name}').active = True

    def test_customer_is_told_of_a_new_ticket(self):
        ticket = self._create_ticket()
        log = self._get_log(ticket, 'ticket_created', audience='customer', channel='mail')
        self.assertEqual(log.partner_id, self.customer)
        log._process()
        self.assertNotEqual(log.state, 'failed', log.detail)
        self.assertIn(ticket.number, log.subject)
        self.assertIn(ticket.number, log.body)

    def test_agent_is_told_of_an_assignment_by_mail_and_on_the_screen(self):
        ticket = self._create_ticket()
        logs = self._get_log(ticket, 'ticket_assigned', audience='agent')
        self.assertEqual(set(logs.mapped('channel')), {'mail', 'inapp'})
        self.assertEqual(logs.partner_id, ticket.user_id.partner_id)
        logs._process()
        self.assertNotIn('failed', logs.mapped('state'), logs.mapped('detail'))
        mail = logs.filtered(lambda log: log.channel == 'mail')
        self.assertIn(ticket.with_context(lang=mail.lang)._get_priority_label(), mail.body)

    def test_upstream_does_not_mail_the_agent_too(self):
        ticket = self._create_ticket()
        self.assertFalse(
            ticket.message_ids.filtered(lambda message: message.message_type == 'user_notification')
        )
        ticket.user_id = (self.team.user_ids - ticket.user_id)[:1]
        self.assertFalse(
            self.env['mail.message'].search(
                [
                    ('model', '=', 'helpdesk.ticket'),
                    ('res_id', '=', ticket.id),
                    ('message_type', '=', 'user_notification'),
                ]
            )
        )
        self.assertIn(ticket.user_id.partner_id, ticket.message_partner_ids)

    def test_who_takes_a_ticket_is_not_told_so(self):
        ticket = self._create_ticket(user_id=self.user_b.id)
        ticket.with_user(self.user_a).action_take()
        self.assertNotIn(
            self.user_a.partner_id, self._get_log(ticket, 'ticket_assigned').partner_id
        )

    def test_late_news_of_an_assignment_are_no_news(self):
        ticket = self._create_ticket()
        ticket.stage_id = self.stage_done
        log = self._get_log(ticket, 'ticket_assigned', channel='mail')
        log._process()
        self.assertEqual(log.state, 'skipped')

    def test_answers_are_told_where_the_rules_say_so(self):
        ticket = self._create_ticket()
        self._post(ticket, self.user_a.partner_id)
        self.assertFalse(self._get_log(ticket, 'ticket_replied'), "he gets the message itself")
        self._switch_on('ticket_replied_customer_sms')
        self._switch_on('ticket_replied_customer_mail')
        self._switch_on('ticket_customer_replied_agent_sms')
        self.customer.phone = '+86 21 5555 0001'
        ticket.user_id.partner_id.phone = '+86 21 5555 0002'
        self._post(ticket, ticket.user_id.partner_id, "Please try again.")
        logs = self._get_log(ticket, 'ticket_replied')
        self.assertEqual(logs.partner_id, self.customer)
        self._post(ticket, self.customer, "Still not.")
        logs += self._get_log(ticket, 'ticket_customer_replied')
        logs._process()
        self.assertNotIn('failed', logs.mapped('state'), logs.mapped('detail'))
        mail = logs.filtered(lambda log: log.channel == 'mail')
        self.assertIn("Please try again.", mail.body)

    def test_customer_is_told_of_the_closing_and_asked_once(self):
        ticket = self._create_ticket(user_id=self.user_a.id)
        ticket.stage_id = self.stage_done
        self.env.cr.precommit.run()
        log = self._get_log(ticket, 'ticket_closed', audience='customer')
        log._process()
        self.assertNotEqual(log.state, 'failed', log.detail)
        rating = self.env['rating.rating'].search(
            [('res_model', '=', 'helpdesk.ticket'), ('res_id', '=', ticket.id)]
        )
        self.assertEqual(len(rating), 1)
        self.assertEqual(rating.rated_partner_id, self.user_a.partner_id)
        self.assertIn(f'/rate/{rating.access_token}/5', log.mail_mail_id.body_html)

    def test_customer_of_a_cancelled_ticket_is_not_asked(self):
        ticket = self._create_ticket()
        ticket.stage_id = self.stage_cancelled
        log = self._get_log(ticket, 'ticket_closed', audience='customer')
        log._process()
        self.assertNotEqual(log.state, 'failed', log.detail)
        self.assertNotIn('/rate/', log.mail_mail_id.body_html)

    def test_customer_of_an_internal_team_gets_no_link(self):
        ticket = self._create_ticket()
        self.assertIn('/my/ticket/', ticket._notification_get_url(self.customer, 'customer'))
        self.team.visibility = 'internal'
        self.assertFalse(ticket._notification_get_url(self.customer, 'customer'))
        self.assertTrue(ticket._notification_get_url(self.user_a.partner_id, 'agent'))

    def test_leader_is_the_manager(self):
        self.team.user_id = self.leader
        ticket = self._create_ticket()
        self.assertEqual(
            ticket._notification_get_recipients('manager'), {ticket.id: self.leader.partner_id}
        )

    def test_upstream_stage_mails_are_off(self):
        for stage in (self.stage_done, self.stage_cancelled):
            self.assertFalse(stage.mail_template_id)

    def test_all_rules_can_be_rendered(self):
        ticket = self._create_ticket(user_id=self.user_a.id)
        rules = (
            self.env['notification.rule']
            .with_context(active_test=False)
            .search([('event_id.model', '=', 'helpdesk.ticket')])
        )
        self.assertTrue(rules)
        for rule in rules:
            self.assertTrue(rule._find_sample(), ticket)
            row = rule._send_test()
            self.assertNotEqual(row.reason, 'template', f'{rule.display_name}: {row.detail}')
