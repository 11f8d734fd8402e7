from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RatingCommon


@tagged('post_install', '-at_install')
class TestRatingReport(RatingCommon):
    def test_averages_shares_and_response_rate(self):
        for value in (5, 5, 3, 1):
            self._rate(value)
        self._ask()
        [(team, count, average, happy, neutral, unhappy, answered)] = self.Report._read_group(
            [('team_id', '=', self.team.id)],
            ['team_id'],
            [
                '__count',
                'rating:avg',
                'happy_share:avg',
                'neutral_share:avg',
                'unhappy_share:avg',
                'response_rate:avg',
            ],
        )
        self.assertEqual((team, count), (self.team, 5))
        self.assertAlmostEqual(average, 3.5, msg="who did not answer does not count as zero")
        self.assertAlmostEqual(happy, 0.5)
        self.assertAlmostEqual(neutral, 0.25)
        self.assertAlmostEqual(unhappy, 0.25)
        self.assertAlmostEqual(answered, 0.8)

    def test_limits_are_those_of_odoo(self):
        for value, grade in ((5, 'top'), (4, 'top'), (3, 'ok'), (2, 'ko'), (1, 'ko')):
            rating = self._ask()
            rating.sudo().write({'rating': value, 'consumed': True})
            self.env.flush_all()
            self.assertEqual(self._get_row(rating).grade, grade)
        self.assertFalse(self._get_row(self._ask()).grade)

    def test_whole_report_takes_one_query(self):
        for value in (5, 3, 1):
            self._rate(value)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Report._read_group([], ['rated_partner_id'], ['rating:avg', 'response_rate:avg'])

    def test_who_sees_what(self):
        own = self._rate(5, user=self.user_a)
        teams = self._rate(3, user=self.user_c)
        foreign = self._rate(1, user=self.user_b, team=self.other_team)
        ratings = own + teams + foreign
        for group, seen in (
            ('group_helpdesk_user_own', own),
            ('group_helpdesk_user_team', own + teams),
            ('group_helpdesk_user', ratings),
            ('group_helpdesk_manager', ratings),
        ):
            self.user_a.group_ids = self.env.ref(f'helpdesk_mgmt.{group}')
            rows = self.Report.with_user(self.user_a).search([('rating_id', 'in', ratings.ids)])
            self.assertEqual(rows.mapped('rating_id.id'), sorted(seen.ids, reverse=True), group)
        self.user_a.group_ids = self.env.ref('base.group_user')
        with self.assertRaises(AccessError):
            self.Report.with_user(self.user_a).search([])

    def test_buttons_of_agent_and_team_open_the_report(self):
        agents = self._rate(5, user=self.user_a)
        others = self._rate(1, user=self.user_c)
        action = self.agent_a.with_user(self.manager).action_view_ratings()
        self.assertEqual(action['res_model'], 'helpdesk.rating.report')
        self.assertEqual(self.Report.search(action['domain']).rating_id, agents)
        action = self.team.with_user(self.manager).action_view_satisfaction()
        self.assertEqual(self.Report.search(action['domain']).rating_id, agents | others)

    def test_only_managers_publish_comments(self):
        rating = self._rate(5, "Quick and kind")
        row = self._get_row(rating, self.user_a)
        with self.assertRaises(AccessError):
            row.action_publish()
        with self.assertRaises(AccessError):
            rating.with_user(self.user_a).write({'is_feedback_published': True})
        row = self._get_row(rating, self.manager)
        row.action_publish()
        self.assertTrue(row.is_published)
        row.action_hide()
        self.assertFalse(row.is_published)

    def test_there_must_be_a_comment_to_publish(self):
        with self.assertRaises(UserError):
            self._get_row(self._rate(5), self.manager).action_publish()

    def test_changed_comment_is_not_published_any_more(self):
        rating = self._rate(5, "Quick and kind")
        self._get_row(rating, self.manager).action_publish()
        rating.with_user(self.user_a).write({'feedback': "Quick and kind"})
        self.assertTrue(rating.is_feedback_published)
        rating.with_user(self.user_a).write({'feedback': "Something else"})
        self.assertFalse(rating.is_feedback_published)
