from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import JsonRpcException, new_test_user

from .common import GROUP_OWN


class OwnRecordsCase:
    """An agent who sees own customers only sees their records only; for glue addons' tests.

    To be inherited beside ``HttpCase``. The set-up calls ``_set_up_agents`` when it has made records
    of two customers.
    """

    @classmethod
    def _set_up_agents(cls, group, own, foreign, records):
        """Create a limited agent of one customer, and a colleague who is not limited.

        :param str group: the group that gives access to the records
        :param own: the commercial entity of the agent's customer
        :param foreign: the commercial entity of another customer
        :param dict records: name of the model → path from its records to the customer
        """
        cls.own, cls.foreign, cls.records = own, foreign, records
        company = {
            'company_id': cls.env.company.id,
            'company_ids': [Command.set(cls.env.company.ids)],
        }
        cls.limited = new_test_user(cls.env, 'own_limited', f'{GROUP_OWN},{group}', **company)
        cls.unlimited = new_test_user(cls.env, 'own_unlimited', group, **company)
        cls.service_agent = cls.env['service.agent'].create(
            {'user_id': cls.limited.id, 'company_id': cls.env.company.id}
        )
        own.agent_id = cls.service_agent
        cls.env.flush_all()

    def _find(self, model, user, customer):
        path = f'{self.records[model]}.commercial_partner_id'
        found = self.env[model].with_user(user).search([(path, '=', customer.id)])
        return found.with_user(self.env.user)

    def test_limited_agent_sees_records_of_own_customers(self):
        for model in self.records:
            with self.subTest(model=model):
                own = self._find(model, self.env.user, self.own)
                self.assertTrue(own)
                self.assertEqual(self._find(model, self.limited, self.own), own)
                own.with_user(self.limited).mapped('display_name')

    def test_limited_agent_sees_none_of_others(self):
        for model in self.records:
            with self.subTest(model=model):
                foreign = self._find(model, self.env.user, self.foreign)
                self.assertTrue(foreign)
                self.assertFalse(self._find(model, self.limited, self.foreign))
                with self.assertRaises(AccessError):
                    foreign.with_user(self.limited).read(['display_name'])

    def test_colleague_without_limit_sees_all(self):
        for model in self.records:
            with self.subTest(model=model):
                foreign = self._find(model, self.env.user, self.foreign)
                self.assertEqual(self._find(model, self.unlimited, self.foreign), foreign)

    def test_authorisation_opens_the_records(self):
        access = self.env['service.customer.access'].create(
            {
                'name': "Cover",
                'company_id': self.env.company.id,
                'agent_ids': [Command.set(self.service_agent.ids)],
                'customer_ids': [Command.set(self.foreign.ids)],
            }
        )
        for model in self.records:
            with self.subTest(model=model):
                self.assertTrue(self._find(model, self.limited, self.foreign))
        access.active = False
        for model in self.records:
            with self.subTest(model=model, closed=True):
                self.assertFalse(self._find(model, self.limited, self.foreign))

    def test_foreign_ids_are_refused_over_http(self):
        self.authenticate('own_limited', 'own_limited')
        for model in self.records:
            with self.subTest(model=model):
                own = self._find(model, self.env.user, self.own)[:1]
                foreign = self._find(model, self.env.user, self.foreign)[:1]
                self.assertEqual(self._read(own)[0]['id'], own.id)
                with self.assertRaises(JsonRpcException) as refused:
                    self._read(foreign)
                self.assertEqual(str(refused.exception), 'odoo.exceptions.AccessError')

    def _read(self, record):
        return self.make_jsonrpc_request(
            f'/web/dataset/call_kw/{record._name}/read',
            {
                'model': record._name,
                'method': 'read',
                'args': [record.ids, ['display_name']],
                'kwargs': {},
            },
        )
