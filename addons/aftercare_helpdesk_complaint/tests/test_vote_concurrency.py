from odoo.addons.aftercare_base.tests.common import RaceCase
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class TestVoteConcurrency(RaceCase):
    """Votes at the same moment, in two real transactions."""

    @classmethod
    def _create_records(cls, env):
        group = env.ref('base.group_portal')
        users = env['res.users'].create(
            [
                {'name': login, 'login': login, 'group_ids': [(6, 0, group.ids)]}
                for login in ('suggestion_racer_1', 'suggestion_racer_2')
            ]
        )
        kind = env['helpdesk.ticket.type'].create({'name': "Race", 'kind': 'suggestion'})
        ticket = env['helpdesk.ticket'].create(
            {'name': "Race", 'description': "<p>!</p>", 'type_id': kind.id, 'team_id': False}
        )
        cls.user_ids, cls.type_id, cls.ticket_id = users.ids, kind.id, ticket.id

    @classmethod
    def _delete_records(cls, env):
        ticket = env['helpdesk.ticket'].browse(cls.ticket_id)
        env['notification.log'].search(
            [('res_model', '=', ticket._name), ('res_id', '=', ticket.id)]
        ).unlink()
        ticket.unlink()
        env['helpdesk.ticket.type'].browse(cls.type_id).unlink()
        users = env['res.users'].browse(cls.user_ids)
        partners = users.partner_id
        users.unlink()
        partners.unlink()

    def _vote(self, user_ids):
        """Let the users vote at once; return how many votes are counted and stored then."""

        def vote(user_id):
            def call(env):
                ticket = env['helpdesk.ticket'].browse(self.ticket_id)
                ticket._vote(env['res.users'].browse(user_id))

            return call

        _results, errors, _tries = self._race([vote(user_id) for user_id in user_ids])
        self.assertFalse(errors)
        with self._open_env() as env:
            ticket = env['helpdesk.ticket'].browse(self.ticket_id)
            return ticket.suggestion_vote_count, len(ticket.suggestion_vote_ids)

    def test_votes_at_once(self):
        self.assertEqual(self._vote([self.user_ids[0]] * 2), (1, 1), "One customer, two clicks.")
        with self._open_env() as env:
            env['helpdesk.ticket'].browse(self.ticket_id).suggestion_vote_ids.unlink()
        self.assertEqual(self._vote(self.user_ids), (2, 2), "Two customers.")
