from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import HelpdeskStockCommon


@tagged('post_install', '-at_install')
class TestReturn(HelpdeskStockCommon):
    def _return(self, quantity=2, **values):
        form = self._open()
        form.picking_id = self.delivery
        for name, value in values.items():
            form[name] = value
        with form.line_ids.edit(0) as line:
            line.quantity = quantity
        return form.save()

    def _prepare_line(self, picking, quantity=1, product=None):
        move = self._get_move(picking, product or self.product)
        return {'line_ids': [Command.create({'move_id': move.id, 'quantity': quantity})]}

    # --- what is offered ---

    def test_offered_only_where_something_was_delivered(self):
        self.assertEqual(self._get_action_names(), ['action_return'])
        newcomer = self.env['res.partner'].create({'name': "Newcomer"})
        self._deliver(newcomer, (self.product, 1), done=False)
        ticket = self._create_ticket(partner_id=newcomer.id)
        self.assertEqual(self._get_action_names(ticket), [])

    def test_not_offered_by_a_team_that_does_not_take_back(self):
        self.team.can_return = False
        self.assertEqual(self._get_action_names(), [])

    def test_only_deliveries_to_the_customer_can_be_chosen(self):
        form = self._open()
        self.assertEqual([choice['id'] for choice in form.picking_choices], self.delivery.ids)
        self.assertEqual(form.picking_id, self.delivery)
        lines = form.line_ids._records
        self.assertEqual(
            [line['name'] for line in lines], ["Lamp", "Chair", "Projector · SN-CARLA"]
        )
        self.assertEqual([line['quantity'] for line in lines], [0, 0, 0])

    def test_the_product_of_the_ticket_is_proposed(self):
        self.ticket.product_id = self.product
        self._deliver(self.customer, (self.other_product, 1))
        form = self._open()
        self.assertEqual(form.picking_id, self.delivery)
        self.assertEqual([line['quantity'] for line in form.line_ids._records], [3, 0, 0])

    # --- what is done ---

    def test_return_by_an_agent_without_rights(self):
        self.assertFalse(self.env['stock.picking'].with_user(self.user_a).has_access('read'))
        self._return(quantity=2, reason="Too bright").action_confirm()
        picking = self.env['stock.picking'].search([('ticket_id', '=', self.ticket.id)])
        self.assertEqual(picking.return_id, self.delivery)
        self.assertEqual(picking.picking_type_id.code, 'incoming')
        self.assertEqual(picking.move_ids.product_id, self.product)
        self.assertEqual(picking.move_ids.product_uom_qty, 2)
        self._assert_told(picking.name, self.delivery.name, "2 × Lamp")
        self.assertIn("Too bright", self._get_last_message('mail.mt_note').body)

    def test_the_customer_need_not_be_told(self):
        before = self._get_last_message()
        self._return(is_customer_told=False).action_confirm()
        self.assertEqual(self._get_last_message(), before)

    def test_nothing_comes_back_more_than_once(self):
        self._return(quantity=2).action_confirm()
        form = self._open()
        self.assertEqual(form.line_ids._records[0]['returnable'], 1)
        with self.assertRaisesRegex(UserError, "1 can come back at most"):
            self._return(quantity=2).action_confirm()
        self._return(quantity=1).action_confirm()
        self.assertEqual(self._as_agent().return_count, 2)

    def test_a_cancelled_return_frees_the_quantity(self):
        self._return(quantity=3).action_confirm()
        self.env['stock.picking'].search([('ticket_id', '=', self.ticket.id)]).action_cancel()
        self.assertEqual(self._open().line_ids._records[0]['returnable'], 3)

    def test_nothing_at_all_is_no_return(self):
        with self.assertRaises(UserError):
            self._return(quantity=0).action_confirm()

    def test_exchange_sends_another_one(self):
        self._return(quantity=1, kind='exchange').action_confirm()
        pickings = self.env['stock.picking'].search([('ticket_id', '=', self.ticket.id)])
        back = pickings.filtered(lambda picking: picking.picking_type_id.code == 'incoming')
        out = pickings - back
        self.assertEqual(back.move_ids.product_id, self.product)
        self.assertEqual(out.mapped('picking_type_id.code'), ['outgoing'])
        self.assertEqual(out.move_ids.product_id, self.product)
        self.assertEqual(out.move_ids.product_uom_qty, 1)
        self._assert_told(back.name, out.name)

    def test_what_is_exchanged_joins_no_other_delivery(self):
        waiting = self._deliver(self.colleague, (self.product, 1), done=False)
        self._return(quantity=1, kind='exchange').action_confirm()
        self.assertFalse(waiting.ticket_id)
        self.assertEqual(waiting.move_ids.product_uom_qty, 1)

    # --- what is seen ---

    def test_the_agent_sees_the_result_without_rights(self):
        self._return(quantity=2).action_confirm()
        ticket = self._as_agent()
        self.assertEqual((ticket.return_count, ticket.return_state), (1, "Expected"))
        [row] = ticket.after_sales_rows
        self.assertEqual(row['lines'], [{'text': "Lamp", 'value': "2"}])
        self.assertFalse(row['can_open'])
        action = ticket.action_view_returns()
        self.assertEqual(action['tag'], 'helpdesk_after_sales_results')
        self.assertEqual(action['params']['rows'], [row])
        Form(ticket)

    def test_who_has_rights_opens_the_transfer(self):
        self._return().action_confirm()
        # Core's form of transfers asks for the right to contacts where `delivery` is installed.
        worker = self._create_user(
            'stock',
            'helpdesk_mgmt.group_helpdesk_user,stock.group_stock_user,base.group_partner_manager',
        )
        ticket = self._as_agent(user=worker)
        self.assertTrue(ticket.after_sales_rows[0]['can_open'])
        action = ticket.action_view_returns()
        self.assertEqual(action['res_model'], 'stock.picking')
        form = Form(self.env['stock.picking'].with_user(worker).browse(action['res_id']))
        self.assertEqual(form.ticket_id, self.ticket)

    def test_the_agent_hears_of_the_arrival(self):
        self._return().action_confirm()
        picking = self.env['stock.picking'].search([('ticket_id', '=', self.ticket.id)])
        worker = new_test_user(
            self.env, login='after_sales_stock', groups='stock.group_stock_user', email=False
        )
        self._receive(picking.with_user(worker))
        self._assert_agent_told("was received")
        self.assertEqual(self._as_agent().return_state, "Received")

    def test_what_is_still_to_come_belongs_to_the_ticket(self):
        self._return(quantity=3).action_confirm()
        picking = self.env['stock.picking'].search([('ticket_id', '=', self.ticket.id)])
        picking.move_ids.write({'quantity': 1, 'picked': True})
        picking._action_done()
        self.assertEqual(picking.backorder_ids.ticket_id, self.ticket)

    def test_many_tickets_cost_as_few_queries_as_two(self):
        tickets = self.Ticket.create([self._prepare_ticket() for _index in range(10)])
        for ticket in tickets:
            picking = self._deliver(self.customer, (self.product, 1), done=False)
            picking.ticket_id = ticket
        costs = []
        for some in (tickets[:2], tickets[:2], tickets):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(some.with_user(self.user_a).mapped('return_count'), [1] * len(some))
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[2], costs[1])

    # --- what is refused ---

    def test_another_customers_delivery_is_refused(self):
        with self.assertRaises(UserError):
            self._create(
                picking_id=self.stranger_delivery.id, **self._prepare_line(self.stranger_delivery)
            )
        # The same by an edit of what was allowed.
        wizard = self._return()
        with self.assertRaises(UserError):
            wizard.picking_id = self.stranger_delivery
            wizard.action_confirm()

    def test_another_customers_line_is_refused(self):
        wizard = self._create(picking_id=self.delivery.id)
        with self.assertRaises(UserError):
            wizard.write(self._prepare_line(self.stranger_delivery))
            wizard.action_confirm()

    def test_nothing_of_another_customer_can_be_read(self):
        values = self.env['helpdesk.return'].with_user(self.user_a)
        result = values.onchange(
            {'ticket_id': self.ticket.id, 'picking_id': self.stranger_delivery.id},
            ['picking_id'],
            {'ticket_id': {}, 'picking_id': {}, 'line_ids': {'fields': {'name': {}}}},
        )
        self.assertFalse(
            [command for command in result['value'].get('line_ids', []) if command[0] == 0]
        )

    def test_a_dialog_is_for_who_has_opened_it(self):
        wizard = self._return()
        self.assertTrue(wizard.has_access('read'))
        for records in (wizard, wizard.line_ids):
            self.assertFalse(records.with_user(self.user_b).has_access('read'))

    def test_another_teams_ticket_is_refused(self):
        with self.assertRaises(AccessError):
            self._create(user=self.outsider, picking_id=self.delivery.id)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.outsider).action_return()

    def test_a_follower_who_may_only_read_is_refused(self):
        employee = new_test_user(self.env, login='after_sales_reader', groups='base.group_user')
        self.ticket.message_subscribe(employee.partner_id.ids)
        with self.assertRaises(AccessError):
            self._create(user=employee, picking_id=self.delivery.id)

    def test_a_team_that_is_switched_off_is_refused(self):
        wizard = self._return()
        self.team.can_return = False
        with self.assertRaisesRegex(UserError, "does not offer"):
            wizard.action_confirm()
        with self.assertRaises(UserError):
            self._create(picking_id=self.delivery.id)

    def test_an_open_delivery_is_refused(self):
        picking = self._deliver(self.customer, (self.product, 1), done=False)
        with self.assertRaises(UserError):
            self._create(picking_id=picking.id)

    def test_too_much_and_less_than_nothing_are_refused(self):
        for quantity in (4, -1):
            with self.assertRaises(UserError):
                self._create(
                    picking_id=self.delivery.id, **self._prepare_line(self.delivery, quantity)
                )
        twice = self._prepare_line(self.delivery, 2)['line_ids'] * 2
        with self.assertRaises(UserError):
            self._create(picking_id=self.delivery.id, line_ids=twice)

    # --- serial numbers ---

    def test_the_serial_number_is_one_of_the_customers(self):
        ticket = self._as_agent()
        with Form(ticket) as form:
            form.product_id = self.serial_product
            self.assertEqual([lot['title'] for lot in form.lot_choices], ['SN-CARLA'])
            form.lot_id = self.lots[0]
        lines = self._open().line_ids._records
        self.assertEqual([line['quantity'] for line in lines], [0, 0, 1])
        with self.assertRaises(ValidationError):
            ticket.lot_id = self.lots[1]
        ticket.product_id = self.product
        self.assertFalse(ticket.sudo().lot_id)
