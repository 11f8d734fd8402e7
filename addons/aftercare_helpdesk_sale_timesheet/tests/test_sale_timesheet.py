from odoo.addons.aftercare_helpdesk_timesheet.tests.common import HelpdeskTimesheetCommon
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user


class TestSaleTimesheet(HelpdeskTimesheetCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.is_time_billed = True
        hour = cls.env.ref('uom.product_uom_hour')
        cls.prepaid, cls.by_time = cls.env['product.product'].create(
            [
                {
                    'name': name,
                    'type': 'service',
                    'uom_id': hour.id,
                    'list_price': 100,
                    'service_policy': policy,
                    'taxes_id': False,
                }
                for name, policy in (
                    ("Prepaid support", 'ordered_prepaid'),
                    ("Support by the hour", 'delivered_timesheet'),
                )
            ]
        )
        cls.seller = cls._create_user(
            'sam', 'helpdesk_mgmt.group_helpdesk_user,sales_team.group_sale_salesman_all_leads'
        )

    @classmethod
    def _sell(cls, product, hours=10, partner=None, is_confirmed=True):
        """Sell hours, and return the order line."""
        order = cls.env['sale.order'].create(
            {
                'partner_id': (partner or cls.customer_company).id,
                'order_line': [
                    Command.create({'product_id': product.id, 'product_uom_qty': hours})
                ],
            }
        )
        if is_confirmed:
            order.action_confirm()
        return order.order_line

    def _as_agent(self, ticket):
        ticket = ticket.with_user(self.user_a)
        ticket.invalidate_recordset()
        return ticket

    def test_prepaid_hours_are_chosen_before_hours_to_bill(self):
        self._sell(self.by_time)
        prepaid = self._sell(self.prepaid)
        ticket = self.Ticket.with_user(self.user_a).create(self._prepare_ticket())
        self.assertEqual(ticket.sudo().sale_line_id, prepaid)
        self.assertEqual(ticket.sudo().sale_order_id, prepaid.order_id)

    def test_what_is_used_up_is_not_chosen(self):
        used = self._sell(self.prepaid, hours=1)
        ticket = self._create_ticket()
        self._log(self.user_a, ticket, hours=1)
        self.assertEqual(ticket.sale_line_id, used)
        self.assertEqual(used.remaining_hours, 0)
        self.assertFalse(self._create_ticket().sale_line_id)
        by_time = self._sell(self.by_time)
        self.assertEqual(self._create_ticket().sale_line_id, by_time)

    def test_quotations_and_other_products_are_not_chosen(self):
        self._sell(self.prepaid, is_confirmed=False)
        goods = self.env['product.product'].create({'name': "Lamp", 'type': 'consu'})
        self._sell(goods)
        self.assertFalse(self._create_ticket().sale_line_id)

    def test_nothing_is_chosen_where_time_is_not_billed(self):
        self._sell(self.prepaid)
        self.team.is_time_billed = False
        self.assertFalse(self._create_ticket().sale_line_id)

    def test_what_a_stranger_bought_is_not_chosen(self):
        self._sell(self.prepaid, partner=self.stranger)
        self.assertFalse(self._create_ticket().sale_line_id)

    def test_a_late_customer_brings_his_hours(self):
        line = self._sell(self.prepaid)
        other_line = self._sell(self.prepaid, partner=self.stranger)
        ticket = self._create_ticket(partner_id=False, partner_name="Somebody")
        self.assertFalse(ticket.sale_line_id)
        time = self._log(self.user_a, ticket)
        self.assertFalse(time.sudo().so_line)
        ticket.partner_id = self.stranger
        self.assertEqual(ticket.sale_line_id, other_line)
        self.assertEqual(time.sudo().so_line, other_line)
        ticket.partner_id = self.customer
        self.assertEqual(time.sudo().so_line, line)
        self.assertEqual((line.qty_delivered, other_line.qty_delivered), (1, 0))

    def test_many_tickets_look_their_hours_up_at_once(self):
        line = self._sell(self.prepaid)
        tickets = self.Ticket.create([self._prepare_ticket() for _ in range(3)])
        self.assertEqual(tickets.sale_line_id, line)
        tickets.invalidate_recordset()
        with self.assertQueryCount(12):
            tickets.mapped('sale_line_choices')

    def test_prepaid_time_is_delivered(self):
        line = self._sell(self.prepaid)
        ticket = self._create_ticket()
        time = self._log(self.user_a, ticket, hours=2.5)
        self.assertEqual(time.sudo().so_line, line)
        self.assertEqual(line.qty_delivered, 2.5)
        self.assertEqual(line.remaining_hours, 7.5)
        agent = self._as_agent(ticket)
        self.assertEqual(agent.prepaid_hours_left, 7.5)
        self.assertEqual(agent.prepaid_state, 'ok')

    def test_warned_before_and_after_the_end(self):
        self._sell(self.prepaid)
        ticket = self._create_ticket()
        self._log(self.user_a, ticket, hours=9)
        self.assertEqual(self._as_agent(ticket).prepaid_state, 'low')
        self._log(self.user_a, ticket, hours=1.5)
        self.assertEqual(self._as_agent(ticket).prepaid_state, 'used')
        self.assertEqual(self._as_agent(ticket).prepaid_hours_left, -0.5)

    def test_time_is_invoiced(self):
        line = self._sell(self.by_time)
        ticket = self._create_ticket()
        time = self._log(self.user_a, ticket, hours=3)
        self.assertFalse(self._as_agent(ticket).prepaid_state)
        self.assertEqual(line.qty_to_invoice, 3)
        invoice = line.order_id._create_invoices()
        self.assertEqual(invoice.invoice_line_ids.quantity, 3)
        self.assertEqual(time.sudo().timesheet_invoice_id, invoice)
        invoice.action_post()
        self.assertTrue(time.readonly_timesheet)
        with self.assertRaises(ValidationError):
            time.is_ticket_billable = False

    def test_time_that_is_not_billable(self):
        line = self._sell(self.prepaid)
        ticket = self._create_ticket()
        ticket.with_user(self.user_a).write(
            {
                'timesheet_ids': [
                    Command.create(
                        {'name': "Our own", 'unit_amount': 1, 'is_ticket_billable': False}
                    ),
                    Command.create({'name': "Their own", 'unit_amount': 2}),
                ]
            }
        )
        self.assertEqual(line.qty_delivered, 2)
        own, theirs = ticket.timesheet_ids.sorted('unit_amount')
        self.assertFalse(own.so_line)
        self.assertEqual(own.timesheet_invoice_type, 'non_billable')
        self.assertEqual(theirs.so_line, line)
        own.with_user(self.user_a).is_ticket_billable = True
        self.assertEqual(line.qty_delivered, 3)

    def test_time_stays_where_it_was_when_the_ticket_goes_on_elsewhere(self):
        line = self._sell(self.prepaid, hours=1)
        ticket = self._create_ticket()
        time = self._log(self.user_a, ticket)
        more = self._sell(self.prepaid)
        ticket.with_user(self.user_a).sale_line_id = more.id
        later = self._log(self.user_a, ticket)
        self.assertEqual(time.sudo().so_line, line)
        self.assertEqual(later.sudo().so_line, more)
        self.assertEqual((line.qty_delivered, more.qty_delivered), (1, 1))

    def test_an_agent_chooses_among_the_customers_hours(self):
        line = self._sell(self.prepaid)
        by_time = self._sell(self.by_time)
        foreign = self._sell(self.prepaid, partner=self.stranger)
        ticket = self._create_ticket()
        choices = self._as_agent(ticket).sale_line_choices
        self.assertEqual([choice['id'] for choice in choices], [line.id, by_time.id])
        self.assertIn("10:00", choices[0]['title'])
        self.assertNotIn(foreign.id, [choice['id'] for choice in choices])
        self._as_agent(ticket).write({'sale_line_id': by_time.id})
        self.assertEqual(ticket.sale_line_id, by_time)

    def test_hours_of_a_foreign_customer_are_refused(self):
        self._sell(self.prepaid)
        foreign = self._sell(self.prepaid, partner=self.stranger)
        ticket = self._create_ticket()
        with self.assertRaises(ValidationError):
            self._as_agent(ticket).write({'sale_line_id': foreign.id})
        with self.assertRaises(ValidationError):
            self._log(self.user_a, ticket, so_line=foreign.id, is_so_line_edited=True)
        time = self._log(self.user_a, ticket)
        with self.assertRaises(ValidationError):
            time.write({'so_line': foreign.id, 'is_so_line_edited': True})

    def test_agents_do_not_read_sales_orders(self):
        line = self._sell(self.prepaid)
        self._create_ticket()
        with self.assertRaises(AccessError):
            line.with_user(self.user_a).read(['price_unit'])

    def test_the_order_leads_to_its_tickets(self):
        line = self._sell(self.prepaid)
        tickets = self._create_ticket() | self._create_ticket()
        order = line.order_id.with_user(self.seller)
        self.assertEqual(order.ticket_count, 2)
        action = order.action_view_tickets()
        self.assertEqual(self.Ticket.search(action['domain']), tickets)
        self.assertFalse(self._as_agent(tickets[0]).can_open_sale_order)
        ticket = tickets[0].with_user(self.seller)
        self.assertTrue(ticket.can_open_sale_order)
        self.assertEqual(ticket.action_view_sale_order()['res_id'], order.id)

    def test_customers_read_nothing_of_it(self):
        self._sell(self.prepaid)
        ticket = self._create_ticket()
        portal = new_test_user(
            self.env, login='carla', groups='base.group_portal', partner_id=self.customer.id
        )
        for name in ('sale_line_id', 'sale_line_choices', 'prepaid_hours_left'):
            with self.subTest(name), self.assertRaises(AccessError):
                ticket.with_user(portal).read([name])
        self.assertEqual(ticket.with_user(portal).name, ticket.name)
