from odoo.tests import HttpCase, tagged

from .common import HelpdeskStockCommon


@tagged('post_install', '-at_install')
class TestReturnTour(HelpdeskStockCommon, HttpCase):
    def test_return_in_the_browser(self):
        self.user_a.write({'lang': 'en_US', 'password': 'helpdesk_ada'})
        self.start_tour(
            f'/odoo/action-helpdesk_mgmt.helpdesk_ticket_action/{self.ticket.id}',
            'aftercare_helpdesk_return',
            login='helpdesk_ada',
        )
        picking = self.env['stock.picking'].search([('ticket_id', '=', self.ticket.id)])
        self.assertEqual(picking.return_id, self.delivery)
        self.assertEqual(picking.move_ids.product_uom_qty, 2)
