from odoo import models


class StockMove(models.Model):
    _inherit = 'stock.move'

    def _get_returnable_quantity(self):
        """Return how much was delivered and neither came back nor is on its way back."""
        self.ensure_one()
        back = sum(
            move.product_uom._compute_quantity(
                move.quantity if move.state == 'done' else move.product_uom_qty,
                self.product_uom,
                round=False,
            )
            for move in self.returned_move_ids
            if move.state != 'cancel'
        )
        return max(self.product_uom.round(self.quantity - back), 0.0)

    def _search_picking_for_assignation_domain(self):
        """Override of `stock`: what is sent in exchange gets a delivery of its own."""
        return [
            *super()._search_picking_for_assignation_domain(),
            ('ticket_id', '=', self._get_after_sales_ticket_id()),
        ]

    def _get_new_picking_values(self):
        """Override of `stock`: the delivery of what is sent in exchange belongs to the ticket."""
        return {
            **super()._get_new_picking_values(),
            'ticket_id': self._get_after_sales_ticket_id(),
        }

    def _get_after_sales_ticket_id(self):
        """Return the id of the ticket the moves are made for, if they leave for the customer."""
        # By context, since procurements do not carry values of all their sources to the moves.
        is_leaving = set(self.picking_type_id.mapped('code')) == {'outgoing'}
        return is_leaving and self.env.context.get('aftercare_helpdesk_ticket_id', False)

    def _format_after_sales_quantity(self, quantity):
        """Return a quantity for people: with its unit, unless that is plain pieces."""
        self.ensure_one()
        number = f'{self.product_uom.round(quantity):g}'
        is_pieces = self.product_uom == self.env.ref('uom.product_uom_unit', False)
        return number if is_pieces else f'{number} {self.product_uom.name}'
