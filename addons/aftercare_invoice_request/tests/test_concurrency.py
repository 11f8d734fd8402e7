import random
import threading
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

MUTED = ('odoo.sql_db', 'odoo.service.model', 'odoo.models.unlink')


@tagged('post_install', '-at_install')
class TestConcurrency(BaseCase):
    """Two requests for the same money, in real transactions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            env = cls._get_env(cr)
            partner = env['res.partner'].create({'name': "Racer", 'email': 'racer@example.com'})
            cls.partner_id = partner.id
            title = env['invoice.title'].create(
                {
                    'partner_id': partner.id,
                    'title_type': 'person',
                    'name': "Racer",
                    'email': 'racer@example.com',
                }
            )
            cls.title_id = title.id

    @classmethod
    def _get_env(cls, cr):
        context = {'notification_disable': True, 'tracking_disable': True}
        return api.Environment(cr, SUPERUSER_ID, context)

    @classmethod
    def _clean_up(cls):
        with mute_logger('odoo.models.unlink'), cls.registry.cursor() as cr:
            env = cls._get_env(cr)
            requests = env['invoice.request'].search([('partner_id', '=', cls.partner_id)])
            requests.state = 'draft'
            requests.unlink()
            env['invoice.source'].search([('partner_id', '=', cls.partner_id)]).unlink()
            env['invoice.title'].browse(cls.title_id).unlink()
            env['res.partner'].browse(cls.partner_id).unlink()
        cls.registry.clear_cache()

    def setUp(self):
        super().setUp()
        # The thread that runs the tests may hold the lock that the others need.
        self.patch(Registry, '_lock', threading.RLock())
        # The document itself does not matter here.
        self.patch(self.registry['invoice.source'], '_refresh', lambda sources: None)

    def _create_source(self, paid, number):
        with self.registry.cursor() as cr:
            env = self._get_env(cr)
            source = env['invoice.source'].create(
                {
                    'res_model': 'account.move',
                    'res_id': 2_000_000_000 + number,
                    'name': f"RACE/{number}",
                    'date': '2026-01-01',
                    'partner_id': self.partner_id,
                    'company_id': env.company.id,
                    'currency_id': env.company.currency_id.id,
                    'amount_paid': paid,
                }
            )
            return source.id

    def _create_requests(self, source_id, amounts):
        with self.registry.cursor() as cr:
            env = self._get_env(cr)
            return (
                env['invoice.request']
                .create(
                    [
                        {
                            'partner_id': self.partner_id,
                            'title_id': self.title_id,
                            'line_ids': [(0, 0, {'source_id': source_id, 'amount': amount})],
                        }
                        for amount in amounts
                    ]
                )
                .ids
            )

    def _run(self, functions, source_id):
        """Run functions of an environment at once; return their results and what they raise."""
        barrier = threading.Barrier(len(functions), timeout=30)
        results, errors, started = [], [], set()

        def attempt(function, env):
            env['invoice.source'].browse(source_id).mapped('amount_requested')
            if threading.get_ident() not in started:
                started.add(threading.get_ident())
                barrier.wait()
            return function(env)

        def run(function):
            try:
                with self.registry.cursor() as cr:
                    env = self._get_env(cr)
                    results.append(retrying(partial(attempt, function, env), env))
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=run, args=(function,)) for function in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        return results, errors

    def _submit(self, request_id):
        def submit(env):
            env['invoice.request'].browse(request_id)._submit()
            env.flush_all()
            return request_id

        return submit

    def _read(self, source_id):
        with self.registry.cursor() as cr:
            source = self._get_env(cr)['invoice.source'].browse(source_id)
            held = sum(line._get_amount_held() for line in source.line_ids)
            return source.amount_requested, held, source.amount_paid

    @mute_logger(*MUTED)
    def test_one_of_two_requests_gets_the_money(self):
        for number, amounts in enumerate(((100.0, 100.0), (60.0, 60.0), (30.0, 40.0))):
            with self.subTest(amounts=amounts):
                source_id = self._create_source(100.0, number)
                ids = self._create_requests(source_id, amounts)
                with patch('odoo.service.model.time'):
                    results, errors = self._run([self._submit(id) for id in ids], source_id)
                self.assertEqual(len(results), 1, "One open request for a document at a time.")
                self.assertEqual([type(error) for error in errors], [UserError])
                requested, held, paid = self._read(source_id)
                self.assertEqual(requested, held)
                self.assertLessEqual(requested, paid)

    @mute_logger(*MUTED)
    def test_reserving_and_releasing_at_once(self):
        source_id = self._create_source(100.0, 100)

        def move(seed):
            def reserve(env):
                source = env['invoice.source'].browse(source_id)
                amount = random.Random(seed).choice([9.99, 20.01, 33.33])
                source._reserve(amount)
                return amount

            return reserve

        with patch('odoo.service.model.time'):
            results, errors = self._run([move(seed) for seed in range(12)], source_id)
        self.assertTrue(results)
        self.assertEqual(len(results) + len(errors), 12)
        requested, _held, _paid = self._read(source_id)
        self.assertAlmostEqual(requested, sum(results), places=2)
        self.assertLessEqual(requested, 100.0)
