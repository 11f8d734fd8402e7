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
    """Two reviewers decide at once, in two real transactions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        cls.user_ids, cls.ticket_ids, cls.team_id = [], [], False
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {'no_reset_password': True})
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
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            tickets = env['helpdesk.ticket'].browse(cls.ticket_ids)
            env['notification.log'].search(
                [('res_model', '=', tickets._name), ('res_id', 'in', tickets.ids)]
            ).unlink()
            tickets.unlink()
            env['helpdesk.ticket.team'].browse(cls.team_id).unlink()
            env['res.users'].browse(cls.user_ids).unlink()
        cls.registry.clear_cache()

    def _create_pending(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            ticket = env['helpdesk.ticket'].create(
                {
                    'name': "Race",
                    'description': "<p>!</p>",
                    'team_id': self.team_id,
                    'user_id': self.user_ids[0],
                }
            )
            ticket.with_user(self.user_ids[0]).action_resolve()
            self.ticket_ids.append(ticket.id)
            return ticket.id

    def _race(self, ticket_id, decisions):
        """Let the reviewers decide at the same time, after both have read the ticket.

        :return: tuple of (number of tries, errors)
        """
        # The thread that runs the tests may hold the lock that the others need.
        self.patch(Registry, '_lock', threading.RLock())
        self.startPatcher(patch('odoo.service.model.time'))  # tries again at once
        barrier = threading.Barrier(2, timeout=20)
        tries, errors = [], []

        def attempt(env, decision):
            ticket = env['helpdesk.ticket'].browse(ticket_id)
            tries.append(1)
            if len(tries) <= 2:
                self.assertEqual(ticket.review_state, 'pending')
                barrier.wait()
            ticket._decide_review(decision, "Because")

        def run(user_id, decision):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, user_id, {})
                    retrying(partial(attempt, env, decision), env)
            except Exception as error:
                errors.append(error)

        threads = [
            threading.Thread(target=run, args=args)
            for args in zip(self.user_ids[1:], decisions, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return len(tries), errors

    def _read(self, ticket_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            ticket = env['helpdesk.ticket'].browse(ticket_id)
            return ticket.closed, ticket.review_state, ticket.review_ids.mapped('decision')

    @mute_logger('odoo.sql_db', 'odoo.service.model', 'odoo.models.unlink')
    def test_both_approve_and_the_ticket_closes_once(self):
        ticket_id = self._create_pending()
        tries, errors = self._race(ticket_id, ('approved', 'approved'))
        self.assertFalse(errors)
        self.assertEqual(tries, 3, "The second one was tried again.")
        self.assertEqual(
            self._read(ticket_id), (True, 'approved', ['approved', 'approved', 'asked'])
        )

    @mute_logger('odoo.sql_db', 'odoo.service.model', 'odoo.models.unlink')
    def test_one_approves_while_the_other_returns(self):
        ticket_id = self._create_pending()
        self._race(ticket_id, ('approved', 'refused'))
        closed, state, decisions = self._read(ticket_id)
        self.assertFalse(closed)
        self.assertEqual(state, 'refused')
        self.assertEqual(decisions.count('refused'), 1)
