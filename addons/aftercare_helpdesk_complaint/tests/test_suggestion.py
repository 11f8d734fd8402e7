from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ComplaintCommon


@tagged('post_install', '-at_install')
class TestSuggestion(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suggestion = cls._create_ticket(
            name="Carla wants a dark theme", type_id=cls.type_suggestion.id
        )
        cls.voters = [
            new_test_user(
                cls.env,
                f'voter_{name}',
                groups='base.group_portal',
                name=name,
                email=f'{name}@v.example',
            )
            for name in ('vera', 'viola')
        ]

    def _decide(self, state, answer=False, user=None):
        with Form(self.suggestion.with_user(user or self.user_b)) as form:
            form.suggestion_state = state
            form.suggestion_answer = answer

    def test_open_until_it_is_decided(self):
        self.assertEqual(self.suggestion.suggestion_state, 'open')
        self.assertFalse(self.ticket.suggestion_state)
        self.ticket.type_id = self.type_suggestion
        self.assertEqual(self.ticket.suggestion_state, 'open')

    def test_customer_is_told_of_each_decision_once(self):
        self._decide('planned', "In spring")
        [log] = self._get_logs(self.suggestion, 'suggestion_decided')
        self.assertEqual(log.partner_id, self.customer)
        log._process()
        self.assertIn("we plan to do it", log.mail_mail_id.body_html)
        self.assertIn("In spring", log.mail_mail_id.body_html)
        self._decide('open')
        self._decide('planned', "In spring")
        self.suggestion.suggestion_answer = "In summer"
        self.assertEqual(len(self._get_logs(self.suggestion, 'suggestion_decided')), 1)
        self._decide('done')
        self.assertEqual(len(self._get_logs(self.suggestion, 'suggestion_decided')), 2)

    def test_declining_takes_an_answer(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.suggestion.with_user(self.user_b).suggestion_state = 'declined'
        self._decide('declined', "Too dark")
        self.assertEqual(self.suggestion.suggestion_state, 'declined')

    def test_publishing_takes_a_title_and_a_suggestion(self):
        suggestion = self.suggestion.with_user(self.user_b)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            suggestion.suggestion_is_public = True
        suggestion.write({'suggestion_is_public': True, 'suggestion_public_title': "Dark theme"})
        self.assertTrue(suggestion.suggestion_publish_date)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.ticket.write({'suggestion_is_public': True, 'suggestion_public_title': "Leak"})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.suggestion.type_id = self.type_request

    def test_a_customer_votes_once(self):
        vera, viola = self.voters
        for _index in range(2):
            self.suggestion._vote(vera)
        self.assertEqual(self.suggestion.suggestion_vote_count, 1)
        viola.partner_id.parent_id = vera.partner_id.parent_id = self.customer_company
        self.suggestion._unvote(vera)
        self.suggestion.sudo().suggestion_vote_ids.unlink()
        self.suggestion._vote(vera)
        self.suggestion._vote(viola)
        self.assertEqual(self.suggestion.suggestion_vote_count, 1, "They are one customer.")
        self.suggestion._unvote(viola)
        self.assertEqual(self.suggestion.suggestion_vote_count, 0)

    def test_nobody_votes_for_what_is_decided(self):
        self._decide('declined', "Too dark")
        self.suggestion._vote(self.voters[0])
        self.assertEqual(self.suggestion.suggestion_vote_count, 0)
        self._decide('planned')
        self.suggestion._vote(self.voters[0])
        self.assertEqual(self.suggestion.suggestion_vote_count, 1)

    def test_the_database_refuses_a_second_vote(self):
        values = {'ticket_id': self.suggestion.id, 'partner_id': self.customer.id}
        Vote = self.env['helpdesk.suggestion.vote']
        Vote.create(values)
        with (
            mute_logger('odoo.sql_db'),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            Vote.create(values)

    def test_votes_are_not_written(self):
        with self.assertRaises(AccessError):
            self.suggestion.with_user(self.manager).suggestion_vote_count = 99
        with self.assertRaises(AccessError):
            self.env['helpdesk.suggestion.vote'].with_user(self.user_b).create(
                {'ticket_id': self.suggestion.id, 'partner_id': self.customer.id}
            )
        self.suggestion._vote(self.voters[0])
        self.suggestion.suggestion_vote_ids.with_user(self.manager).unlink()
        self.assertEqual(self.suggestion.suggestion_vote_count, 0)
        self.assertEqual(self.suggestion.copy().suggestion_vote_count, 0)

    def test_public_words_are_all_that_is_public(self):
        self.suggestion.write(
            {'suggestion_is_public': True, 'suggestion_public_title': "Dark theme"}
        )
        [values] = self.suggestion._prepare_public_suggestions(self.voters[0])
        self.assertEqual(values['title'], "Dark theme")
        self.assertNotIn("Carla", str(values))

    def test_list_of_public_suggestions_costs_the_same_for_many(self):
        suggestions = self.suggestion
        for index in range(4):
            suggestions |= self._create_ticket(
                type_id=self.type_suggestion.id, suggestion_public_title=f"{index}"
            )
        suggestions._prepare_public_suggestions(self.voters[0])
        suggestions.invalidate_recordset()
        with self.assertQueryCount(2):
            suggestions._prepare_public_suggestions(self.voters[0])
