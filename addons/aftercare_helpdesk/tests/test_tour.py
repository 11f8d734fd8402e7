from odoo.tests import HttpCase, tagged

from .common import HelpdeskCommon


@tagged('post_install', '-at_install')
class TestTour(HelpdeskCommon, HttpCase):
    def test_from_the_desk_to_a_solved_ticket(self):
        self.user_a.write({'lang': 'en_US', 'password': 'helpdesk_ada'})
        ticket = self._create_ticket(name="Tour ticket", priority='3')
        ticket.action_unassign()
        self.start_tour('/odoo/helpdesk-desk', 'aftercare_helpdesk_desk', login='helpdesk_ada')
        self.assertEqual(ticket.user_id, self.user_a)
        self.assertTrue(ticket.closed)
