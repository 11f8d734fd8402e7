import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name
from odoo.tools import mute_logger

PATIENCE = 60


class RaceCase(BaseCase):
    """Several real transactions at once, on committed records that are taken away again.

    A subclass makes its records in ``_create_records`` and deletes them in ``_delete_records``.
    """

    context = {'no_reset_password': True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._take_away)
        with cls._open_env() as env:
            cls._create_records(env)

    @classmethod
    @contextmanager
    def _open_env(cls, user_id=SUPERUSER_ID):
        """Open an environment that is committed at the end, unless there is an error."""
        with cls.registry.cursor() as cr:
            yield api.Environment(cr, user_id, dict(cls.context))

    @classmethod
    def _take_away(cls):
        with mute_logger('odoo.models.unlink'), cls._open_env() as env:
            cls._delete_records(env)
        cls.registry.clear_cache()

    @classmethod
    def _create_records(cls, env):
        """Hook: create what the test needs and keep its ids on the class."""

    @classmethod
    def _delete_records(cls, env):
        """Hook: delete all that was created, in a test too."""

    def _race(self, functions, user_ids=()):
        """Call functions of an environment at once, each in a transaction of its own.

        All have their snapshot before any has written. Conflicts are tried again at once, as
        those of a request are.

        :param user_ids: who calls the functions, one for each; the superuser by default
        :return: tuple of results, errors raised, and number of tries
        """
        barrier = threading.Barrier(len(functions), timeout=PATIENCE)
        results, errors, tries = [], [], []

        def attempt(function, env):
            is_first = threading.get_ident() not in tries
            tries.append(threading.get_ident())
            if is_first:
                env.cr.execute('SELECT 1')
                barrier.wait()
            return function(env)

        def run(function, user_id):
            try:
                with self._open_env(user_id) as env:
                    results.append(retrying(partial(attempt, function, env), env))
            except Exception as error:
                errors.append(error)

        users = user_ids or [SUPERUSER_ID] * len(functions)
        threads = [
            threading.Thread(target=run, args=args) for args in zip(functions, users, strict=True)
        ]
        with ExitStack() as stack:
            # The thread that runs the tests may hold the lock that the others need.
            stack.enter_context(patch.object(Registry, '_lock', threading.RLock()))
            stack.enter_context(patch('odoo.service.model.time'))
            stack.enter_context(
                mute_logger('odoo.sql_db', 'odoo.service.model', 'odoo.models.unlink')
            )
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=2 * PATIENCE)
        return results, errors, len(tries)
