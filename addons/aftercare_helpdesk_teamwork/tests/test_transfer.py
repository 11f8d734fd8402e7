from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import TeamworkCommon


@tagged('post_install', '-at_install')
class TestTransfer(TeamworkCommon):
    def test_to_a_team_and_an_agent(self):
        self._transfer(self.user_a, self.ticket, team_id=self.other_team.id, user_id=self.user_d.id)
        self.assertEqual(self.ticket.team_id, self.other_team)
        self.assertEqual(self.ticket.user_id, self.user_d)
        row = self.ticket.handover_ids
        self.assertEqual(len(row), 1)
        self.assertEqual((row.kind, row.reason), ('transfer', "You know better"))
        self.assertEqual((row.from_user_id, row.to_user_id), (self.user_a, self.user_d))
        self.assertEqual((row.from_team_id, row.to_team_id), (self.team, self.other_team))
        self.assertEqual(row.author_id, self.user_a)

    def test_new_agent_learns_the_reason(self):
        self._transfer(self.user_a, self.ticket, user_id=self.user_b.id)
        self.assertFalse(
            self._get_log(self.ticket, 'ticket_assigned', partner_id=self.user_b.partner_id.id)
        )
        logs = self._get_log(self.ticket, 'ticket_transferred')
        self.assertEqual(logs.partner_id, self.user_b.partner_id)
        self.assertEqual(set(logs.mapped('channel')), {'mail', 'inapp'})
        logs._process()
        self.assertNotIn('failed', logs.mapped('state'), logs.mapped('detail'))
        for log in logs:
            self.assertIn("You know better", log.body)

    def test_reason_stands_in_the_chatter(self):
        self._transfer(self.user_a, self.ticket, user_id=self.user_b.id)
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()
        bodies = ' '.join(self.ticket.message_ids.mapped('body'))
        self.assertIn("You know better", bodies)

    def test_reason_is_text(self):
        self._transfer(self.user_a, self.ticket, "<b>bold</b>", user_id=self.user_b.id)
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertNotIn('<b>bold</b>', ' '.join(self.ticket.message_ids.mapped('body')))

    def test_reason_is_required(self):
        for reason in (False, '  '):
            with self.assertRaises(UserError):
                self._transfer(self.user_a, self.ticket, reason, user_id=self.user_b.id)
        self.assertEqual(self.ticket.user_id, self.user_a)

    def test_dialog_requires_what_the_server_requires(self):
        action = self.ticket.with_user(self.user_a).action_transfer()
        model = self.env[action['res_model']].with_user(self.user_a)
        with Form(model.with_context(**action['context'])) as form:
            self.assertEqual(form.team_id, self.team)
            self.assertTrue(form._get_modifier('user_id', 'required'))
            self.assertNotIn(self.user_a, form.member_ids)
            form.team_id = self.other_team
            self.assertFalse(form._get_modifier('user_id', 'required'))
            self.assertTrue(form._get_modifier('reason', 'required'))
            self.assertTrue(form.proposal)
            form.reason = "Not ours"

    def test_rule_of_the_team_chooses_in_one_step(self):
        self.other_team.assignment_method = 'balanced'
        self._transfer(self.user_a, self.ticket, team_id=self.other_team.id)
        self.assertEqual(self.ticket.user_id, self.user_d)
        row = self.ticket.handover_ids
        self.assertEqual(len(row), 1)
        self.assertEqual((row.to_user_id, row.kind), (self.user_d, 'transfer'))
        self.assertTrue(
            self._get_log(self.ticket, 'ticket_transferred', partner_id=self.user_d.partner_id.id)
        )

    def test_dialog_proposes_whom_the_rule_would_choose(self):
        self.other_team.assignment_method = 'balanced'
        action = self.ticket.with_user(self.user_a).action_transfer()
        model = self.env[action['res_model']].with_user(self.user_a)
        with Form(model.with_context(**action['context'])) as form:
            form.team_id = self.other_team
            self.assertIn(self.user_d.name, form.proposal)
            form.reason = "Not ours"
        self.assertEqual(self.ticket.user_id, self.user_a, "nothing is assigned yet")

    def test_team_by_hand_gets_it_without_an_agent(self):
        self._transfer(self.user_a, self.ticket, team_id=self.other_team.id)
        self.assertEqual(self.ticket.team_id, self.other_team)
        self.assertFalse(self.ticket.user_id)

    def test_many_tickets_at_once(self):
        tickets = self.ticket | self._create_ticket(user_id=self.user_c.id)
        self._transfer(self.user_b, tickets, team_id=self.other_team.id, user_id=self.user_d.id)
        self.assertEqual(tickets.user_id, self.user_d)
        self.assertEqual(tickets.team_id, self.other_team)
        self.assertEqual(len(tickets.handover_ids), 2)

    def test_number_of_queries_does_not_grow_with_the_tickets(self):
        def count(number):
            tickets = self.Ticket.create(
                [self._prepare_ticket(user_id=self.user_a.id) for _ in range(number)]
            )
            before = {ticket: (False, self.user_b, ticket.team_id) for ticket in tickets}
            handover = tickets._get_handover()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            tickets._record_handovers(before, handover)
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(1)
        self.assertEqual(count(20), count(2))

    def test_who_hands_over_may_lose_sight_of_it(self):
        self.other_team.user_ids += self.outsider
        self.ticket.write({'team_id': self.other_team.id, 'user_id': self.outsider.id})
        self.ticket.message_unsubscribe(self.outsider.partner_id.ids)
        action = self._transfer(
            self.outsider, self.ticket, team_id=self.team.id, user_id=self.user_a.id
        )
        self.assertEqual(self.ticket.user_id, self.user_a)
        self.assertFalse(self._can_see(self.outsider))
        self.assertEqual(action['target'], 'main', "the form behind the dialog is left")
        self.assertEqual(len(self.ticket.handover_ids), 2)

    def test_stranger_hands_over_nothing(self):
        with self.assertRaises(AccessError):
            self._transfer(self.outsider, self.ticket, user_id=self.user_b.id)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.portal)._transfer(self.other_team, self.user_d, "Mine")
        self.assertEqual(self.ticket.user_id, self.user_a)

    def test_customers_cannot_open_the_dialog(self):
        with self.assertRaises(AccessError):
            self.env['helpdesk.ticket.transfer'].with_user(self.portal).create(
                {'ticket_ids': [(6, 0, self.ticket.ids)], 'reason': "x"}
            )

    def test_agent_must_be_a_member(self):
        with self.assertRaisesRegex(UserError, "not a member"):
            self._transfer(
                self.user_a, self.ticket, team_id=self.other_team.id, user_id=self.user_b.id
            )

    def test_nothing_to_hand_over(self):
        with self.assertRaisesRegex(UserError, "there already"):
            self._transfer(self.user_a, self.ticket, user_id=self.user_a.id)
        with self.assertRaisesRegex(UserError, "there already"):
            self._transfer(self.user_a, self.ticket, team_id=self.team.id, user_id=False)
        self.ticket.stage_id = self.stage_done
        with self.assertRaisesRegex(UserError, "[Cc]losed"):
            self._transfer(self.user_a, self.ticket, user_id=self.user_b.id)

    def test_team_of_another_company_is_refused(self):
        company = self.env['res.company'].create({'name': "Elsewhere"})
        self.user_a.company_ids += company
        foreign = self._create_team("Foreign", self.user_b, company_id=company.id)
        with self.assertRaisesRegex(UserError, "another company"):
            self._transfer(self.user_a, self.ticket, team_id=foreign.id)

    # --- taking over ---

    def _take_over(self, user, reason):
        action = self.ticket.with_user(user).action_take_over()
        wizard = self.env[action['res_model']].with_user(user).with_context(**action['context'])
        return wizard.create({'reason': reason}).action_apply()

    def test_take_over_with_a_reason(self):
        self._take_over(self.user_b, "Ada is ill")
        self.assertEqual(self.ticket.user_id, self.user_b)
        row = self.ticket.handover_ids
        self.assertEqual((row.kind, row.reason), ('take', "Ada is ill"))
        notice = self.env['mail.message'].search(
            [
                ('model', '=', 'helpdesk.ticket'),
                ('res_id', '=', self.ticket.id),
                ('message_type', '=', 'user_notification'),
            ]
        )
        self.assertEqual(notice.notified_partner_ids, self.user_a.partner_id)
        self.assertIn("Ada is ill", notice.body)

    def test_take_over_without_a_reason(self):
        self.assertIs(self.ticket.with_user(self.user_b).action_take(), True)
        self.assertEqual(self.ticket.user_id, self.user_b)
        self.assertEqual(self.ticket.handover_ids.kind, 'take')

    def test_team_wants_to_know_why(self):
        self.team.is_takeover_reason_required = True
        action = self.ticket.with_user(self.user_b).action_take()
        self.assertEqual(action['res_model'], 'helpdesk.ticket.transfer')
        self.assertEqual(self.ticket.user_id, self.user_a, "not without a reason")
        with self.assertRaises(UserError):
            self._take_over(self.user_b, '')
        self._take_over(self.user_b, "Ada is ill")
        self.assertEqual(self.ticket.user_id, self.user_b)

    def test_nobody_asks_why_a_free_ticket_is_taken(self):
        self.team.is_takeover_reason_required = True
        self.ticket.user_id = False
        self.assertIs(self.ticket.with_user(self.user_b).action_take(), True)
        self.assertEqual(self.ticket.user_id, self.user_b)

    def test_strangers_take_nothing(self):
        with self.assertRaises(UserError):
            self._take_over(self._create_user('other'), "I want it")
        with self.assertRaises(AccessError):
            self._take_over(self.outsider, "I want it")
        self.assertEqual(self.ticket.user_id, self.user_a)
