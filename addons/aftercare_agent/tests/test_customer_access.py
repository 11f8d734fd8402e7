import json

from psycopg2.errors import CheckViolation, ForeignKeyViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import GROUP_ALL, GROUP_MANAGER, GROUP_OWN, AgentCommon


class CustomerAccessCommon(AgentCommon):
    """Ann sees own customers only, and all customers are Bob's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = f'{GROUP_OWN},base.group_partner_manager,base.group_allow_export'
        cls.ann = cls._create_agent("Ann", groups=groups)
        cls.bob = cls._create_agent("Bob", groups=groups)
        cls.manager = cls._create_user('access_manager', GROUP_MANAGER, name="Max")
        cls.Access = cls.env['service.customer.access']
        cls.Partner = cls.env['res.partner']
        Tag = cls.env['res.partner.category']
        cls.vip = Tag.create({'name': "VIP"})
        cls.gold = Tag.create({'name': "Gold", 'parent_id': cls.vip.id})
        cls.both, cls.east_only, cls.gold_only, cls.plain = cls.customers = cls.Partner.create(
            [
                {
                    'name': name,
                    'is_company': True,
                    'agent_id': cls.bob.id,
                    'region_id': region.id,
                    'category_id': [Command.set(tag.ids)],
                }
                for name, region, tag in (
                    ("Both", cls.shanghai, cls.vip),
                    ("East Only", cls.east, Tag),
                    ("Gold Only", cls.south, cls.gold),
                    ("Plain", cls.south, Tag),
                )
            ]
        )
        cls.contact = cls.Partner.create({'name': "Contact", 'parent_id': cls.both.id})
        cls.env.flush_all()

    @classmethod
    def _grant(cls, **vals):
        """Authorise Ann, as the manager does."""
        vals = {
            name: [Command.set(value.ids)] if name.endswith('_ids') else value
            for name, value in {'name': "More", 'agent_ids': cls.ann, **vals}.items()
        }
        return cls.Access.with_user(cls.manager).create(vals)

    def _seen(self, user=None, partners=None):
        partners = partners or self.customers
        user = user or self.ann.user_id
        return self.Partner.with_user(user).search([('id', 'in', partners.ids)])


@tagged('post_install', '-at_install')
class TestCustomerAccess(CustomerAccessCommon):
    # === WHICH CUSTOMERS === #

    def test_nothing_is_seen_without_authorisation(self):
        self.assertFalse(self._seen())

    def test_region_and_those_below(self):
        self._grant(region_ids=self.east)
        self.assertEqual(self._seen(), self.both | self.east_only)

    def test_tag_and_those_below(self):
        self._grant(category_ids=self.vip)
        self.assertEqual(self._seen(), self.both | self.gold_only)

    def test_conditions_must_all_be_met(self):
        self._grant(region_ids=self.east, category_ids=self.vip)
        self.assertEqual(self._seen(), self.both)

    def test_any_authorisation_is_enough(self):
        self._grant(region_ids=self.shanghai)
        self._grant(category_ids=self.gold)
        self.assertEqual(self._seen(), self.both | self.gold_only)

    def test_chosen_by_hand_comes_on_top(self):
        self._grant(region_ids=self.east, category_ids=self.vip, customer_ids=self.plain)
        self.assertEqual(self._seen(), self.both | self.plain)

    def test_contacts_follow_their_company(self):
        contacts = self.contact | self.Partner.create(
            {
                'name': "VIP of a plain company",
                'parent_id': self.plain.id,
                'category_id': [Command.set(self.vip.ids)],
            }
        )
        self._grant(category_ids=self.vip)
        self.assertEqual(self._seen(partners=contacts), self.contact)

    def test_contact_chosen_by_hand_opens_nothing_else(self):
        self._grant(customer_ids=self.contact)
        self.assertEqual(self._seen(partners=self.contact | self.both), self.contact)

    def test_own_customers_stay(self):
        self.plain.agent_id = self.ann
        self._grant(region_ids=self.shanghai)
        self.assertEqual(self._seen(), self.both | self.plain)

    # === NEVER MORE THAN MEANT === #

    def test_authorisation_without_condition_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "All customers"):
            self._grant()
        access = self._grant(region_ids=self.east)
        with self.assertRaises(ValidationError):
            access.region_ids = False

    def test_authorisation_for_nobody_is_refused(self):
        with self.assertRaises(ValidationError):
            self._grant(agent_ids=self.Access.agent_ids, region_ids=self.east)

    def test_conditions_in_use_are_not_deleted(self):
        self._grant(category_ids=self.vip, region_ids=self.east)
        for record in (self.vip, self.east):
            with (
                mute_logger('odoo.sql_db'),
                self.assertRaises(ForeignKeyViolation),
                self.env.cr.savepoint(),
            ):
                record.unlink()

    def test_archived_conditions_count(self):
        self._grant(region_ids=self.east, category_ids=self.vip)
        self.vip.active = False
        self.assertEqual(self._seen(), self.both)

    def test_deleted_customers_leave_nothing_open(self):
        access = self._grant(customer_ids=self.plain)
        self.plain.unlink()
        self.assertFalse(access.customer_ids)
        self.assertFalse(self._seen(partners=self.customers.exists()))

    def test_tags_are_not_spread_by_limited_agents(self):
        self._grant(category_ids=self.vip)
        Tag = self.env['res.partner.category'].with_user(self.ann.user_id)
        other = self.env['res.partner.category'].create({'name': "Other"})
        other.partner_ids = self.plain
        for tag, vals in (
            (self.vip, {'partner_ids': [Command.link(self.plain.id)]}),
            (other, {'parent_id': self.vip.id}),
            (self.vip, {'child_ids': [Command.link(other.id)]}),
        ):
            with self.assertRaises(AccessError):
                tag.with_user(self.ann.user_id).write(vals)
        for vals in (
            {'parent_id': self.vip.id, 'partner_ids': [Command.link(self.plain.id)]},
            {'child_ids': [Command.link(other.id)]},
        ):
            with self.assertRaises(AccessError):
                Tag.create({'name': "New", **vals})
        self.assertNotIn(self.plain, self._seen())
        tag = Tag.create({'name': "New"})
        tag.name = "Newer"
        self.vip.with_user(
            self._create_user('all', f'{GROUP_ALL},base.group_partner_manager')
        ).write({'partner_ids': [Command.link(self.plain.id)]})
        self.assertIn(self.plain, self._seen())

    # === SEE, OR CHANGE === #

    def test_who_may_see_does_not_change(self):
        self._grant(region_ids=self.east, mode='read')
        both = self.both.with_user(self.ann.user_id)
        self.assertEqual(both.name, "Both")
        for vals in ({'comment': "Mine"}, {'agent_id': self.ann.id}, {'active': False}):
            with self.assertRaises(AccessError):
                both.write(vals)
        with self.assertRaises(AccessError):
            both.unlink()
        with self.assertRaises(AccessError):
            both.create({'name': "New", 'parent_id': both.id})

    def test_who_may_see_does_not_look_for_an_agent(self):
        self.both.agent_id = False
        access = self._grant(region_ids=self.east, mode='read')
        both = self.both.with_user(self.ann.user_id)
        with self.assertRaises(AccessError):
            both.action_assign_agent()
        with self.assertRaises(AccessError):
            self.plain.with_user(self.ann.user_id).action_assign_agent()
        access.mode = 'write'
        self.bob.region_ids = self.east
        both.action_assign_agent()
        self.assertEqual(self.both.agent_id, self.bob)

    def test_who_may_change_changes(self):
        self._grant(region_ids=self.east, mode='write')
        both = self.both.with_user(self.ann.user_id)
        both.comment = "Nice"
        both.child_ids.city = "Shanghai"
        with self.assertRaises(AccessError):
            self.plain.with_user(self.ann.user_id).comment = "Nice"

    def test_the_right_to_change_is_not_lent_to_another_authorisation(self):
        self._grant(region_ids=self.shanghai, mode='write')
        self._grant(category_ids=self.gold, mode='read')
        self.both.with_user(self.ann.user_id).comment = "Nice"
        with self.assertRaises(AccessError):
            self.gold_only.with_user(self.ann.user_id).comment = "Nice"

    # === WHO === #

    def test_only_the_agents_named(self):
        self._grant(agent_ids=self.bob, region_ids=self.east)
        self.assertFalse(self._seen())

    def test_all_who_have_a_skill_now_and_later(self):
        self._grant(agent_ids=self.Access.agent_ids, skill_ids=self.postgres, region_ids=self.east)
        self.assertFalse(self._seen())
        self.ann.skill_ids = self.postgres
        self.assertEqual(self._seen(), self.both | self.east_only)
        self.ann.skill_ids = self.network
        self.assertFalse(self._seen())
        self.database.agent_ids = self.ann
        self.assertTrue(self._seen(), "PostgreSQL is a part of it")
        self.postgres.parent_id = False
        self.assertFalse(self._seen())

    def test_others_are_not_concerned(self):
        users = {
            'manager': self.manager,
            'all': self._create_user('access_all', GROUP_ALL),
            'employee': self._create_user('access_employee', 'base.group_user'),
        }
        self._grant(region_ids=self.east)
        for name, user in users.items():
            with self.subTest(name):
                self.assertEqual(self._seen(user), self.customers)
        portal = new_test_user(self.env, 'access_portal', 'base.group_portal')
        self.assertFalse(self._seen(portal))

    def test_archived_agent_has_none(self):
        self._grant(region_ids=self.east)
        self.ann.action_archive()
        self.assertFalse(self._seen())

    def test_deleted_agent_takes_his_part_along(self):
        access = self._grant(agent_ids=self.ann | self.bob, region_ids=self.east)
        self.ann.unlink()
        self.assertEqual(access.agent_ids, self.bob)
        user = new_test_user(self.env, 'access_nobody', GROUP_OWN)
        self.assertFalse(self._seen(user))

    # === COMPANIES === #

    def test_customers_of_another_company_stay_closed(self):
        other = self.env['res.company'].create({'name': "Elsewhere Ltd."})
        self.both.company_id = other
        self.env.user.company_ids |= other
        self.ann.user_id.company_ids |= other
        self._grant(region_ids=self.east, company_id=self.company.id)
        seen = self.Partner.with_user(self.ann.user_id).with_context(
            allowed_company_ids=(self.company | other).ids
        )
        self.assertEqual(seen.search([('id', 'in', self.customers.ids)]), self.east_only)

    def test_authorisations_of_another_company(self):
        other = self.env['res.company'].create({'name': "Elsewhere Ltd."})
        access = self.Access.create(
            {
                'name': "Elsewhere",
                'company_id': other.id,
                'skill_ids': [Command.set(self.network.ids)],
                'region_ids': [Command.set(self.east.ids)],
            }
        )
        self.ann.skill_ids = self.network
        self.assertFalse(self._seen())
        with self.assertRaises(AccessError):
            access.with_user(self.manager).read(['name'])
        with self.assertRaises(UserError):
            access.agent_ids = self.ann
        access.company_id = False
        self.assertTrue(self._seen())

    # === AT ONCE === #

    def test_changes_count_at_once(self):
        access = self._grant(region_ids=self.shanghai)
        self.assertEqual(self._seen(), self.both)
        access.region_ids = self.south
        self.assertEqual(self._seen(), self.gold_only | self.plain)
        access.category_ids = self.gold
        self.assertEqual(self._seen(), self.gold_only)
        access.action_archive()
        self.assertFalse(self._seen())
        access.action_unarchive()
        self.assertTrue(self._seen())
        self.gold_only.category_id = False
        self.assertFalse(self._seen(), "the customer changed, not the authorisation")
        self.plain.category_id = self.gold
        self.assertEqual(self._seen(), self.plain)
        access.unlink()
        self.assertFalse(self._seen())

    def test_moved_regions_and_tags_count_at_once(self):
        self._grant(region_ids=self.south, category_ids=self.vip)
        self.assertEqual(self._seen(), self.gold_only)
        self.gold.parent_id = False
        self.assertFalse(self._seen())
        new = self.gold.create({'name': "New", 'parent_id': self.vip.id})
        self.plain.category_id = new
        self.assertEqual(self._seen(), self.plain)
        self.shanghai.parent_id = self.south
        self.assertEqual(self._seen(), self.plain | self.both)

    def test_merged_customer_stays_open(self):
        other = self.Partner.create({'name': "Twin", 'is_company': True, 'agent_id': self.bob.id})
        self._grant(customer_ids=self.plain)
        self.assertEqual(self._seen(partners=other | self.plain), self.plain)
        wizard = self.env['base.partner.merge.automatic.wizard'].create({})
        wizard._merge((self.plain | other).ids, other)
        self.assertEqual(self._seen(partners=other), other)

    def test_holiday_cover_begins_and_ends_by_itself(self):
        self._grant(
            region_ids=self.shanghai,
            date_start='2026-10-01 00:00:00',
            date_end='2026-10-08 00:00:00',
        )
        for moment, seen in (
            ('2026-09-30 23:59:59', False),
            ('2026-10-01 00:00:00', True),
            ('2026-10-07 23:59:59', True),
            ('2026-10-08 00:00:00', False),
            ('2026-10-02 00:00:00', True),
        ):
            with freeze_time(moment):
                self.assertEqual(bool(self._seen()), seen, moment)

    @mute_logger('odoo.sql_db')
    def test_end_before_beginning_is_refused(self):
        with self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self._grant(
                region_ids=self.east, date_start='2026-10-08 00:00', date_end='2026-10-01 00:00'
            )

    def _count_queries(self, user):
        self._seen(user)
        self.env.invalidate_all()
        count = self.env.cr.sql_log_count
        self._seen(user)
        return self.env.cr.sql_log_count - count

    def test_authorisations_cost_lists_no_query(self):
        self._grant(region_ids=self.east, category_ids=self.vip)
        self._grant(category_ids=self.gold, customer_ids=self.plain)
        self.assertEqual(len(self._seen()), 3)
        count = self._count_queries(self.bob.user_id)
        self.assertEqual(self._count_queries(self.ann.user_id), count)
        self.assertLessEqual(count, 3)

    # === SCREENS === #

    def test_preview_before_saving(self):
        with Form(self.Access.with_user(self.manager)) as form:
            form.name = "Cover"
            form.agent_ids.add(self.ann)
            self.assertIn("Fill in", form.preview)
            form.region_ids.add(self.shanghai)
            self.assertEqual(form.preview, "1 customer: Both")
            form.customer_ids.add(self.plain)
            self.assertEqual(form.preview, "2 customers: Both and Plain")
            form.region_ids.add(self.south)
            self.assertEqual(form.customer_count, 3)
            self.assertFalse(form.needless_agents)
        access = form.record
        self.assertEqual(
            self.Partner.search(access.action_view_customers()['domain']), self._seen()
        )
        self.assertEqual(access.conditions, "Test Shanghai or Test South · 1 by hand")
        self.assertEqual(access.state, 'running')

    def test_our_own_companies_and_colleagues_are_no_customers(self):
        ours = self.env.company.partner_id | self.ann.user_id.partner_id
        ours.region_id = self.shanghai
        access = self._grant(region_ids=self.shanghai)
        self.assertEqual(access.customer_count, 1)

    def test_agents_who_see_all_are_named(self):
        self.bob.user_id.group_ids += self.env.ref(GROUP_ALL)
        access = self._grant(agent_ids=self.ann | self.bob, region_ids=self.east)
        self.assertIn("Bob", access.needless_agents)
        self.assertNotIn("Ann", access.needless_agents)

    def test_agent_form_counts_what_the_rules_allow(self):
        self._grant(region_ids=self.east, category_ids=self.vip)
        self.plain.agent_id = self.ann
        agent = self.ann.with_user(self.manager)
        self.assertEqual(agent.visible_customer_count, 2)
        domain = json.loads(json.dumps(agent.action_view_visible_customers()['domain']))
        found = self.Partner.with_user(self.manager).search(domain)
        self.assertEqual(found, self.both | self.plain)
        self.assertEqual((agent.is_limited, self.bob.is_limited), (True, True))

    def _explain(self, partner):
        explain = self.env['service.customer.access.explain'].with_user(self.manager)
        action = partner.with_user(self.manager).action_explain_access()
        return explain.with_context(**action['context']).create({})

    def test_who_sees_the_customer(self):
        self._grant(name="Holiday cover", region_ids=self.shanghai)
        self._grant(name="Elsewhere", region_ids=self.south)
        self._grant(name="Over", customer_ids=self.contact, date_end='2020-01-01 00:00:00')
        for partner in (self.both, self.contact):
            rows = dict(self._explain(partner)._prepare_explanation_values()['rows'])
            self.assertEqual(rows[self.bob.user_id], [("The customer's own agent", True)])
            self.assertEqual(rows[self.ann.user_id], [("Authorisation “Holiday cover”", False)])
        text = self._explain(self.both).explanation
        self.assertIn("Holiday cover", text)
        self.assertIn("Max", text, "managers see all")
        self.assertNotIn("None of the agents", text)
        self.assertEqual(text.count("See and change"), 1)
        self.both.agent_id = False
        self.bob.region_ids = self.china
        rows = dict(self._explain(self.both)._prepare_explanation_values()['rows'])
        self.assertIn("Test Shanghai", rows[self.bob.user_id][0][0])

    def test_explanation_agrees_with_the_rules(self):
        self._grant(region_ids=self.east, category_ids=self.vip)
        self._grant(
            agent_ids=self.Access.agent_ids, skill_ids=self.postgres, customer_ids=self.plain
        )
        self.ann.skill_ids = self.database
        for partner in self.customers:
            users = dict(self._explain(partner)._prepare_explanation_values()['rows'])
            for user in self.ann.user_id | self.bob.user_id:
                self.assertEqual(user in users, bool(self._seen(user, partner)), partner.name)

    def test_everybody_sees_colleagues(self):
        text = self._explain(self.bob.partner_id).explanation
        self.assertIn("everybody inside", text)
        self.assertNotIn("None of the agents", text)


@tagged('post_install', '-at_install')
class TestCustomerAccessFromOutside(CustomerAccessCommon, HttpCase):
    """What the web client could ask, with the ids of customers of others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.access = cls._grant(region_ids=cls.east, category_ids=cls.vip)

    def _call(self, model, method, *args, **kwargs):
        with mute_logger('odoo.http'):
            response = self.url_open(
                f'/web/dataset/call_kw/{model}/{method}',
                data=json.dumps(
                    {'params': {'model': model, 'method': method, 'args': args, 'kwargs': kwargs}}
                ),
                headers={'Content-Type': 'application/json'},
            ).json()
        return response['error']['data']['name'] if 'error' in response else response['result']

    def test_customers_of_others_stay_hidden(self):
        self.authenticate(self.ann.user_id.login, self.ann.user_id.login)
        ids, refused = self.customers.ids, 'odoo.exceptions.AccessError'
        domain = [('id', 'in', ids)]
        self.assertEqual(self._call('res.partner', 'search', domain), self.both.ids)
        self.assertEqual(self._call('res.partner', 'search_count', domain), 1)
        self.assertEqual(self._call('res.partner', 'name_search', "Plain", domain=domain), [])
        found = self._call('res.partner', 'name_search', "Both", domain=domain)
        self.assertEqual([id_ for id_, _name in found], self.both.ids)
        groups = self._call(
            'res.partner', 'formatted_read_group', domain, groupby=['name'], aggregates=['__count']
        )
        self.assertEqual([(g['name'], g['__count']) for g in groups], [("Both", 1)])
        for method, args in (
            ('read', [ids, ['name']]),
            ('web_read', [ids, {'name': {}}]),
            ('export_data', [ids, ['name']]),
            ('write', [self.plain.ids, {'comment': "X"}]),
            ('copy', [self.plain.ids]),
        ):
            self.assertEqual(self._call('res.partner', method, *args), refused, method)
        for method, args in (('read', [['name']]), ('export_data', [['name']])):
            self.assertNotEqual(
                self._call('res.partner', method, self.both.ids, *args), refused, method
            )
        self.assertEqual(
            self._call('res.partner', 'write', self.both.ids, {'comment': "X"}), refused
        )

    def test_agents_do_not_authorise_themselves(self):
        self.authenticate(self.ann.user_id.login, self.ann.user_id.login)
        refused = 'odoo.exceptions.AccessError'
        for model, method, args in (
            ('service.customer.access', 'read', [self.access.ids, ['name']]),
            ('service.customer.access', 'search_read', [[]]),
            ('service.customer.access', 'write', [self.access.ids, {'mode': 'write'}]),
            ('service.customer.access', 'create', [[{'name': "Mine"}]]),
            ('service.customer.access', 'unlink', [self.access.ids]),
            ('service.customer.access.explain', 'create', [[{'partner_id': self.both.id}]]),
            ('service.agent', 'write', [self.ann.ids, {'skill_ids': [Command.clear()]}]),
            ('res.partner', 'read', [self.both.ids, ['customer_access_ids']]),
            (
                'res.partner',
                'write',
                [self.ann.partner_id.ids, {'customer_access_ids': [Command.clear()]}],
            ),
            ('res.partner', 'search', [[('customer_access_ids', '!=', False)]]),
        ):
            self.assertEqual(self._call(model, method, *args), refused, (model, method))
        self.assertEqual(self.access.mode, 'read')
