from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.tests import HttpCase, tagged


@tagged('post_install', '-at_install')
class TestTour(HelpdeskCommon, HttpCase):
    def test_agent_finds_and_uses_a_macro(self):
        self.team.assignment_method = 'manual'
        self.user_a.write({'lang': 'en_US', 'password': 'helpdesk_ada'})
        ticket = self._create_ticket(user_id=self.user_a.id)
        self.env['helpdesk.macro'].create(
            [
                {'name': "Say thanks", 'reply_body': "<p>Thank you, {{ customer }}!</p>"},
                {'name': "Make it urgent", 'priority': '2'},
                {
                    'name': "Ask first",
                    'reply_body': "<p>Dear {{ customer }}</p>",
                    'is_previewed': True,
                },
            ]
        )
        self.start_tour(
            f'/odoo/helpdesk.ticket/{ticket.id}', 'aftercare_helpdesk_macro', login='helpdesk_ada'
        )
        self.assertEqual(ticket.priority, '2')
        bodies = "".join(ticket.message_ids.mapped('body'))
        self.assertIn("Thank you, Carla!", bodies)
        self.assertIn("Dear Carla", bodies)
