from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import RatingCommon


@tagged('post_install', '-at_install')
class TestRatingPage(RatingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.is_rating_published = True
        cls.kind = cls._rate(5, "Quick and kind <b>indeed</b>")
        cls.secret = cls._rate(1, "Carla's secret")
        cls.Report.search([('rating_id', '=', cls.kind.id)]).action_publish()

    def _open(self, team=None, status=200):
        response = self.url_open(f'/helpdesk/{(team or self.team).website_slug}/ratings')
        self.assertEqual(response.status_code, status)
        return response.text

    def test_page_shows_shares_and_published_comments_without_names(self):
        page = self._open()
        self.assertIn("Quick and kind &lt;b&gt;indeed", page)
        self.assertNotIn("secret", page)
        self.assertNotIn(self.customer.name, page)
        values = self.team._prepare_rating_page()
        self.assertEqual(values['shares'], {'top': 50, 'ok': 0, 'ko': 50})
        self.assertEqual(values['total'], 2)

    def test_shares_add_up_to_a_hundred(self):
        for counts in ({'top': 6, 'ok': 1, 'ko': 1}, {'top': 1, 'ok': 1, 'ko': 1}, {'ko': 7}):
            shares = self.team._get_rating_shares(counts)
            self.assertEqual(sum(shares.values()), 100, counts)
        self.assertEqual(self.team._get_rating_shares({'top': 3, 'ko': 1})['top'], 75)
        self.assertEqual(sum(self.team._get_rating_shares({}).values()), 0)

    def test_old_ratings_are_left_out(self):
        self.env.cr.execute(
            'UPDATE rating_rating SET rated_on = %s WHERE id IN %s',
            [fields.Datetime.now() - timedelta(days=31), (self.kind.id, self.secret.id)],
        )
        self.env.invalidate_all()
        self.assertIn("Nobody has rated us", self._open())

    def test_unpublished_team_has_no_page(self):
        self._rate(5, "Well done", user=self.user_b, team=self.other_team)
        self._open(self.other_team, status=404)
        self.team.is_rating_published = False
        self._open(status=404)
        self.assertFalse(self.team.rating_page_url)

    def test_hidden_comment_leaves_the_page(self):
        self.Report.search([('rating_id', '=', self.kind.id)]).action_hide()
        self.assertNotIn("Quick and kind", self._open())
