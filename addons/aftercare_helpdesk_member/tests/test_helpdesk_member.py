from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.fields import Date
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class TestHelpdeskMember(HelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['res.partner.grade'].search([]).is_automatic = False
        cls.gold = cls.env['res.partner.grade'].create(
            {'name': "Golden", 'service_priority': '2', 'validity_months': 0}
        )
        cls.customer_company._assign_grade(cls.gold, "Test", until=Date.to_date('2999-12-31'))

    def _create(self, **vals):
        return self.Ticket.create(
            {'name': "Help", 'description': "Please", 'team_id': self.team.id, **vals}
        )

    def test_tickets_of_a_level_are_more_urgent(self):
        ticket = self._create(partner_id=self.customer.id)
        self.assertEqual(ticket.priority, '2')
        self.assertEqual(ticket.partner_grade_id, self.gold)
        self.assertEqual(self._create(partner_id=self.stranger.id).priority, '0')
        self.assertEqual(self._create(partner_name="Visitor").priority, '0')

    def test_higher_priority_stays(self):
        self.assertEqual(self._create(partner_id=self.customer.id, priority='3').priority, '3')
        self.assertEqual(self._create(partner_id=self.customer.id, priority='1').priority, '2')

    def test_what_agents_set_afterwards_stays(self):
        ticket = self._create(partner_id=self.customer.id).with_user(self.user_a)
        ticket.sudo().user_id = self.user_a
        ticket.priority = '0'
        ticket.partner_id = self.colleague
        self.assertEqual(ticket.priority, '2', "another customer, another look")
        ticket.write({'partner_id': self.customer.id, 'priority': '1'})
        self.assertEqual(ticket.priority, '1')
        ticket.partner_id = self.customer
        self.assertEqual(ticket.priority, '1', "the same customer")

    def test_customer_found_later_raises(self):
        ticket = self._create(partner_name="Carla", priority='1')
        urgent = self._create(partner_name="Carla", priority='3')
        closed = self._create(partner_name="Carla")
        closed.stage_id = self.stage_done
        (ticket | urgent | closed).partner_id = self.customer
        self.assertEqual((ticket | urgent | closed).mapped('priority'), ['2', '3', '0'])

    def test_portal_users_get_their_priority_too(self):
        user = self._create_user('portal', 'base.group_portal', partner_id=self.customer.id)
        ticket = (
            self.Ticket.with_user(user)
            .sudo()
            .create({'name': "Help", 'description': "x", 'partner_id': self.customer.id})
        )
        self.assertEqual(ticket.priority, '2')

    def test_card_shows_the_level(self):
        card = self.Ticket.with_user(self.user_a).get_customer_card(self.customer.id)
        [level] = [fact['value'] for fact in card['facts'] if 'Golden' in str(fact['value'])]
        self.assertIn("12/31/2999", level)
        self.assertIn("Urgent", level)
        card = self.Ticket.with_user(self.user_a).get_customer_card(self.stranger.id)
        self.assertNotIn('Golden', str(card))

    def test_queries_do_not_grow_with_tickets(self):
        def measure(count):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Ticket._prepare_create_vals(
                [
                    {'name': "Help", 'partner_id': self.customer.id, 'team_id': self.team.id}
                    for _number in range(count)
                ]
            )
            return self.env.cr.sql_log_count - before

        measure(1)
        self.assertLessEqual(measure(30), measure(2) + 1)
