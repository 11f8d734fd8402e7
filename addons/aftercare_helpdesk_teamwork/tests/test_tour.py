from odoo.tests import HttpCase, tagged

from .common import TeamworkCommon


@tagged('post_install', '-at_install')
class TestTour(TeamworkCommon, HttpCase):
    def test_working_together(self):
        self.user_a.write({'lang': 'en_US', 'password': 'helpdesk_ada'})
        self._post(self.ticket, self.customer, "It smokes")
        # A colleague has it on another screen.
        self.ticket.with_user(self.user_b).viewer_enter(is_writing=True)
        self.env['helpdesk.ticket.assistance'].with_user(self.user_b)._request(
            self._prepare_asked_ticket().with_user(self.user_b), self.user_a, "Which driver?"
        )
        self.start_tour(
            f'/odoo/helpdesk.ticket/{self.ticket.id}',
            'aftercare_helpdesk_teamwork',
            login='helpdesk_ada',
        )
        answers = self.ticket.message_ids.filtered(
            lambda message: message.author_id == self.user_a.partner_id
        )
        self.assertIn("Unplug it", ' '.join(answers.mapped('body')))
        self.assertEqual(self.ticket.user_id, self.user_c)
        self.assertEqual(self.ticket.handover_ids.reason, "Smoke is yours")

    def _prepare_asked_ticket(self):
        return self._create_ticket(name="Asked", user_id=self.user_b.id)
