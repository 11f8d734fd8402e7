from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.tests import new_test_user


class TeamworkCommon(HelpdeskCommon):
    """A second team, an agent who sees his own tickets only, and a customer with a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.assignment_method = 'manual'
        cls.agent_d = cls._create_agent('dan', 'helpdesk_mgmt.group_helpdesk_user_own')
        cls.user_d = cls.agent_d.user_id
        cls.other_team = cls._create_team("Experts", cls.user_d, assignment_method='manual')
        cls.outsider = cls._create_user('outsider', 'helpdesk_mgmt.group_helpdesk_user_own')
        cls.manager = cls._create_user('manager', 'helpdesk_mgmt.group_helpdesk_manager')
        cls.portal = new_test_user(
            cls.env,
            login='teamwork_portal',
            groups='base.group_portal',
            name=cls.customer.name,
            partner_id=cls.customer.id,
        )
        cls.ticket = cls._create_ticket(user_id=cls.user_a.id)
        # What is created counts as news no more: changes are tracked from here on.
        cls.env.cr.flush()

    def _transfer(self, user, tickets, reason="You know better", **values):
        """Hand tickets over in the dialog, as a user."""
        action = tickets.with_user(user).action_transfer()
        transfer = self.env[action['res_model']].with_user(user).with_context(**action['context'])
        return transfer.create({'reason': reason, **values}).action_apply()

    def _ask(self, user, helpers, question="What is this?"):
        """Ask colleagues for help in the dialog, as a user."""
        action = self.ticket.with_user(user).action_ask_for_help()
        assist = self.env[action['res_model']].with_user(user).with_context(**action['context'])
        assist.create({'user_ids': [(6, 0, helpers.ids)], 'question': question}).action_ask()
        return self.ticket.assistance_ids.filtered(lambda request: request.user_id in helpers)

    def _answer(self, user, request, answer="It is this"):
        """Answer a request in the dialog, as a user."""
        action = request.with_user(user).action_answer()
        wizard = self.env[action['res_model']].with_user(user).with_context(**action['context'])
        wizard.create({'answer': answer}).action_answer()

    def _can_see(self, user, ticket=None):
        self.env.flush_all()
        ticket = ticket or self.ticket
        visible = ticket in self.Ticket.with_user(user).search([])
        self.assertEqual(visible, ticket.with_user(user).has_access('read'))
        return visible

    def _get_log(self, ticket, code, **values):
        return self.env['notification.log'].search(
            [
                ('res_model', '=', 'helpdesk.ticket'),
                ('res_id', '=', ticket.id),
                ('event_id.code', '=', code),
                *((name, '=', value) for name, value in values.items()),
            ]
        )

    def _get_bus_messages(self, user, kind):
        """Return what was sent to a user over the bus and not committed yet."""
        self.env.cr.precommit.run()
        channel = f'["{self.env.cr.dbname}","res.partner",{user.partner_id.id}]'
        messages = self.env['bus.bus'].search([('channel', '=', channel)], order='id')
        return [message for message in messages.mapped('message') if f'"{kind}"' in message]
