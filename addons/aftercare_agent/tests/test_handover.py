from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import GROUP_MANAGER, AgentCommon


@tagged('post_install', '-at_install')
class TestHandover(AgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_agent("Ann", region_ids=cls.china)
        cls.bob = cls._create_agent("Bob", region_ids=cls.east)
        cls.cid = cls._create_agent("Cid", region_ids=cls.south)
        cls.manager = cls._create_user(
            'handover_manager', f'{GROUP_MANAGER},base.group_partner_manager'
        )
        cls.partners = cls.env['res.partner'].create(
            [
                {'name': "East", 'region_id': cls.shanghai.id, 'agent_id': cls.ann.id},
                {'name': "South", 'region_id': cls.south.id, 'agent_id': cls.ann.id},
                {'name': "Gone", 'region_id': cls.east.id, 'agent_id': cls.ann.id, 'active': False},
            ]
        )
        cls.other = cls.env['res.partner'].create({'name': "Other", 'agent_id': cls.cid.id})

    def _get_form(self):
        form = Form(
            self.env['service.agent.handover']
            .with_user(self.manager)
            .with_context(default_agent_id=self.ann.id)
        )
        form.reason = "Moves to sales"
        return form

    def test_all_customers_go_to_one_agent(self):
        form = self._get_form()
        form.to_agent_id = self.bob
        self.assertEqual(form.partner_count, 3)
        form.save().action_hand_over()
        self.assertEqual(self.partners.agent_id, self.bob)
        self.assertEqual(self.other.agent_id, self.cid)

    def test_deputy_is_proposed(self):
        self.ann.deputy_id = self.cid
        self.assertEqual(self._get_form().to_agent_id, self.cid)

    def test_customers_go_to_the_agents_of_their_regions(self):
        form = self._get_form()
        form.mode = 'rule'
        form.save().action_hand_over()
        self.assertEqual(self.partners.mapped('agent_id'), self.bob | self.cid)
        self.assertEqual(self.partners[1].agent_id, self.cid)

    def test_only_customers_of_a_region_go(self):
        form = self._get_form()
        form.to_agent_id = self.cid
        form.region_ids.add(self.east)
        form.save().action_hand_over()
        self.assertEqual(self.partners.mapped('agent_id.name'), ["Ann", "Cid"][::-1])
        self.assertEqual(self.partners[1].agent_id, self.ann)

    def test_reason_is_kept(self):
        for mode in ('agent', 'rule'):
            self.partners.agent_id = self.ann
            form = self._get_form()
            form.mode = mode
            if mode == 'agent':
                form.to_agent_id = self.bob
            form.save().action_hand_over()
            assignment = self.Assignment.search(
                [('res_model', '=', 'res.partner'), ('res_id', '=', self.partners[0].id)], limit=1
            )
            self.assertIn("Moves to sales", assignment.reason)
            self.assertEqual(assignment.user_id, self.manager)

    def test_old_agent_is_archived(self):
        form = self._get_form()
        form.to_agent_id = self.bob
        form.archive_agent = True
        form.save().action_hand_over()
        self.assertFalse(self.ann.active)

    def test_agent_who_keeps_customers_is_not_archived(self):
        form = self._get_form()
        form.to_agent_id = self.bob
        form.region_ids.add(self.south)
        form.archive_agent = True
        with self.assertRaises(UserError):
            form.save().action_hand_over()

    def test_without_candidates_customers_stay(self):
        (self.bob | self.cid).active = False
        form = self._get_form()
        form.mode = 'rule'
        form.save().action_hand_over()
        self.assertEqual(self.partners.agent_id, self.ann)

    def test_agent_cannot_hand_over(self):
        with self.assertRaises(AccessError):
            self.env['service.agent.handover'].with_user(self.ann.user_id).create(
                {'agent_id': self.ann.id, 'to_agent_id': self.bob.id, 'reason': "Lazy"}
            )
