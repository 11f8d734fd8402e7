from odoo.addons.aftercare_base.tests.common import RaceCase
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class TestConcurrency(RaceCase):
    """Two tickets at once for one free place, in two real transactions."""

    @classmethod
    def _create_records(cls, env):
        user = env['res.users'].create({'name': "Racer", 'login': 'helpdesk_racer'})
        agent = env['service.agent'].create(
            {'user_id': user.id, 'presence': 'available', 'max_open_tickets': 1}
        )
        team = env['helpdesk.ticket.team'].create(
            {'name': "Race", 'user_ids': [(6, 0, user.ids)], 'assignment_method': 'balanced'}
        )
        cls.user_id, cls.agent_id, cls.team_id = user.id, agent.id, team.id

    @classmethod
    def _delete_records(cls, env):
        tickets = env['helpdesk.ticket'].search([('team_id', '=', cls.team_id)])
        env['notification.log'].search(
            [('res_model', '=', tickets._name), ('res_id', 'in', tickets.ids)]
        ).unlink()
        env['service.assignment']._forget(tickets)
        tickets.unlink()
        env['helpdesk.ticket.team'].browse(cls.team_id).unlink()
        env['service.agent'].browse(cls.agent_id).unlink()
        env['res.users'].browse(cls.user_id).unlink()

    def test_one_free_place_is_given_once(self):
        def create(env):
            ticket = env['helpdesk.ticket'].create(
                {'name': "Race", 'description': "<p>!</p>", 'team_id': self.team_id}
            )
            return ticket.user_id.id

        users, errors, tries = self._race([create, create])
        self.assertFalse(errors)
        self.assertEqual(sorted(users, key=bool), [False, self.user_id])
        self.assertEqual(tries, 3, "The second one was tried again.")
