from odoo.tests import HttpCase, tagged

from .common import TeamworkCommon


@tagged('post_install', '-at_install')
class TestTour(TeamworkCommon, HttpCase):
    """What two agents see of each other, in one browser: the other one acts on the server."""

    def setUp(self):
        super().setUp()
        self.user_a.write({'lang': 'en_US', 'password': 'helpdesk_ada'})
        self._post(self.ticket, self.customer, "It smokes")

    def _start(self, tour, ticket=None):
        url = f'/odoo/helpdesk.ticket/{(ticket or self.ticket).id}'
        self.start_tour(url, tour, login='helpdesk_ada')
        self.env.invalidate_all()

    def _get_written(self, author):
        messages = self.ticket.message_ids.filtered(
            lambda message: message.author_id == author.partner_id
        )
        return ' '.join(messages.mapped('body'))

    def _on_writing(self, happening):
        """Let something happen as soon as Ada writes."""
        enter = self.env.registry['helpdesk.ticket'].viewer_enter
        happenings = [happening]

        def viewer_enter(ticket, is_writing=False):
            result = enter(ticket, is_writing)
            if is_writing and happenings:
                happenings.pop()(ticket.env)
            return result

        self.patch(self.env.registry['helpdesk.ticket'], 'viewer_enter', viewer_enter)

    def _customer_writes(self, env):
        self._post(self.ticket.with_env(env).sudo(), self.customer, "It burns now")

    def test_working_at_the_same_time(self):
        self.ticket.with_user(self.user_b).viewer_enter(is_writing=True)

        def happen(env):
            self.ticket.with_env(env).with_user(self.user_b).viewer_leave()
            self._customer_writes(env)

        self._on_writing(happen)
        self._start('aftercare_helpdesk_teamwork')
        self.assertIn("Unplug it", self._get_written(self.user_a))
        self.assertEqual(self.ticket.user_id, self.user_c)
        self.assertEqual(self.ticket.handover_ids.reason, "Smoke is yours")
        self.assertFalse(
            self.env['helpdesk.ticket.viewer'].search([('user_id', '=', self.user_b.id)])
        )

    def test_full_composer(self):
        self._on_writing(self._customer_writes)
        self._start('aftercare_helpdesk_teamwork_composer')
        self.assertIn("Unplug it", self._get_written(self.user_a))
        self.assertIn("It burns now", ' '.join(self.ticket.message_ids.mapped('body')))

    def test_helping(self):
        self.ticket.user_id = self.user_b
        request = self._ask(self.user_b, self.user_a, "Which driver?")
        self._start('aftercare_helpdesk_teamwork_help')
        self.assertEqual((request.state, request.answer), ('done', "The old one"))
        asked = self.ticket.assistance_ids - request
        self.assertEqual((asked.user_id, asked.question), (self.user_c, "Which cable?"))
