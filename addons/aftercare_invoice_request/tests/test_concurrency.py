import random

from odoo.addons.aftercare_base.tests.common import RaceCase
from odoo.exceptions import UserError
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class TestConcurrency(RaceCase):
    """Two requests for the same money, in real transactions."""

    context = {'notification_disable': True, 'tracking_disable': True}

    @classmethod
    def _create_records(cls, env):
        partner = env['res.partner'].create({'name': "Racer", 'email': 'racer@example.com'})
        title = env['invoice.title'].create(
            {
                'partner_id': partner.id,
                'title_type': 'person',
                'name': "Racer",
                'email': 'racer@example.com',
            }
        )
        cls.partner_id, cls.title_id = partner.id, title.id

    @classmethod
    def _delete_records(cls, env):
        requests = env['invoice.request'].search([('partner_id', '=', cls.partner_id)])
        requests.state = 'draft'
        requests.unlink()
        env['invoice.source'].search([('partner_id', '=', cls.partner_id)]).unlink()
        env['invoice.title'].browse(cls.title_id).unlink()
        env['res.partner'].browse(cls.partner_id).unlink()

    def setUp(self):
        super().setUp()
        # The document itself does not matter here.
        self.patch(self.registry['invoice.source'], '_refresh', lambda sources: None)

    def _create_source(self, paid, number):
        with self._open_env() as env:
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
        with self._open_env() as env:
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

    def _submit(self, request_id):
        def submit(env):
            env['invoice.request'].browse(request_id)._submit()
            env.flush_all()
            return request_id

        return submit

    def _read(self, source_id):
        with self._open_env() as env:
            source = env['invoice.source'].browse(source_id)
            held = sum(line._get_amount_held() for line in source.line_ids)
            return source.amount_requested, held, source.amount_paid

    def test_one_of_two_requests_gets_the_money(self):
        for number, amounts in enumerate(((100.0, 100.0), (60.0, 60.0), (30.0, 40.0))):
            with self.subTest(amounts=amounts):
                source_id = self._create_source(100.0, number)
                ids = self._create_requests(source_id, amounts)
                results, errors, _tries = self._race([self._submit(id) for id in ids])
                self.assertEqual(len(results), 1, "One open request for a document at a time.")
                self.assertEqual([type(error) for error in errors], [UserError])
                requested, held, paid = self._read(source_id)
                self.assertEqual(requested, held)
                self.assertLessEqual(requested, paid)

    def test_reserving_and_releasing_at_once(self):
        source_id = self._create_source(100.0, 100)

        def move(seed):
            def reserve(env):
                source = env['invoice.source'].browse(source_id)
                amount = random.Random(seed).choice([9.99, 20.01, 33.33])
                source._reserve(amount)
                return amount

            return reserve

        results, errors, _tries = self._race([move(seed) for seed in range(12)])
        self.assertTrue(results)
        self.assertEqual(len(results) + len(errors), 12)
        requested, _held, _paid = self._read(source_id)
        self.assertAlmostEqual(requested, sum(results), places=2)
        self.assertLessEqual(requested, 100.0)
