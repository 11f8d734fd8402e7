import threading
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestConcurrency(BaseCase):
    """Two tickets at once for one free place, in two real transactions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {'no_reset_password': True})
            user = env['res.users'].create({'name': "Racer", 'login': 'helpdesk_racer'})
            agent = env['service.agent'].create(
                {'user_id': user.id, 'presence': 'available', 'max_open_tickets': 1}
            )
            team = env['helpdesk.ticket.team'].create(
                {
                    'name': "Race",
                    'user_ids': [(6, 0, user.ids)],
                    'assignment_method': 'balanced',
                }
            )
            cls.user_id, cls.agent_id, cls.team_id = user.id, agent.id, team.id

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            tickets = env['helpdesk.ticket'].search([('team_id', '=', cls.team_id)])
            env['notification.log'].search(
                [('res_model', '=', tickets._name), ('res_id', 'in', tickets.ids)]
            ).unlink()
            env['service.assignment']._forget(tickets)
            tickets.unlink()
            env['helpdesk.ticket.team'].browse(cls.team_id).unlink()
            env['service.agent'].browse(cls.agent_id).unlink()
            env['res.users'].browse(cls.user_id).unlink()
        cls.registry.clear_cache()

    @mute_logger('odoo.sql_db', 'odoo.service.model', 'odoo.models.unlink')
    def test_one_free_place_is_given_once(self):
        # The thread that runs the tests may hold the lock that the others need.
        self.patch(Registry, '_lock', threading.RLock())
        self.startPatcher(patch('odoo.service.model.time'))  # tries again at once
        barrier = threading.Barrier(2, timeout=20)
        users, tries, errors = [], [], []

        def attempt(env):
            tries.append(1)
            if len(tries) <= 2:
                env['service.agent'].browse(self.agent_id).read(['name'])
                barrier.wait()
            ticket = env['helpdesk.ticket'].create(
                {'name': "Race", 'description': "<p>!</p>", 'team_id': self.team_id}
            )
            return ticket.user_id.id

        def run():
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    users.append(retrying(partial(attempt, env), env))
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=run) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertFalse(errors)
        self.assertEqual(sorted(users, key=bool), [False, self.user_id])
        self.assertEqual(len(tries), 3, "The second one was tried again.")
