import json

from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import GROUP_ALL, GROUP_OWN, AgentCommon


@tagged('post_install', '-at_install')
class TestOwnCustomers(AgentCommon, HttpCase):
    """An agent of the group "own customers" sees these and no others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        contacts = 'base.group_partner_manager'
        cls.ann = cls._create_agent("Ann", groups=f'{GROUP_OWN},{contacts}', region_ids=cls.east)
        cls.bob = cls._create_agent("Bob", groups=f'{GROUP_OWN},{contacts}', region_ids=cls.south)
        cls.all = cls._create_user('own_all', f'{GROUP_ALL},{contacts}')
        cls.employee = cls._create_user('own_employee', f'base.group_user,{contacts}')
        Partner = cls.env['res.partner']
        cls.mine, cls.his, cls.free, cls.foreign, cls.lost = Partner.create(
            [
                {'name': "Mine", 'agent_id': cls.ann.id},
                {'name': "His", 'agent_id': cls.bob.id, 'region_id': cls.east.id},
                {'name': "Free", 'region_id': cls.shanghai.id},
                {'name': "Foreign", 'region_id': cls.south.id},
                {'name': "Lost"},
            ]
        )
        cls.portal = new_test_user(cls.env, 'own_portal', 'base.group_portal', name="Portal")
        cls.portal.partner_id.agent_id = cls.bob
        cls.env.flush_all()

    def _customers(self, user):
        customers = self.mine | self.his | self.free | self.foreign | self.lost
        return self.env['res.partner'].with_user(user).search([('id', 'in', customers.ids)])

    def test_agent_sees_own_and_unassigned_of_own_regions(self):
        self.assertEqual(self._customers(self.ann.user_id), self.mine | self.free)

    def test_other_agent_sees_others(self):
        self.assertEqual(self._customers(self.bob.user_id), self.his | self.foreign)

    def test_agent_of_all_customers_sees_all(self):
        self.assertEqual(len(self._customers(self.all)), 5)

    def test_plain_employee_is_not_restricted(self):
        self.assertEqual(len(self._customers(self.employee)), 5)

    def test_agent_sees_colleagues_and_the_company(self):
        Partner = self.env['res.partner'].with_user(self.ann.user_id)
        for partner in (
            self.bob.partner_id,
            self.employee.partner_id,
            self.company.partner_id,
            self.env.ref('base.partner_root'),
        ):
            Partner.browse(partner.id).read(['name', 'email'])

    def test_agent_does_not_read_a_foreign_customer(self):
        with self.assertRaises(AccessError):
            self.his.with_user(self.ann.user_id).read(['name'])
        self.mine.with_user(self.ann.user_id).read(['name'])

    def test_agent_does_not_read_the_login_of_a_foreign_customer(self):
        with self.assertRaises(AccessError):
            self.portal.with_user(self.ann.user_id).read(['login', 'email'])
        self.portal.with_user(self.bob.user_id).read(['login', 'email'])

    def test_agent_changes_own_customers_only(self):
        self.mine.with_user(self.ann.user_id).comment = "Nice"
        for partner in (self.his, self.foreign, self.company.partner_id, self.bob.partner_id):
            with self.assertRaises(AccessError):
                partner.with_user(self.ann.user_id).comment = "Mine now"

    def test_agent_takes_an_unassigned_customer(self):
        self.free.with_user(self.ann.user_id).agent_id = self.ann
        self.assertEqual(self.free.agent_id, self.ann)

    def test_agent_makes_own_customers(self):
        partner = self.env['res.partner'].with_user(self.ann.user_id).create({'name': "New"})
        self.assertEqual(partner.agent_id, self.ann)

    def test_agent_makes_own_customers_in_the_form(self):
        with Form(self.env['res.partner'].with_user(self.ann.user_id)) as form:
            form.name = "New"
        self.assertEqual(form.record.agent_id, self.ann)

    def test_agent_makes_own_customers_over_http(self):
        self.authenticate(self.ann.user_id.login, self.ann.user_id.login)
        for method, args in (
            ('create', [[{'name': "New"}]]),
            ('web_save', [[], {'name': "New"}, {'agent_id': {}}]),
            ('web_save', [[], {'name': "New", 'agent_id': False}, {'agent_id': {}}]),
            ('name_create', ["New"]),
        ):
            context = {'allowed_company_ids': self.company.ids}
            answer = self._call('res.partner', method, *args, context=context)
            self.assertNotIn('error', answer, method)
        made = self.env['res.partner'].search([('name', '=', "New")])
        self.assertEqual(made.agent_id, self.ann)
        answer = self._call('res.partner', 'create', [{'name': "New", 'agent_id': self.bob.id}])
        self.assertEqual(answer['error']['data']['name'], 'odoo.exceptions.AccessError')

    def test_agent_makes_own_customers_while_at_work_in_another_company(self):
        other = self.env['res.company'].create({'name': "Elsewhere Ltd."})
        user = self.ann.user_id
        user.company_ids |= other
        Partner = (
            self.env['res.partner'].with_user(user).with_context(allowed_company_ids=other.ids)
        )
        self.assertEqual(Partner.create({'name': "New"}).agent_id, self.ann)

    def test_agent_makes_no_customers_for_others(self):
        with self.assertRaises(AccessError):
            self.env['res.partner'].with_user(self.ann.user_id).create(
                {'name': "New", 'agent_id': self.bob.id}
            )

    def test_employee_makes_customers_without_agent(self):
        partner = self.env['res.partner'].with_user(self.employee).create({'name': "New"})
        self.assertFalse(partner.agent_id)

    def test_agent_adds_a_contact_to_own_customer(self):
        contact = (
            self.env['res.partner']
            .with_user(self.ann.user_id)
            .create({'name': "Contact", 'parent_id': self.mine.id})
        )
        self.assertEqual(contact.agent_id, self.ann)

    def test_agent_writes_messages_to_own_customers_only(self):
        self.mine.with_user(self.ann.user_id).message_post(body="Hello")
        with self.assertRaises(AccessError):
            self.his.with_user(self.ann.user_id).message_post(body="Hello")

    def test_agent_reads_messages_of_unseen_authors(self):
        self.mine.message_post(body="Hello", author_id=self.his.id)
        message = self.mine.with_user(self.ann.user_id).message_ids[0]
        self.assertEqual(message.body, "<p>Hello</p>")

    def test_agent_changes_own_preferences(self):
        user = self.ann.user_id
        user.with_user(user).write({'tz': 'Asia/Shanghai', 'email': 'ann@example.com'})
        self.assertEqual(user.partner_id.email, 'ann@example.com')

    def test_new_region_counts_at_once(self):
        self.assertNotIn(self.foreign, self._customers(self.ann.user_id))
        self.ann.region_ids |= self.south
        self.assertIn(self.foreign, self._customers(self.ann.user_id))

    def test_handed_over_customer_counts_at_once(self):
        self.his.agent_id = self.ann
        self.assertIn(self.his, self._customers(self.ann.user_id))
        self.assertNotIn(self.his, self._customers(self.bob.user_id))

    def test_user_who_is_no_agent_yet_sees_no_customer(self):
        user = self._create_user('own_nobody', GROUP_OWN)
        self.assertFalse(self._customers(user))

    def test_domain_addons_widen_what_agents_see(self):
        domain = self.ann.user_id._get_customer_domain()
        self.assertFalse(domain.is_true())
        self.assertTrue(self.employee._get_customer_domain().is_true())

    # === FROM OUTSIDE === #

    def _call(self, model, method, *args, **kwargs):
        response = self.url_open(
            f'/web/dataset/call_kw/{model}/{method}',
            data=json.dumps(
                {
                    'jsonrpc': '2.0',
                    'params': {'model': model, 'method': method, 'args': args, 'kwargs': kwargs},
                }
            ),
            headers={'Content-Type': 'application/json'},
        )
        return response.json()

    def test_foreign_customers_stay_hidden_over_http(self):
        self.authenticate(self.ann.user_id.login, self.ann.user_id.login)
        found = self._call('res.partner', 'search_read', [('name', '=', "His")], ['name'])
        self.assertEqual(found['result'], [])
        for method, args in (
            ('read', [self.his.ids, ['name']]),
            ('web_read', [self.his.ids, {'name': {}}]),
            ('write', [self.his.ids, {'agent_id': self.ann.id}]),
            ('unlink', [self.his.ids]),
            ('message_post', [self.his.ids]),
        ):
            answer = self._call('res.partner', method, *args)
            self.assertEqual(answer['error']['data']['name'], 'odoo.exceptions.AccessError', method)
        image = self.url_open(f'/web/image/res.partner/{self.his.id}/name')
        self.assertNotIn("His", image.text)
        self.assertEqual(self.his.agent_id, self.bob)

    def test_own_customers_are_seen_over_http(self):
        self.authenticate(self.ann.user_id.login, self.ann.user_id.login)
        answer = self._call('res.partner', 'read', self.mine.ids, ['name'])
        self.assertEqual(answer['result'][0]['name'], "Mine")

    def test_assignments_are_closed_over_http(self):
        assignment = self._choose(res_model='res.partner', res_id=self.mine.id)
        self.authenticate(self.ann.user_id.login, self.ann.user_id.login)
        for method, args in (
            ('write', [assignment.ids, {'agent_id': self.ann.id}]),
            ('unlink', [assignment.ids]),
            ('create', [[{'res_model': 'res.partner', 'method': 'manual'}]]),
            ('_bind', [assignment.ids, []]),
            ('_delete_where', [assignment.ids, '1=1']),
        ):
            self.assertIn('error', self._call('service.assignment', method, *args), method)
        self.assertTrue(assignment.exists())
