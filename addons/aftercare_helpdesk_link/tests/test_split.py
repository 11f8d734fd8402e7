from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged


@tagged('post_install', '-at_install')
class TestSplit(HelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.assignment_method = 'manual'
        cls.ticket = cls._create_ticket(name="Two things", user_id=cls.user_a.id)
        cls.attachment = cls.env['ir.attachment'].create(
            {
                'name': "photo.png",
                'raw': b'x',
                'res_model': 'helpdesk.ticket',
                'res_id': cls.ticket.id,
            }
        )

    def _open(self, user=None):
        action = self.ticket.with_user(user or self.user_a).action_split()
        return Form(
            self.env[action['res_model']]
            .with_user(user or self.user_a)
            .with_context(**action['context'])
        )

    def _split(self, indexes, **values):
        form = self._open()
        form.name = "The other thing"
        for name, value in values.items():
            form[name] = value
        for index in indexes:
            with form.line_ids.edit(index) as line:
                line.is_chosen = True
        action = form.save().action_split()
        return self.Ticket.browse(action['res_id'])

    def test_new_ticket_is_made_of_the_messages(self):
        self._post(self.ticket, self.customer, "First thing")
        self._post(self.ticket, self.customer, "Second thing", attachment_ids=self.attachment.ids)
        self._post(self.ticket, self.user_a.partner_id, "Answer")
        new = self._split([1])
        self.assertIn("Second thing", new.description)
        self.assertIn("Carla", new.description)
        self.assertNotIn("First thing", new.description)
        self.assertEqual((new.partner_id, new.team_id), (self.customer, self.team))
        self.assertEqual(new.attachment_ids.mapped('name'), ["photo.png"])
        self.assertEqual(self.attachment.res_id, self.ticket.id, "The original keeps its own.")
        self.assertEqual(new.link_ids.other_id, self.ticket)
        self.assertEqual(self.ticket.link_ids.other_id, new)
        self.assertIn(new.number, self.ticket.message_ids[:1].body)

    def test_messages_in_their_order_and_no_attachment(self):
        self._post(self.ticket, self.customer, "Alpha", attachment_ids=self.attachment.ids)
        self._post(self.ticket, self.customer, "Omega")
        new = self._split([1, 0], has_attachments=False)
        self.assertLess(new.description.index("Alpha"), new.description.index("Omega"))
        self.assertFalse(new.attachment_ids)

    def test_nothing_chosen(self):
        self._post(self.ticket, self.customer, "Alpha")
        with self.assertRaises(UserError):
            self._split([])

    def test_log_is_not_offered(self):
        self._post(self.ticket, self.customer, "Alpha")
        self.ticket.priority = '2'
        self.assertEqual(len(self._open().line_ids), 1)

    def test_foreign_message_is_neither_read_nor_taken(self):
        hidden_team = self._create_team("Hidden", self.user_b, visibility='invited')
        hidden = self._create_ticket(team_id=hidden_team.id, user_id=self.user_b.id)
        secret = self._post(hidden, self.customer, "Secret")
        wizard = (
            self.env['helpdesk.ticket.split']
            .with_user(self.user_a)
            .create(
                {
                    'ticket_id': self.ticket.id,
                    'name': "Theft",
                    'line_ids': [(0, 0, {'message_id': secret.id, 'is_chosen': True})],
                }
            )
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            wizard.line_ids.read(['preview'])
        with self.assertRaises(UserError):
            wizard.action_split()

    def test_who_may_not_write_may_not_split(self):
        self._post(self.ticket, self.customer, "Alpha")
        reader = self._create_user('reader', 'helpdesk_mgmt.group_helpdesk_user_own')
        message = self.ticket.message_ids[:1]
        for lines in ([], [(0, 0, {'message_id': message.id, 'is_chosen': True})]):
            wizard = self.env['helpdesk.ticket.split'].with_user(reader)
            with self.assertRaises(UserError):
                wizard.create(
                    {'ticket_id': self.ticket.id, 'name': "New", 'line_ids': lines}
                ).action_split()
