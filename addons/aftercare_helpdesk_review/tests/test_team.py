from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import ReviewCommon


@tagged('post_install', '-at_install')
class TestTeam(ReviewCommon):
    def test_more_approvals_than_reviewers(self):
        with self.assertRaises(ValidationError):
            self.team.write({'review_mode': 'several', 'review_count': 3})
        self.team.write({'review_mode': 'several', 'review_count': 2})

    def test_manager_sets_it_up_in_the_form(self):
        with Form(self.team.with_user(self.mona)) as form:
            form.review_mode = 'all'
            form.review_user_ids.add(self.user_c)
        self.assertEqual(self.team.review_user_ids, self.rita | self.ron | self.user_c)

    def test_agent_cannot_change_the_rule(self):
        with self.assertRaises(AccessError):
            self.team.with_user(self.user_a).review_mode = 'automatic'
        with self.assertRaises(AccessError):
            self.team.with_user(self.user_a).review_user_ids = self.user_a
