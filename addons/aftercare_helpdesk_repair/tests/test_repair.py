from odoo.addons.aftercare_helpdesk_stock.tests.common import HelpdeskStockCommon
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged


@tagged('post_install', '-at_install')
class TestRepair(HelpdeskStockCommon):
    switch = 'can_repair'
    wizard = 'helpdesk.repair'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket.product_id = cls.serial_product
        cls.ticket.lot_id = cls.lots[0]

    def _repair(self, **values):
        form = self._open()
        for name, value in values.items():
            form[name] = value
        result = form.save().action_confirm()
        repairs = self.env['repair.order'].search([('ticket_id', '=', self.ticket.id)])
        return repairs, result

    def test_offered_by_the_team_that_repairs(self):
        self.assertEqual(self._get_action_names(), ['action_repair'])
        self.team.can_repair = False
        self.assertEqual(self._get_action_names(), [])

    def test_the_form_is_filled_from_the_ticket(self):
        form = self._open()
        self.assertEqual(form.product_id, self.serial_product)
        self.assertEqual(form.lot_id, self.lots[0])
        self.assertIn("Nothing happens", form.description)
        self.assertEqual(
            {choice['title'] for choice in form.product_choices}, {"Lamp", "Chair", "Projector"}
        )
        self.assertEqual([choice['title'] for choice in form.lot_choices], ['SN-CARLA'])

    def test_repair_by_an_agent_without_rights(self):
        self.assertFalse(self.env['repair.order'].with_user(self.user_a).has_access('read'))
        repair, result = self._repair(is_under_warranty=True)
        self.assertEqual(repair.partner_id, self.customer)
        self.assertEqual(repair.product_id, self.serial_product)
        self.assertEqual(repair.lot_id, self.lots[0])
        self.assertTrue(repair.under_warranty)
        self.assertEqual(repair.state, 'confirmed')
        self.assertIn("Nothing happens", repair.internal_notes)
        self.assertEqual(result['tag'], 'display_notification')
        self._assert_told(repair.name, "Projector · SN-CARLA", "Free of charge")

    def test_under_warranty_costs_nothing(self):
        repair, _result = self._repair(is_under_warranty=True)
        repair.move_ids = [
            Command.create(
                {'product_id': self.product.id, 'product_uom_qty': 1, 'repair_line_type': 'add'}
            )
        ]
        repair.action_create_sale_order()
        self.assertEqual(repair.sale_order_id.order_line.price_unit, 0)

    def test_the_order_may_wait_for_the_workshop(self):
        repair, _result = self._repair(is_confirmed=False)
        self.assertEqual(repair.state, 'draft')

    def test_the_return_of_the_ticket_is_where_the_product_comes_from(self):
        self.team.can_return = True
        returning = (
            self.env['helpdesk.return']
            .with_user(self.user_a)
            .create({'ticket_id': self.ticket.id, 'picking_id': self.delivery.id})
        )
        returning.action_confirm()
        repair, _result = self._repair()
        self.assertEqual(repair.picking_id.return_id, self.delivery)
        self.assertEqual(repair.partner_id, self.customer)
        self.assertEqual(repair.lot_id, self.lots[0])

    def test_who_has_rights_opens_the_order(self):
        worker = self._create_user(
            'workshop', 'helpdesk_mgmt.group_helpdesk_user,stock.group_stock_user'
        )
        action = self._open(user=worker).save().action_confirm()
        self.assertEqual(action['res_model'], 'repair.order')
        order = self.env['repair.order'].with_user(worker).browse(action['res_id'])
        self.assertEqual(Form(order).ticket_id, self.ticket)

    def test_the_agent_sees_the_result_without_rights(self):
        self._repair()
        ticket = self._as_agent()
        self.assertEqual((ticket.repair_count, ticket.repair_state), (1, "Confirmed"))
        [row] = ticket.after_sales_rows
        self.assertFalse(row['can_open'])
        self.assertEqual(row['lines'][0]['text'], "Projector · SN-CARLA")
        self.assertEqual(ticket.action_view_repairs()['params']['rows'], [row])
        Form(ticket)

    def test_the_agent_hears_of_the_end(self):
        repair, _result = self._repair()
        repair.action_repair_start()
        repair.action_repair_end()
        self._assert_agent_told("is finished")
        self.assertEqual(self._as_agent().repair_state, "Repaired")

    def test_a_product_the_customer_does_not_have_is_refused(self):
        product = self.env['product.product'].create({'name': "Yacht", 'type': 'consu'})
        with self.assertRaises(UserError):
            self._create(product_id=product.id)
        wizard = self._create()
        with self.assertRaises(UserError):
            wizard.product_id = product
            wizard.action_confirm()
        # Who is sure enters it on the ticket.
        self.ticket.product_id = product
        self.assertTrue(self._create(product_id=product.id))

    def test_another_customers_serial_number_is_refused(self):
        with self.assertRaises(UserError):
            self._create(product_id=self.serial_product.id, lot_id=self.lots[1].id)

    def test_another_teams_ticket_is_refused(self):
        with self.assertRaises(AccessError):
            self._create(user=self.outsider)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.outsider).action_repair()

    def test_a_team_that_is_switched_off_is_refused(self):
        wizard = self._create()
        self.team.can_repair = False
        with self.assertRaisesRegex(UserError, "does not offer"):
            wizard.action_confirm()
