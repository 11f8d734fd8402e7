from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.tests import Form


class AfterSalesCommon(HelpdeskCommon):
    """A ticket of an agent without any right but the helpdesk's, and an agent of another team."""

    # Name of the team's field that allows what is tested.
    switch = None
    # Model of the wizard.
    wizard = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsider = cls._create_user('outsider', 'helpdesk_mgmt.group_helpdesk_user_team')
        cls.other_team = cls._create_team("Others", cls.outsider)
        cls.product, cls.other_product = cls.env['product.product'].create(
            [
                {'name': name, 'type': 'consu', 'list_price': price}
                for name, price in (("Lamp", 100), ("Chair", 50))
            ]
        )
        if cls.switch:
            cls.team[cls.switch] = True
        cls.ticket = cls._create_ticket(user_id=cls.user_a.id)
        cls.stranger_ticket = cls._create_ticket(partner_id=cls.stranger.id)

    def _open(self, ticket=None, user=None, **context):
        """Open the wizard as the agent does."""
        ticket = ticket or self.ticket
        return Form(
            self.env[self.wizard]
            .with_user(user or self.user_a)
            .with_context(default_ticket_id=ticket.id, **context)
        )

    def _create(self, ticket=None, user=None, **vals):
        """Create the wizard as somebody does who calls the server himself."""
        ticket = ticket or self.ticket
        return (
            self.env[self.wizard]
            .with_user(user or self.user_a)
            .create({'ticket_id': ticket.id, **vals})
        )

    def _as_agent(self, ticket=None, user=None):
        """Return the ticket as an agent reads it."""
        ticket = (ticket or self.ticket).with_user(user or self.user_a)
        ticket.invalidate_recordset()
        return ticket

    def _get_action_names(self, ticket=None, user=None):
        """Return what the menu of the ticket offers."""
        actions = self._as_agent(ticket, user).after_sales_actions
        return [action['name'] for action in actions or []]

    def _get_last_message(self, subtype='mail.mt_comment', ticket=None):
        return (
            (ticket or self.ticket)
            .message_ids.filtered(lambda message: message.subtype_id == self.env.ref(subtype))
            .sorted('id')[-1:]
        )

    def _assert_told(self, *texts):
        """Check that the customer got mail with the texts."""
        message = self._get_last_message()
        self.assertIn(self.customer, message.notified_partner_ids)
        for text in texts:
            self.assertIn(text, message.body)

    def _assert_agent_told(self, text):
        """Check that the last note reached the ticket's agent."""
        note = self._get_last_message('mail.mt_note')
        self.assertIn(text, note.body)
        self.assertIn(self.user_a.partner_id, note.notified_partner_ids)
