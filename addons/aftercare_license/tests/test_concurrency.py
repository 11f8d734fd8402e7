import threading
from functools import partial
from itertools import pairwise
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestConcurrency(BaseCase):
    """Several customers, or one in a hurry, in real transactions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {'notification_disable': True})
            policy = env['software.license.policy'].create(
                {'name': "Race", 'key_prefix': 'RACE', 'change_spacing_minutes': 0}
            )
            product = env['product.product'].create(
                {'name': "Race", 'license_policy_id': policy.id, 'license_code': 'test-race'}
            )
            partners = env['res.partner'].create([{'name': f"Racer {index}"} for index in range(3)])
            licenses = env['software.license'].create(
                [
                    {
                        'partner_id': partner.id,
                        'product_id': product.id,
                        'domain': f'start-{index}.example.com',
                    }
                    for index, partner in enumerate(partners)
                ]
            )
            licenses._activate()
            cls.license_ids, cls.partner_ids = licenses.ids, partners.ids
            cls.product_id, cls.policy_id = product.product_tmpl_id.id, policy.id

    @classmethod
    def _clean_up(cls):
        with mute_logger('odoo.models.unlink'), cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            licenses = env['software.license'].browse(cls.license_ids)
            licenses.state = 'draft'
            licenses.unlink()
            env['product.template'].browse(cls.product_id).unlink()
            env['software.license.policy'].browse(cls.policy_id).unlink()
            env['res.partner'].browse(cls.partner_ids).unlink()
        cls.registry.clear_cache()

    def setUp(self):
        super().setUp()
        # The thread that runs the tests may hold the lock that the others need.
        self.patch(Registry, '_lock', threading.RLock())

    def _run(self, functions):
        """Run functions of an environment at once; return their results and what they raise."""
        barrier = threading.Barrier(len(functions), timeout=30)
        results, errors, started = [], [], set()

        def attempt(function, env):
            env['software.license'].browse(self.license_ids).mapped('seq')
            if threading.get_ident() not in started:
                started.add(threading.get_ident())
                barrier.wait()
            return function(env)

        def run(function):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {'notification_disable': True})
                    results.append(retrying(partial(attempt, function, env), env))
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=run, args=(function,)) for function in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        return results, errors

    def _change(self, license_id, domain):
        def change(env):
            return bool(env['software.license'].browse(license_id)._change_domain(domain))

        return change

    @mute_logger('odoo.sql_db', 'odoo.service.model', 'odoo.models.unlink')
    def test_one_of_two_licences_gets_the_domain(self):
        with patch('odoo.service.model.time'):
            results, errors = self._run(
                [
                    self._change(license_id, 'wanted.example.net')
                    for license_id in self.license_ids[:2]
                ]
            )
        self.assertEqual(results, [True])
        self.assertEqual(len(errors), 1)
        self.assertIsInstance(errors[0], UserError)
        self.assertIn("has a licence of this product already", str(errors[0]))
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            domains = env['software.license'].browse(self.license_ids[:2]).mapped('domain')
            self.assertEqual(domains.count('wanted.example.net'), 1)
            self.assertTrue(all(domains))

    @mute_logger('odoo.sql_db', 'odoo.service.model', 'odoo.models.unlink')
    def test_many_changes_of_one_licence_at_once(self):
        license_id = self.license_ids[2]
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            before = env['software.license'].browse(license_id)._get_changes_left()
        with patch('odoo.service.model.time'):
            results, errors = self._run(
                [self._change(license_id, f'many-{index}.example.net') for index in range(20)]
            )
        self.assertEqual(len(results) + len(errors), 20)
        self.assertTrue(results)
        self.assertLessEqual(len(results), before)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            license = env['software.license'].browse(license_id)
            self.assertEqual(license._get_changes_left(), before - len(results))
            primary = license.domain_ids.filtered(lambda host: host.kind == 'primary')
            self.assertEqual(primary.mapped('name'), [license.domain])
            counted = license.change_ids.filtered('is_counted').sorted('id')
            self.assertEqual(counted[-1].new_value, license.domain)
            for earlier, later in pairwise(counted):
                self.assertEqual(earlier.new_value, later.old_value, "One after the other.")
