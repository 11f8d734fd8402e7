from itertools import pairwise

from odoo.addons.aftercare_base.tests.common import RaceCase
from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class TestConcurrency(RaceCase):
    """Several customers, or one in a hurry, in real transactions."""

    context = {'notification_disable': True}

    @classmethod
    def _create_records(cls, env):
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
    def _delete_records(cls, env):
        licenses = env['software.license'].browse(cls.license_ids)
        licenses.state = 'draft'
        licenses.unlink()
        env['product.template'].browse(cls.product_id).unlink()
        env['software.license.policy'].browse(cls.policy_id).unlink()
        env['res.partner'].browse(cls.partner_ids).unlink()

    def _change(self, license_id, domain):
        def change(env):
            return bool(env['software.license'].browse(license_id)._change_domain(domain))

        return change

    def test_one_of_two_licences_gets_the_domain(self):
        results, errors, _tries = self._race(
            [self._change(license_id, 'wanted.example.net') for license_id in self.license_ids[:2]]
        )
        self.assertEqual(results, [True])
        self.assertEqual(len(errors), 1)
        self.assertIsInstance(errors[0], UserError)
        self.assertIn("has a licence of this product already", str(errors[0]))
        with self._open_env() as env:
            domains = env['software.license'].browse(self.license_ids[:2]).mapped('domain')
            self.assertEqual(domains.count('wanted.example.net'), 1)
            self.assertTrue(all(domains))

    def test_many_changes_of_one_licence_at_once(self):
        license_id = self.license_ids[2]
        with self._open_env() as env:
            before = env['software.license'].browse(license_id)._get_changes_left()
        results, errors, _tries = self._race(
            [self._change(license_id, f'many-{index}.example.net') for index in range(20)]
        )
        self.assertEqual(len(results) + len(errors), 20)
        self.assertTrue(results)
        self.assertLessEqual(len(results), before)
        with self._open_env() as env:
            license = env['software.license'].browse(license_id)
            self.assertEqual(license._get_changes_left(), before - len(results))
            primary = license.domain_ids.filtered(lambda host: host.kind == 'primary')
            self.assertEqual(primary.mapped('name'), [license.domain])
            counted = license.change_ids.filtered('is_counted').sorted('id')
            self.assertEqual(counted[-1].new_value, license.domain)
            for earlier, later in pairwise(counted):
                self.assertEqual(earlier.new_value, later.old_value, "One after the other.")
