from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TeamworkCommon


@tagged('post_install', '-at_install')
class TestAssistance(TeamworkCommon):
    def test_helper_outside_the_team_gets_this_ticket_only(self):
        other = self._create_ticket(user_id=self.user_a.id)
        self.assertFalse(self._can_see(self.outsider))
        request = self._ask(self.user_a, self.outsider)
        self.assertEqual((request.state, request.requester_id), ('open', self.user_a))
        self.assertTrue(self._can_see(self.outsider))
        self.assertFalse(self._can_see(self.outsider, other))
        self.assertEqual(self.ticket.user_id, self.user_a, "the owner stays")

    def test_helper_of_a_hidden_team_ticket(self):
        self.team.visibility = 'invited'
        self._ask(self.user_a, self.outsider)
        self.assertTrue(self._can_see(self.outsider))

    def test_helper_who_sees_own_customers_only(self):
        agent = self._create_agent(
            'modest',
            'helpdesk_mgmt.group_helpdesk_user_own,aftercare_agent.aftercare_agent_group_own',
        )
        self.assertFalse(self._can_see(agent.user_id))
        self._ask(self.user_a, agent.user_id)
        self.assertTrue(self._can_see(agent.user_id))

    def test_helper_finds_it_among_his_activities_and_tickets(self):
        request = self._ask(self.user_a, self.outsider, "Which driver?")
        activity = request.activity_id
        self.assertEqual(activity.user_id, self.outsider)
        self.assertIn("Which driver?", activity.note)
        Ticket = self.Ticket.with_user(self.outsider)
        asked = Ticket.search([('my_assistance_id', '!=', False)])
        self.assertEqual(asked, self.ticket)
        domain = self.env.ref(
            'aftercare_helpdesk_teamwork.helpdesk_ticket_action_assistance'
        ).domain
        self.assertIn("assistance_ids", domain)
        self.assertEqual(asked.my_assistance_question, "Which driver?")
        self.assertFalse(self.ticket.with_user(self.user_b).my_assistance_id)
        self.assertNotIn(
            self.ticket,
            self.Ticket.with_user(self.user_b).search([('my_assistance_id', '!=', False)]),
        )

    def test_helper_answers_the_customer(self):
        self._ask(self.user_a, self.outsider)
        ticket = self.ticket.with_user(self.outsider)
        ticket.message_post(
            body="Try this", message_type='comment', subtype_xmlid='mail.mt_comment'
        )
        self.assertEqual(self.ticket.reply_state, 'customer')
        self.assertEqual(self.ticket.user_id, self.user_a)

    def test_several_colleagues(self):
        requests = self._ask(self.user_a, self.outsider | self.user_d)
        self.assertEqual(len(requests), 2)
        self.assertEqual(self.ticket.helper_ids, self.outsider | self.user_d)
        self._answer(self.outsider, requests.filtered(lambda r: r.user_id == self.outsider))
        self.assertEqual(self.ticket.helper_ids, self.user_d)

    def test_answer_closes_and_tells_who_has_asked(self):
        request = self._ask(self.user_a, self.outsider)
        activity = request.activity_id
        self._answer(self.outsider, request, "Change the cable")
        self.assertEqual((request.state, request.answer), ('done', "Change the cable"))
        self.assertTrue(request.date_closed)
        self.assertFalse(activity.exists() and activity.active)
        bodies = ' '.join(self.ticket.message_ids.mapped('body'))
        self.assertIn("Change the cable", bodies)
        notice = self.env['mail.message'].search(
            [('res_id', '=', self.ticket.id), ('message_type', '=', 'user_notification')],
            order='id desc',
            limit=1,
        )
        self.assertEqual(notice.notified_partner_ids, self.user_a.partner_id)
        self.assertTrue(self._can_see(self.outsider), "who has helped may look it up")

    def test_ticking_off_the_activity_answers(self):
        request = self._ask(self.user_a, self.outsider)
        request.activity_id.with_user(self.outsider).action_feedback(feedback="Done that")
        self.assertEqual((request.state, request.answer), ('done', "Done that"))

    def test_only_the_helper_answers(self):
        request = self._ask(self.user_a, self.user_b)
        for user in (self.user_a, self.user_c):
            with self.assertRaises(AccessError):
                self._answer(user, request)
        with self.assertRaises(AccessError):
            request.with_user(self.user_c)._answer("Not me")
        self._answer(self.user_b, request)
        with self.assertRaises(UserError):
            self._answer(self.user_b, request)

    def test_withdrawal_ends_the_access(self):
        request = self._ask(self.user_a, self.outsider)
        activity = request.activity_id
        request.with_user(self.user_a).action_withdraw()
        self.assertEqual(request.state, 'withdrawn')
        self.assertFalse(activity.exists())
        self.assertFalse(self._can_see(self.outsider))
        self.assertFalse(request.with_user(self.outsider).has_access('read'))
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.outsider).message_post(
                body="Me again", message_type='comment', subtype_xmlid='mail.mt_comment'
            )

    def test_who_followed_before_stays(self):
        self.ticket.message_subscribe(self.outsider.partner_id.ids)
        request = self._ask(self.user_a, self.outsider)
        request.with_user(self.user_a).action_withdraw()
        self.assertTrue(self._can_see(self.outsider))

    def test_who_has_helped_before_stays(self):
        self._answer(self.outsider, self._ask(self.user_a, self.outsider))
        second = self._ask(self.user_a, self.outsider).filtered(lambda r: r.state == 'open')
        second.with_user(self.user_a).action_withdraw()
        self.assertTrue(self._can_see(self.outsider))

    def test_asked_again_after_a_withdrawal_and_withdrawn_again(self):
        self._ask(self.user_a, self.outsider).with_user(self.user_a).action_withdraw()
        second = self._ask(self.user_a, self.outsider).filtered(lambda r: r.state == 'open')
        self.assertTrue(self._can_see(self.outsider))
        second.with_user(self.user_a).action_withdraw()
        self.assertFalse(self._can_see(self.outsider))

    def test_helper_who_has_become_the_agent_stays(self):
        request = self._ask(self.user_a, self.user_b)
        self.ticket.user_id = self.user_b
        request.with_user(self.manager).action_withdraw()
        self.assertIn(self.user_b.partner_id, self.ticket.message_partner_ids)

    def test_who_may_withdraw(self):
        request = self._ask(self.user_a, self.outsider)
        for user in (self.outsider, self.user_c):
            with self.assertRaises(AccessError):
                request.with_user(user).action_withdraw()
        self.assertFalse(request.with_user(self.user_c).can_withdraw)
        self.team.user_id = self.leader
        self.assertTrue(request.with_user(self.leader).can_withdraw)
        request.with_user(self.leader).action_withdraw()
        self.assertEqual(request.state, 'withdrawn')

    def test_requests_cannot_be_made_by_writing(self):
        values = {
            'ticket_id': self.ticket.id,
            'user_id': self.outsider.id,
            'question': "Let me in",
        }
        Assistance = self.env['helpdesk.ticket.assistance']
        for user in (self.outsider, self.user_a, self.manager):
            with self.assertRaises(AccessError):
                Assistance.with_user(user).create(values)
        request = self._ask(self.user_a, self.user_b)
        with self.assertRaises(AccessError):
            request.with_user(self.user_b).write({'user_id': self.outsider.id})

    def test_strangers_invite_nobody(self):
        with self.assertRaises(AccessError):
            self._ask(self.outsider, self.user_d)
        with self.assertRaises(AccessError):
            self.env['helpdesk.ticket.assist'].with_user(self.portal).create(
                {
                    'ticket_id': self.ticket.id,
                    'user_ids': [(6, 0, self.user_d.ids)],
                    'question': "x",
                }
            )

    def test_senseless_requests_are_refused(self):
        for helpers, question in (
            (self.user_a, "Myself"),
            (self.portal, "A customer"),
            (self.user_b, "  "),
            (self.env['res.users'], "Nobody"),
        ):
            with self.assertRaises(UserError):
                self._ask(self.user_a, helpers, question)
        with self.assertRaises(UserError):
            self._ask(self.user_b, self.user_a)
        self._ask(self.user_a, self.user_b)
        with self.assertRaisesRegex(UserError, "asked already"):
            self._ask(self.user_a, self.user_b)
        self.ticket.stage_id = self.stage_done
        with self.assertRaisesRegex(UserError, "closed"):
            self._ask(self.user_a, self.user_c)

    def test_colleagues_of_other_companies_are_not_asked(self):
        company = self.env['res.company'].create({'name': "Elsewhere"})
        foreign = self._create_user(
            'foreign',
            'helpdesk_mgmt.group_helpdesk_user_own',
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaises(UserError):
            self._ask(self.user_a, foreign)

    def test_closing_ends_what_is_open(self):
        requests = self._ask(self.user_a, self.outsider | self.user_b)
        self.ticket.with_user(self.user_b).stage_id = self.stage_done
        states = {request.user_id: request.state for request in requests}
        self.assertEqual(states[self.outsider], 'withdrawn')
        self.assertEqual(states[self.user_b], 'done', "who has closed it has helped")
        self.assertFalse(requests.activity_id.exists())
        self.assertFalse(self._can_see(self.outsider))

    def test_customer_closes_and_it_ends_too(self):
        request = self._ask(self.user_a, self.outsider)
        self.ticket.with_user(self.portal).sudo()._close_by_customer(self.stage_done)
        self.assertEqual(request.state, 'withdrawn')
