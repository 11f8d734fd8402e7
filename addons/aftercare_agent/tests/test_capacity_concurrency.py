from odoo import fields
from odoo.addons.aftercare_base.tests.common import RaceCase
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class TestCapacityConcurrency(RaceCase):
    """Two requests at once for one free place, in two real transactions."""

    @classmethod
    def _create_records(cls, env):
        users = env['res.users'].create(
            [{'name': f"Racer {i}", 'login': f'agent_racer_{i}'} for i in range(2)]
        )
        agents = env['service.agent'].create(
            [{'user_id': user.id, 'presence': 'available', 'max_open_tickets': 1} for user in users]
        )
        cls.user_ids, cls.agent_ids = users.ids, agents.ids

    @classmethod
    def _delete_records(cls, env):
        cls._forget(env)
        env['service.agent'].browse(cls.agent_ids).unlink()
        env['res.users'].browse(cls.user_ids).unlink()

    @classmethod
    def _forget(cls, env):
        env.cr.execute('DELETE FROM service_assignment WHERE agent_id = ANY(%s)', [cls.agent_ids])

    def setUp(self):
        super().setUp()

        def _get_open_counts(agents):
            rows = agents.env['service.assignment']._read_group(
                [('agent_id', 'in', agents.ids)], ['agent_id'], ['__count']
            )
            return {agent.id: count for agent, count in rows}

        # count what was assigned, as a domain addon counts its open records
        self.patch(self.registry['service.agent'], '_get_open_counts', _get_open_counts)

    def _choose(self, agent_ids):
        """Choose twice at once; return the ids chosen and the number of tries."""

        def choose(env):
            [assignment] = env['service.agent']._choose(
                [
                    {
                        'res_model': 'test.record',
                        'method': 'balanced',
                        'agents': env['service.agent'].browse(agent_ids),
                        'at': fields.Datetime.now(),
                    }
                ]
            )
            return assignment.agent_id.id

        chosen, errors, tries = self._race([choose, choose])
        with self._open_env() as env:
            self._forget(env)
        self.assertFalse(errors)
        return chosen, tries

    def test_one_free_place_is_given_once(self):
        chosen, tries = self._choose(self.agent_ids[:1])
        self.assertEqual(sorted(chosen, key=bool), [False, self.agent_ids[0]])
        self.assertEqual(tries, 3, "The second one should have been tried again.")

    def test_two_free_places_are_both_given(self):
        chosen, _tries = self._choose(self.agent_ids)
        self.assertEqual(sorted(chosen), sorted(self.agent_ids))
