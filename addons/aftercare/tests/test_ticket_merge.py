from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class TestTicketMerge(HelpdeskCommon):
    """What hangs on a ticket goes along when it is merged, and comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.write({'assignment_method': 'manual', 'allow_timesheets': True})
        cls.target = cls._create_ticket(name="Target", user_id=cls.user_a.id)
        cls.source = cls._create_ticket(name="Source", user_id=cls.user_a.id)
        employee = cls.env['hr.employee'].create(
            {'name': "A", 'user_id': cls.user_a.id, 'company_id': cls.company.id}
        )
        cls.time = cls.env['account.analytic.line'].create(
            {
                'ticket_id': cls.source.id,
                'employee_id': employee.id,
                'name': "Looked into it",
                'unit_amount': 1.5,
            }
        )
        cls.lead = cls.env['crm.lead'].create({'name': "More", 'ticket_id': cls.source.id})
        cls.chat = cls.env['discuss.channel'].create(
            {'name': "Visitor", 'helpdesk_ticket_id': cls.source.id}
        )
        cls.invoice = cls.env['account.move'].create(
            {
                'move_type': 'out_refund',
                'partner_id': cls.customer.id,
                'ticket_id': cls.source.id,
            }
        )
        cls.own_lead = cls.env['crm.lead'].create({'name': "Own", 'ticket_id': cls.target.id})

    def _get_tickets(self):
        return (
            self.time.ticket_id
            | self.lead.ticket_id
            | self.chat.helpdesk_ticket_id
            | self.invoice.ticket_id
        )

    def test_belongings_go_along_and_come_back(self):
        user = self.user_a  # has no right on any of them
        action = (self.source | self.target).with_user(user).action_merge()
        wizard = self.env[action['res_model']].with_user(user).with_context(**action['context'])
        wizard.create({'target_id': self.target.id}).action_merge()
        self.assertEqual(self._get_tickets(), self.target)
        self.assertEqual((self.target.hours_spent, self.source.hours_spent), (1.5, 0))

        self.source.with_user(user).action_unmerge()
        self.assertEqual(self._get_tickets(), self.source)
        self.assertEqual((self.target.hours_spent, self.source.hours_spent), (0, 1.5))
        self.assertEqual(self.own_lead.ticket_id, self.target)
