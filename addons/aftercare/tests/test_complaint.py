from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class TestComplaint(HelpdeskCommon):
    """Whom a complaint is about has no part in it, whatever a team does with its tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env['helpdesk.ticket.type'].create(
            {'name': "Test complaint", 'kind': 'complaint'}
        )
        cls.manager = cls._create_user('mona', 'helpdesk_mgmt.group_helpdesk_manager')
        cls.ticket = cls._create_ticket(user_id=cls.user_a.id)
        cls.complaint = cls._create_ticket(
            name="I am not amused",
            type_id=cls.kind.id,
            complaint_ticket_id=cls.ticket.id,
            user_id=cls.user_b.id,
        )

    def test_reviewer(self):
        self.team.write({'review_mode': 'one', 'review_user_ids': [(6, 0, self.user_a.ids)]})
        self.complaint.write({'complaint_finding': 'justified', 'complaint_measure': "Talk"})
        self.complaint.with_user(self.user_b).action_resolve()
        self.assertEqual(self.complaint.review_state, 'pending')
        self.assertTrue(self.complaint.review_user_ids)
        self.assertNotIn(self.user_a, self.complaint.review_user_ids)

    def test_part(self):
        message = self._post(self.complaint, self.customer, "And one thing more")
        split = self.env['helpdesk.ticket.split'].with_user(self.manager)
        wizard = split.create(
            {
                'ticket_id': self.complaint.id,
                'name': "One thing more",
                'team_id': self.team.id,
                'type_id': self.kind.id,
                'partner_id': self.customer.id,
                'line_ids': [(0, 0, {'message_id': message.id, 'is_chosen': True})],
            }
        )
        part = self.env['helpdesk.ticket'].browse(wizard.action_split()['res_id'])
        self.assertEqual(part.complaint_agent_ids, self.user_a)
        self.assertEqual(part.complaint_ticket_id, self.ticket)
        self.assertFalse(part.with_user(self.user_a).has_access('read'))
