from odoo.addons.aftercare_base.tests.common import RaceCase
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class TestConcurrency(RaceCase):
    """Two reviewers decide at once, in two real transactions."""

    @classmethod
    def _create_records(cls, env):
        cls.ticket_ids = []
        group = env.ref('helpdesk_mgmt.group_helpdesk_user')
        users = env['res.users'].create(
            [
                {
                    'name': name,
                    'login': f'review_race_{name}',
                    'email': f'{name}@race.example',
                    'group_ids': [(4, group.id)],
                }
                for name in ('worker', 'first', 'second')
            ]
        )
        team = env['helpdesk.ticket.team'].create(
            {
                'name': "Race",
                'user_ids': [(6, 0, users.ids)],
                'review_mode': 'all',
                'review_user_ids': [(6, 0, users[1:].ids)],
            }
        )
        cls.user_ids, cls.team_id = users.ids, team.id

    @classmethod
    def _delete_records(cls, env):
        tickets = env['helpdesk.ticket'].browse(cls.ticket_ids)
        env['notification.log'].search(
            [('res_model', '=', tickets._name), ('res_id', 'in', tickets.ids)]
        ).unlink()
        tickets.unlink()
        env['helpdesk.ticket.team'].browse(cls.team_id).unlink()
        env['res.users'].browse(cls.user_ids).unlink()

    def _create_pending(self):
        with self._open_env() as env:
            ticket = env['helpdesk.ticket'].create(
                {
                    'name': "Race",
                    'description': "<p>!</p>",
                    'team_id': self.team_id,
                    'user_id': self.user_ids[0],
                }
            )
            ticket.with_user(self.user_ids[0]).action_resolve()
            self.assertEqual(ticket.review_state, 'pending')
            self.ticket_ids.append(ticket.id)
            return ticket.id

    def _decide(self, ticket_id, decisions):
        """Let the reviewers decide at once; return what they raise and the number of tries."""

        def decide(decision):
            return lambda env: (
                env['helpdesk.ticket'].browse(ticket_id)._decide_review(decision, "Because")
            )

        _results, errors, tries = self._race(
            [decide(decision) for decision in decisions], self.user_ids[1:]
        )
        return errors, tries

    def _read(self, ticket_id):
        with self._open_env() as env:
            ticket = env['helpdesk.ticket'].browse(ticket_id)
            return ticket.closed, ticket.review_state, ticket.review_ids.mapped('decision')

    def test_both_approve_and_the_ticket_closes_once(self):
        ticket_id = self._create_pending()
        errors, tries = self._decide(ticket_id, ('approved', 'approved'))
        self.assertFalse(errors)
        self.assertEqual(tries, 3, "The second one was tried again.")
        self.assertEqual(
            self._read(ticket_id), (True, 'approved', ['approved', 'approved', 'asked'])
        )

    def test_one_approves_while_the_other_returns(self):
        ticket_id = self._create_pending()
        self._decide(ticket_id, ('approved', 'refused'))
        closed, state, decisions = self._read(ticket_id)
        self.assertFalse(closed)
        self.assertEqual(state, 'refused')
        self.assertEqual(decisions.count('refused'), 1)
