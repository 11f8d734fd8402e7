from odoo.tests import Form, tagged

from .common import GROUP_MANAGER, AgentCommon


@tagged('post_install', '-at_install')
class TestPartnerAgent(AgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_agent("Ann", 'offline', region_ids=cls.east, max_open_tickets=1)
        cls.bob = cls._create_agent("Bob", 'offline', region_ids=cls.south)
        cls.eva = cls._create_agent("Eva", 'offline')
        cls.manager = cls._create_user(
            'partner_manager', f'{GROUP_MANAGER},base.group_partner_manager'
        )

    def _create_partner(self, region=None, **vals):
        return self.env['res.partner'].create(
            {'name': "Customer", 'region_id': region and region.id, **vals}
        )

    def test_customer_gets_the_agent_of_his_region(self):
        partner = self._create_partner(self.shanghai)
        assignment = self.Agent._assign_partner(partner)
        self.assertEqual(partner.agent_id, self.ann)
        self.assertEqual((assignment.res_model, assignment.res_id), ('res.partner', partner.id))

    def test_presence_and_capacity_do_not_matter_for_good(self):
        self._patch_open_counts({self.ann.id: 9})
        self.ann.presence = 'away'
        partner = self._create_partner(self.east)
        self.Agent._assign_partner(partner)
        self.assertEqual(partner.agent_id, self.ann)

    def test_customers_go_to_who_has_fewest(self):
        self.bob.region_ids = self.east
        self._create_partner(agent_id=self.ann.id)
        partners = self._create_partner(self.east) | self._create_partner(self.east)
        partners |= self._create_partner(self.east)
        self.Agent._assign_partner(partners)
        self.assertEqual(partners[0].agent_id, self.bob)
        self.assertEqual((self.ann.customer_count, self.bob.customer_count), (2, 2))

    def test_customers_go_to_each_in_turn(self):
        self.company.agent_assignment_method = 'round_robin'
        self.bob.region_ids = self.east
        chosen = self.Agent
        for _i in range(4):
            partner = self._create_partner(self.east)
            self.Agent._assign_partner(partner)
            chosen += partner.agent_id
        self.assertEqual(chosen[0], chosen[2])
        self.assertEqual(chosen[1], chosen[3])
        self.assertNotEqual(chosen[0], chosen[1])

    def test_customers_do_not_use_up_the_turn_of_requests(self):
        self.Agent._assign_partner(self._create_partner(self.east))
        self.assertFalse(self.ann.last_assignment_date)

    def test_default_agent_gets_whom_nobody_serves(self):
        self.eva.is_default = True
        for partner in (self._create_partner(self.spain), self._create_partner()):
            self.Agent._assign_partner(partner)
            self.assertEqual(partner.agent_id, self.eva)

    def test_default_agent_does_not_take_the_customers_of_others(self):
        self.eva.is_default = True
        partner = self._create_partner(self.south)
        self.Agent._assign_partner(partner)
        self.assertEqual(partner.agent_id, self.bob)

    def test_who_has_an_agent_keeps_him(self):
        partner = self._create_partner(self.south, agent_id=self.ann.id)
        self.assertFalse(self.Agent._assign_partner(partner))
        self.assertEqual(partner.agent_id, self.ann)

    def test_contacts_follow_their_company(self):
        company = self._create_partner(self.south, is_company=True)
        contact = self._create_partner(parent_id=company.id)
        self.Agent._assign_partner(contact)
        self.assertEqual(company.agent_id, self.bob)
        self.assertEqual(contact.agent_id, self.bob)
        company.agent_id = self.ann
        self.assertEqual(contact.agent_id, self.ann)

    def test_new_contact_has_the_agent_of_the_company(self):
        company = self._create_partner(is_company=True, agent_id=self.bob.id)
        self.assertEqual(self._create_partner(parent_id=company.id).agent_id, self.bob)

    def test_find_tells_without_assigning(self):
        partner = self._create_partner(self.south)
        self.assertEqual(self.Agent._find_for_partner(partner), self.bob)
        self.assertFalse(partner.agent_id)
        partner.agent_id = self.eva
        self.assertEqual(self.Agent._find_for_partner(partner), self.eva)

    def test_find_serves_a_customer_who_is_not_saved_yet(self):
        partner = self.env['res.partner'].new({'name': "Draft", 'region_id': self.south.id})
        self.assertEqual(self.Agent._find_for_partner(partner).with_company(self.company), self.bob)

    def test_batch_action_assigns_with_few_queries(self):
        def count(number):
            partners = self.env['res.partner'].create(
                [
                    {'name': f"Customer {i}", 'region_id': (self.east | self.south)[i % 2].id}
                    for i in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.with_user(self.manager).action_assign_agent()
            self.env.flush_all()
            self.assertTrue(all(partners.mapped('agent_id')))
            return self.env.cr.sql_log_count - before

        count(4)
        self.assertLessEqual(count(60), count(4) + 5)

    def test_change_of_agent_is_tracked(self):
        partner = self._create_partner()
        self.env.flush_all()
        self.flush_tracking()
        form = Form(partner.with_user(self.manager))
        form.agent_id = self.bob
        form.save()
        self.flush_tracking()
        values = partner.message_ids.tracking_value_ids
        self.assertEqual(values.field_id.name, 'agent_id')
        self.assertEqual(values.new_value_char, "Bob")

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()

    def test_why_opens_the_explanation(self):
        partner = self._create_partner(self.south)
        action = partner.with_user(self.manager).action_assign_agent()
        self.assertEqual(action['res_model'], 'service.assignment')
        self.assertEqual(partner.with_user(self.manager).action_explain_agent(), action)
