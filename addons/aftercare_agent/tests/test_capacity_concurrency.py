import threading
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestCapacityConcurrency(BaseCase):
    """Two requests at once for one free place, in two real transactions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            users = env['res.users'].create(
                [
                    {'name': f"Racer {i}", 'login': f'agent_racer_{i}', 'active': True}
                    for i in range(2)
                ]
            )
            cls.user_ids = users.ids
            agents = env['service.agent'].create(
                [
                    {
                        'user_id': user.id,
                        'presence': 'available',
                        'max_open_tickets': 1,
                    }
                    for user in users
                ]
            )
            cls.agent_ids = agents.ids

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls._forget(env)
            agents = env['service.agent'].browse(cls.agent_ids)
            agents.unlink()
            env['res.users'].browse(cls.user_ids).unlink()
        cls.registry.clear_cache()

    @classmethod
    def _forget(cls, env):
        env.cr.execute('DELETE FROM service_assignment WHERE agent_id = ANY(%s)', [cls.agent_ids])

    def setUp(self):
        super().setUp()
        self._patch_open_counts()
        # The thread that runs the tests may hold the lock that the others need.
        self.patch(Registry, '_lock', threading.RLock())
        self.startPatcher(patch('odoo.service.model.time'))  # tries again at once

    def _patch_open_counts(self):
        """Count what was assigned, as a domain addon counts its open records."""

        def _get_open_counts(agents):
            rows = agents.env['service.assignment']._read_group(
                [('agent_id', 'in', agents.ids)], ['agent_id'], ['__count']
            )
            return {agent.id: count for agent, count in rows}

        self.patch(self.registry['service.agent'], '_get_open_counts', _get_open_counts)

    def _choose(self, env, agent_ids):
        return env['service.agent']._choose(
            [
                {
                    'res_model': 'test.record',
                    'method': 'balanced',
                    'agents': env['service.agent'].browse(agent_ids),
                    'at': fields.Datetime.now(),
                }
            ]
        )[0]

    def _race(self, agent_ids):
        """Choose in two threads which both have counted before either has chosen."""
        barrier = threading.Barrier(2, timeout=10)
        chosen, tries, errors = [], [], []

        def attempt(env):
            tries.append(1)
            if len(tries) <= 2:
                env['service.agent'].browse(agent_ids).read(['name'])
                barrier.wait()
            return self._choose(env, agent_ids).agent_id.id

        def run():
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    chosen.append(retrying(partial(attempt, env), env))
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=run) for _i in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        with self.registry.cursor() as cr:
            self._forget(api.Environment(cr, SUPERUSER_ID, {}))
        self.assertFalse(errors)
        return chosen, len(tries)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_one_free_place_is_given_once(self):
        chosen, tries = self._race(self.agent_ids[:1])
        self.assertEqual(sorted(chosen, key=bool), [False, self.agent_ids[0]])
        self.assertEqual(tries, 3, "The second one should have been tried again.")

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_two_free_places_are_both_given(self):
        chosen, _tries = self._race(self.agent_ids)
        self.assertEqual(sorted(chosen), sorted(self.agent_ids))
