from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged


@tagged('post_install', '-at_install')
class TestTemplate(HelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.assignment_method = 'manual'
        cls.type = cls.env['helpdesk.ticket.type'].create({'name': "Fault"})
        cls.tag = cls.env['helpdesk.ticket.tag'].create({'name': "Printer"})
        cls.template = cls.env['helpdesk.ticket.template'].create(
            {
                'name': "Printer does not work",
                'subject': "Printer: ",
                'description': "<p>Which model?</p>",
                'team_id': cls.team.id,
                'type_id': cls.type.id,
                'priority': '2',
                'tag_ids': [(6, 0, cls.tag.ids)],
                'checklist': "- Ask for the <serial> number\n\nTurn it off and on\n",
                'is_quick': True,
            }
        )

    def _assert_made(self, ticket):
        self.assertEqual(
            (ticket.team_id, ticket.type_id, ticket.priority, ticket.tag_ids),
            (self.team, self.type, '2', self.tag),
        )
        self.assertIn("Which model?", ticket.description)
        self.assertIn("Ask for the &lt;serial&gt; number", ticket.checklist)
        self.assertEqual(ticket.checklist_progress, '0 / 2')
        self.assertEqual(ticket.template_id, self.template)

    def test_from_the_template(self):
        action = self.template.with_user(self.user_a).action_use()
        form = Form(
            self.env['helpdesk.ticket'].with_user(self.user_a).with_context(**action['context'])
        )
        self.assertEqual(form.name, "Printer: ")
        form.name = "Printer: paper jam"
        form.partner_id = self.customer
        self._assert_made(form.save())

    def test_chosen_on_a_new_ticket(self):
        form = Form(self.Ticket.with_user(self.user_a))
        form.name = "What the customer said"
        form.template_id = self.template
        self.assertEqual(form.name, "What the customer said", "What was written is kept.")
        self.assertEqual(form.priority, '2')
        form.priority = '1'
        ticket = form.save()
        self.assertEqual(ticket.priority, '1', "What was changed stays changed.")

    def test_kind_in_quick_entry(self):
        form = Form(
            self.Ticket.with_user(self.user_a), 'aftercare_helpdesk.helpdesk_ticket_view_form_quick'
        )
        self.assertTrue(form.has_quick_templates)
        form.template_id = self.template
        form.name = "Quick"
        self._assert_made(form.save())

    def test_api_leaves_out_what_the_template_says(self):
        ticket = self.Ticket.with_user(self.user_a).create({'template_id': self.template.id})
        self._assert_made(ticket)
        self.assertEqual(ticket.name, "Printer:")
        given = self.Ticket.with_user(self.user_a).create(
            {'template_id': self.template.id, 'name': "Mine", 'priority': '0'}
        )
        self.assertEqual((given.name, given.priority), ("Mine", '0'))

    def test_progress_of_the_checklist(self):
        ticket = self._create_ticket(template_id=self.template.id)
        ticket.checklist = str(ticket.checklist).replace('<li>', '<li class="o_checked">', 1)
        self.assertEqual(ticket.checklist_progress, '1 / 2')
        self.assertFalse(self._create_ticket().checklist_progress)

    def test_who_sets_them_up(self):
        with self.assertRaises(AccessError):
            self.template.with_user(self.user_a).name = "Hacked"
        manager = self._create_user('manager', 'helpdesk_mgmt.group_helpdesk_manager')
        with Form(self.env['helpdesk.ticket.template'].with_user(manager)) as form:
            form.name = "New one"
        self.assertTrue(form.record.with_user(self.user_a).name)

    def test_tickets_of_a_template(self):
        ticket = self._create_ticket(template_id=self.template.id)
        self.assertEqual(self.template.ticket_count, 1)
        self.assertEqual(self.Ticket.search(self.template.action_view_tickets()['domain']), ticket)
