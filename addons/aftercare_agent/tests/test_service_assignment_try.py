from odoo.tests import Form, tagged

from .common import MOMENT, AgentCommon


@tagged('post_install', '-at_install')
class TestServiceAssignmentTry(AgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_agent("Ann", region_ids=cls.east, skill_ids=cls.database)
        cls.bob = cls._create_agent("Bob", region_ids=cls.south)

    def setUp(self):
        super().setUp()
        self.form = Form(self.env['service.assignment.try'].with_user(self.ann.user_id))
        self.form.date = MOMENT

    def test_answer_follows_the_region(self):
        self.form.region_id = self.south
        self.assertIn("Bob suits best", self.form.explanation)
        self.form.region_id = self.shanghai
        self.assertIn("Ann suits best", self.form.explanation)

    def test_answer_follows_the_customer(self):
        partner = self.env['res.partner'].create(
            {'name': "Customer", 'agent_id': self.bob.id, 'region_id': self.east.id}
        )
        self.form.partner_id = partner
        self.assertEqual(self.form.region_id, self.east)
        self.assertIn("Bob is the customer", self.form.explanation)
        self.form.use_own_agent = False
        self.assertIn("Ann suits best", self.form.explanation)

    def test_answer_follows_the_address(self):
        asked = []

        def find_by_ip(regions, ip):
            asked.append(ip)
            return self.south

        self.patch(self.env.registry['service.region'], 'find_by_ip', find_by_ip)
        self.form.ip = ' 192.0.2.1 '
        self.assertIn('192.0.2.1', asked)
        self.assertEqual(self.form.region_id, self.south)
        self.assertIn("Bob suits best", self.form.explanation)

    def test_answer_follows_skills_and_candidates(self):
        self.form.skill_ids.add(self.postgres)
        self.assertIn("Ann suits best", self.form.explanation)
        self.form.agent_ids.add(self.bob)
        self.assertIn("left aside", self.form.explanation)

    def test_nothing_is_assigned(self):
        before = self.Assignment.search_count([])
        self.form.region_id = self.south
        self.form.save()
        self.assertEqual(self.Assignment.search_count([]), before)
        self.assertFalse(self.bob.last_assignment_date)
