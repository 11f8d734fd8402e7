from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import AfterSalesCommon


@tagged('post_install', '-at_install')
class TestAfterSales(AfterSalesCommon):
    def test_a_new_team_offers_nothing(self):
        self.assertEqual(self._get_action_names(), [])
        self.assertFalse(self._as_agent().after_sales_rows)

    def test_the_form_opens_for_an_agent_without_other_rights(self):
        with Form(self.ticket.with_user(self.user_a)) as form:
            form.product_id = self.product
        self.assertEqual(self.ticket.product_id, self.product)

    def test_the_form_of_a_new_ticket_opens(self):
        form = Form(self.env['helpdesk.ticket'].with_user(self.user_a))
        form.name = "New"
        form.description = "<p>New</p>"
        form.partner_id = self.customer
        self.assertFalse(form.save().after_sales_actions)

    def test_the_summary_is_for_helpdesk_users_only(self):
        portal = new_test_user(
            self.env,
            login='after_sales_portal',
            groups='base.group_portal',
            partner_id=self.customer.id,
        )
        employee = new_test_user(self.env, login='after_sales_employee', groups='base.group_user')
        self.ticket.message_subscribe(employee.partner_id.ids)
        for user in (portal, employee):
            ticket = self.ticket.with_user(user)
            self.assertTrue(ticket.read(['name']))
            for name in ('after_sales_rows', 'after_sales_actions'):
                with self.assertRaises(AccessError):
                    ticket.read([name])

    def test_lists_count_queries_not_tickets(self):
        tickets = self.Ticket.create([self._prepare_ticket() for _index in range(20)])
        for few in (tickets[:2], tickets):
            few.with_user(self.user_a).mapped('name')
        few, many = tickets[:2].with_user(self.user_a), tickets.with_user(self.user_a)
        few.mapped('after_sales_rows')
        before = self.env.cr.sql_log_count
        few.invalidate_recordset(['after_sales_rows'])
        few.mapped('after_sales_rows')
        cost = self.env.cr.sql_log_count - before
        many.invalidate_recordset(['after_sales_rows'])
        with self.assertQueryCount(cost):
            many.mapped('after_sales_rows')
