from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import GROUP_MANAGER, MOMENT, AgentCommon


@tagged('post_install', '-at_install')
class TestServiceAgent(AgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_agent("Ann")
        cls.manager = cls._create_user('agent_manager', GROUP_MANAGER)

    def test_manager_creates_an_agent(self):
        user = self._create_user('agent_new', name="New One")
        form = Form(self.Agent.with_user(self.manager))
        form.user_id = user
        agent = form.save()
        self.assertEqual(agent.name, "New One")
        self.assertEqual(agent.resource_id.user_id, user)
        self.assertEqual(agent.resource_calendar_id, self.calendar)
        self.assertEqual(agent.presence, 'offline')

    def test_agent_cannot_change_agents(self):
        with self.assertRaises(AccessError):
            self.ann.with_user(self.ann.user_id).max_open_tickets = 50

    def test_employee_reads_agents(self):
        employee = self._create_user('agent_employee', 'base.group_user')
        self.assertEqual(self.ann.with_user(employee).name, "Ann")

    def test_portal_user_does_not_read_agents(self):
        portal = new_test_user(self.env, 'agent_portal', 'base.group_portal')
        with self.assertRaises(AccessError):
            self.ann.with_user(portal).read(['name'])

    def test_user_is_agent_of_a_company_once(self):
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self.Agent.create({'user_id': self.ann.user_id.id, 'company_id': self.company.id})
            self.env.flush_all()

    def test_user_is_agent_of_two_companies(self):
        other = self.env['res.company'].create({'name': "Other"})
        agent = self.Agent.create({'user_id': self.ann.user_id.id, 'company_id': other.id})
        self.assertEqual(agent.resource_calendar_id, other.resource_calendar_id)
        user = self.ann.user_id
        self.assertEqual(user.with_company(other).service_agent_id, agent)
        self.assertEqual(user.with_company(self.company).service_agent_id, self.ann)

    def test_agents_of_other_companies_are_not_seen(self):
        other = self.env['res.company'].create({'name': "Other"})
        agent = self.Agent.create({'user_id': self.ann.user_id.id, 'company_id': other.id})
        self.assertNotIn(agent, self.Agent.with_user(self.manager).search([]))

    def test_agent_must_be_internal(self):
        portal = new_test_user(
            self.env,
            'agent_portal',
            'base.group_portal',
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(ValidationError):
            self.Agent.create({'user_id': portal.id, 'company_id': self.company.id})

    def test_nobody_is_his_own_deputy(self):
        with self.assertRaises(ValidationError):
            self.ann.deputy_id = self.ann

    def test_name_known_to_customers_may_differ(self):
        self.ann.name = "Annie"
        self.assertEqual(self.ann.user_id.name, "Ann")
        self.assertEqual(self.ann.resource_id.name, "Annie")

    def test_load_is_a_share_of_the_capacity(self):
        self._patch_open_counts({self.ann.id: 3})
        self.ann.max_open_tickets = 4
        self.assertEqual((self.ann.open_count, self.ann.load_percentage), (3, 75))
        self.ann.max_open_tickets = 0
        self.assertEqual(self.ann.load_percentage, 0)

    def test_list_reads_states_with_few_queries(self):
        agents = self.ann
        for name in ("Bob", "Cid", "Dan"):
            agents |= self._create_agent(name)
        fields = ['name', 'work_state', 'open_count', 'customer_count']
        agents[:1].read(fields)

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(fields)
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(agents[:1]), count(agents))

    def test_agent_with_customers_is_not_deleted(self):
        self.env['res.partner'].create({'name': "Customer", 'agent_id': self.ann.id})
        with self.assertRaises(UserError):
            self.ann.with_user(self.manager).unlink()

    def test_deleted_agent_leaves_no_public_holiday(self):
        leave = self._create_leave(self.ann, MOMENT, MOMENT.replace(hour=8))
        self.ann.with_user(self.manager).unlink()
        self.assertFalse(leave.exists())

    def test_manager_plans_leaves_of_agents(self):
        leave = self.env['resource.calendar.leaves'].with_user(self.manager)
        leave = leave.create(
            {
                'name': "Leave",
                'resource_id': self.ann.resource_id.id,
                'date_from': MOMENT,
                'date_to': MOMENT.replace(hour=8),
            }
        )
        self.assertEqual(leave.company_id, self.company)

    def test_agent_does_not_read_leaves_of_others(self):
        bob = self._create_agent("Bob")
        leave = self._create_leave(self.ann, MOMENT, MOMENT.replace(hour=8))
        with self.assertRaises(AccessError):
            leave.with_user(bob.user_id).read(['name'])
        leave.with_user(self.ann.user_id).read(['name'])

    def test_skill_counts_its_agents(self):
        self.ann.skill_ids = self.database
        self.assertEqual((self.database | self.network).mapped('agent_count'), [1, 0])
        action = self.database.with_user(self.manager).action_view_agents()
        self.assertEqual(action['context'], {'search_default_skill_ids': self.database.id})

    def test_employee_does_not_change_skills(self):
        with self.assertRaises(AccessError):
            self.database.with_user(self.ann.user_id).name = "Databases"

    def test_form_says_when_the_user_has_no_rights(self):
        bob = self._create_agent("Bob", groups='base.group_user')
        self.assertFalse(bob.has_rights)
        self.assertTrue(self.ann.has_rights)
