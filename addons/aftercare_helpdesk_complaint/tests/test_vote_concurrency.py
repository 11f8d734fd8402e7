import threading
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestVoteConcurrency(BaseCase):
    """Votes at the same moment, in two real transactions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {'no_reset_password': True})
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
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
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
        cls.registry.clear_cache()

    def _race(self, user_ids):
        """Let the users vote at once; return how many votes are counted and stored then."""
        # The thread that runs the tests may hold the lock that the others need.
        self.patch(Registry, '_lock', threading.RLock())
        self.startPatcher(patch('odoo.service.model.time'))  # tries again at once
        barrier = threading.Barrier(2, timeout=20)
        tries, errors = [], []

        def attempt(user_id, env):
            tries.append(1)
            ticket = env['helpdesk.ticket'].browse(self.ticket_id)
            ticket.read(['suggestion_vote_count'])
            if len(tries) <= 2:
                barrier.wait()
            ticket._vote(env['res.users'].browse(user_id))

        def run(user_id):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    retrying(partial(attempt, user_id, env), env)
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=run, args=[user_id]) for user_id in user_ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertFalse(errors)
        with self.registry.cursor() as cr:
            ticket = api.Environment(cr, SUPERUSER_ID, {})['helpdesk.ticket'].browse(self.ticket_id)
            return ticket.suggestion_vote_count, len(ticket.suggestion_vote_ids)

    @mute_logger('odoo.sql_db', 'odoo.service.model')
    def test_votes_at_once(self):
        self.assertEqual(self._race([self.user_ids[0]] * 2), (1, 1), "One customer, two clicks.")
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env['helpdesk.ticket'].browse(self.ticket_id).suggestion_vote_ids.unlink()
        self.assertEqual(self._race(self.user_ids), (2, 2), "Two customers.")
