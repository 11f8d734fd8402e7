from odoo.addons.aftercare_helpdesk_after_sales.tests.common import AfterSalesCommon
from odoo.fields import Command


class HelpdeskStockCommon(AfterSalesCommon):
    """Something was delivered to the customer, something to a stranger."""

    switch = 'can_return'
    wizard = 'helpdesk.return'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env['stock.warehouse'].search(
            [('company_id', '=', cls.company.id)], limit=1
        )
        cls.serial_product = cls.env['product.product'].create(
            {'name': "Projector", 'type': 'consu', 'is_storable': True, 'tracking': 'serial'}
        )
        cls.lots = cls.env['stock.lot'].create(
            [
                {'name': name, 'product_id': cls.serial_product.id}
                for name in ('SN-CARLA', 'SN-STRANGER')
            ]
        )
        cls.delivery = cls._deliver(
            cls.colleague,
            (cls.product, 3),
            (cls.other_product, 1),
            (cls.serial_product, cls.lots[0]),
        )
        cls.stranger_delivery = cls._deliver(
            cls.stranger, (cls.product, 5), (cls.serial_product, cls.lots[1])
        )

    @classmethod
    def _deliver(cls, partner, *products, done=True):
        """Deliver pairs of a product and a quantity, or of a product and its serial number."""
        location = cls.warehouse.lot_stock_id
        destination = cls.env.ref('stock.stock_location_customers')
        picking = cls.env['stock.picking'].create(
            {
                'picking_type_id': cls.warehouse.out_type_id.id,
                'location_id': location.id,
                'location_dest_id': destination.id,
                'partner_id': partner.id,
            }
        )
        for product, what in products:
            is_lot = not isinstance(what, int)
            cls.env['stock.move'].create(
                {
                    'picking_id': picking.id,
                    'product_id': product.id,
                    'product_uom_qty': 1 if is_lot else what,
                    'location_id': location.id,
                    'location_dest_id': destination.id,
                    'picked': True,
                    'move_line_ids': [
                        Command.create(
                            {
                                'picking_id': picking.id,
                                'product_id': product.id,
                                'lot_id': what.id if is_lot else False,
                                'quantity': 1 if is_lot else what,
                                'location_id': location.id,
                                'location_dest_id': destination.id,
                            }
                        )
                    ],
                }
            )
        if done:
            picking._action_done()
        return picking

    @classmethod
    def _get_move(cls, picking, product):
        return picking.move_ids.filtered(lambda move: move.product_id == product)

    def _receive(self, picking):
        for move in picking.move_ids:
            move.write({'quantity': move.product_uom_qty, 'picked': True})
        picking._action_done()
