from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RecordCommon


@tagged('post_install', '-at_install')
class TestSalesperson(RecordCommon):
    """Who sells to a customer knows how he is served, and nothing else."""

    def _see(self, user, model='helpdesk.ticket.record'):
        self.env.flush_all()
        return self.env[model].with_user(user).search([])

    def _get_heads(self, user):
        return self._see(user, 'helpdesk.ticket.head').filtered(
            lambda head: head.id == self.ticket.id
        )

    def test_own_customers(self):
        self.assertIn(self.record, self._see(self.seller))
        self.assertNotIn(self.record, self._see(self.other_seller))
        self.assertTrue(self.record.with_user(self.seller).has_access('read'))
        self.assertFalse(self.record.with_user(self.other_seller).has_access('read'))

    def test_head_of_the_ticket(self):
        head = self._get_heads(self.seller)
        self.assertEqual((head.number, head.name), (self.ticket.number, self.ticket.name))
        self.assertEqual(head.stage_id, self.ticket.stage_id)
        self.assertEqual(head.record_ids, self.record)
        self.assertEqual((head.progress, head.customer_status), ('analysis', 'down'))
        self.assertFalse(self._get_heads(self.other_seller))
        self.assertFalse(
            self.env['helpdesk.ticket.head']
            .browse(self.ticket.id)
            .with_user(self.other_seller)
            .has_access('read')
        )

    def test_head_of_a_ticket_without_entries(self):
        ticket = self._create_ticket(name="Quiet")
        self.env.flush_all()
        heads = self._see(self.seller, 'helpdesk.ticket.head')
        head = heads.filtered(lambda head: head.id == ticket.id)
        self.assertEqual(head.name, "Quiet")
        self.assertFalse(head.record_ids)
        self.assertFalse(head.progress)

    def test_entry_names_the_ticket(self):
        record = self.record.with_user(self.seller)
        self.assertEqual(record.ticket_number, self.ticket.number)
        self.assertEqual(record.ticket_name, self.ticket.name)
        self.assertEqual(record.display_name, self.ticket.number)
        self.assertTrue(record.web_read({'author_id': {'fields': {'display_name': {}}}}))

    def test_nothing_else_of_the_ticket(self):
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.seller).read(['description'])
        self.assertNotIn(self.ticket, self.Ticket.with_user(self.seller).search([]))

    def test_nothing_is_changed(self):
        for record in (self.record, self._get_heads(self.seller)):
            with self.assertRaises(AccessError):
                record.with_user(self.seller).write({'ticket_id': 1})
            with self.assertRaises(AccessError):
                record.with_user(self.seller).unlink()
        with self.assertRaises(AccessError):
            self._add(self.seller, handling="Sold something")

    def test_salesperson_of_the_contact_himself(self):
        self.customer.user_id = self.other_seller
        self.assertIn(self.record, self._see(self.other_seller))

    def test_new_salesperson_sees_it_at_once_and_the_former_no_more(self):
        self.customer_company.user_id = self.other_seller
        self.assertIn(self.record, self._see(self.other_seller))
        self.assertNotIn(self.record, self._see(self.seller))

    def test_teams_of_invited_people_stay_among_themselves(self):
        self.team.visibility = 'invited'
        self.assertNotIn(self.record, self._see(self.seller))
        self.assertFalse(self._get_heads(self.seller))

    def test_ticket_without_team(self):
        self.ticket.team_id = False
        self.assertTrue(self._get_heads(self.seller))

    def test_other_company(self):
        company = self.env['res.company'].create({'name': "Elsewhere"})
        self.seller.company_ids += company
        for model in ('helpdesk.ticket.record', 'helpdesk.ticket.head'):
            Model = self.env[model].with_user(self.seller)
            self.assertFalse(Model.with_context(allowed_company_ids=company.ids).search([]))

    def test_button_on_the_contact(self):
        contact = self.customer.with_user(self.seller)
        self.assertEqual(contact.service_record_count, 1)
        self.assertEqual(self.customer_company.with_user(self.seller).service_record_count, 1)
        self.assertEqual(self.stranger.with_user(self.seller).service_record_count, 0)
        action = contact.action_view_service_records()
        heads = self.env[action['res_model']].with_user(self.seller).search(action['domain'])
        self.assertEqual(heads.ids, self.ticket.ids)
        self.assertEqual(self.customer.with_user(self.other_seller).service_record_count, 0)

    def test_counting_does_not_grow_with_the_contacts(self):
        def count(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            partners = partners.with_user(self.seller)
            partners.env.user.has_group('base.group_user')
            start = self.env.cr.sql_log_count
            partners.mapped('service_record_count')
            return self.env.cr.sql_log_count - start

        count(self.customer)
        everybody = self.customer | self.colleague | self.customer_company | self.stranger
        self.assertLessEqual(count(everybody), count(self.customer))
