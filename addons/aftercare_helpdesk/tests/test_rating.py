from odoo.addons.mail.tests.common import MockEmail
from odoo.tests import tagged

from .common import HelpdeskCommon


@tagged('post_install', '-at_install')
class TestRating(HelpdeskCommon, MockEmail):
    def _rate(self, ticket, value):
        token = ticket._rating_get_access_token()
        ticket.rating_apply(value, token=token)
        self.env.flush_all()
        self.env.invalidate_all()

    def _switch_off_closing_mail(self):
        self.env.ref(
            'aftercare_helpdesk.notification_rule_ticket_closed_customer_mail'
        ).active = False

    def test_closing_stage_asks_by_data(self):
        self.assertEqual(
            self.stage_done.rating_mail_template_id,
            self.env.ref('aftercare_helpdesk.mail_template_ticket_rating'),
        )
        self.assertFalse(self.stage_cancelled.rating_mail_template_id)

    def test_survey_is_sent_alone_where_no_rule_mails(self):
        self._switch_off_closing_mail()
        ticket = self._create_ticket(user_id=self.user_a.id)
        with self.mock_mail_gateway():
            ticket.stage_id = self.stage_done
        mail = self._new_mails.filtered(lambda mail: mail.res_id == ticket.id)
        self.assertEqual(len(mail), 1)
        self.assertIn('/rate/', mail.body_html)
        self.assertEqual(mail.recipient_ids, self.customer)

    def test_survey_is_not_sent_twice(self):
        ticket = self._create_ticket(user_id=self.user_a.id)
        with self.mock_mail_gateway():
            ticket.stage_id = self.stage_done
        self.assertFalse(self._new_mails.filtered(lambda mail: '/rate/' in (mail.body_html or '')))

    def test_who_cannot_answer_is_not_asked(self):
        self._switch_off_closing_mail()
        nobody = self._create_ticket(partner_id=False)
        mute = self._create_ticket(
            partner_id=self.env['res.partner'].create({'name': "No mail"}).id
        )
        original = self._create_ticket()
        duplicate = self._create_ticket()
        duplicate.duplicate_id = original
        rated = self._create_ticket(user_id=self.user_a.id)
        self._rate(rated, 5)
        tickets = nobody + mute + duplicate + rated
        with self.mock_mail_gateway():
            tickets.write({'stage_id': self.stage_done.id})
        self.assertFalse(self._new_mails.filtered(lambda mail: '/rate/' in (mail.body_html or '')))

    def test_agents_and_teams_are_happy_neutral_or_unhappy(self):
        for values, grade in (((5, 5, 1), 'top'), ((5, 1, 1), 'ok'), ((1, 1, 3), 'ko')):
            agent = self._create_agent(f'rated_{grade}')
            team = self._create_team(grade, agent.user_id)
            self.assertEqual(agent.rating_avg_text, 'none')
            self.assertEqual(team.rating_avg_text, 'none')
            for value in values:
                ticket = self._create_ticket(team_id=team.id, user_id=agent.user_id.id)
                self._rate(ticket, value)
            self.assertEqual(agent.rating_avg_text, grade)
            self.assertEqual(agent.rating_count, 3)
            self.assertEqual(team.rating_avg_text, grade)
            self.assertEqual(team.rating_count, 3)

    def test_rating_follows_the_ticket_to_another_team(self):
        other = self._create_team("Other", self.user_a)
        ticket = self._create_ticket(user_id=self.user_a.id)
        self._rate(ticket, 5)
        ticket.team_id = other
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.team.rating_count, 0)
        self.assertEqual(other.rating_count, 1)

    def test_share_of_happy_customers(self):
        tickets = self.Ticket.create([self._prepare_ticket() for _number in range(4)])
        self._rate(tickets[0], 5)
        self._rate(tickets[1], 1)
        # Upstream asks once per ticket.
        self.assertEqual(
            self._count_queries(tickets._compute_percentage),
            self._count_queries(tickets[0]._compute_percentage),
        )
        self.assertEqual(tickets.mapped('positive_rate_percentage'), [100, 0, -1, -1])

    def test_ratings_of_an_agent(self):
        action = self.agent_a.action_view_ratings()
        self.assertIn(('rated_partner_id', '=', self.user_a.partner_id.id), action['domain'])
