from odoo import models


class StockPicking(models.Model):
    _name = 'stock.picking'
    _inherit = ['stock.picking', 'helpdesk.after.sales.document']

    def _create_backorder_picking(self):
        """Override of `stock`: what is still to come belongs to the same ticket."""
        backorder = super()._create_backorder_picking()
        backorder.ticket_id = self.ticket_id
        return backorder

    def _action_done(self):
        """Override of `stock`: tell the agents what has arrived."""
        result = super()._action_done()
        self.filtered(lambda picking: picking.state == 'done')._tell_after_sales_done()
        return result

    def _is_after_sales_return(self):
        """Tell whether the transfer brings something back; else it takes something out."""
        self.ensure_one()
        return self.location_id.usage == 'customer'

    def _get_after_sales_kind(self):
        """Override of `aftercare_helpdesk_after_sales`: a return, or what is sent instead."""
        if self._is_after_sales_return():
            return (self.env._("Return"), 'fa-undo')
        return (self.env._("Exchange"), 'fa-truck')

    def _get_after_sales_state(self):
        """Override of `aftercare_helpdesk_after_sales`: where the goods are."""
        if self.state == 'cancel':
            return (self.env._("Cancelled"), 'secondary')
        is_return = self._is_after_sales_return()
        if self.state == 'done':
            return (self.env._("Received") if is_return else self.env._("Shipped"), 'success')
        return (self.env._("Expected") if is_return else self.env._("To Ship"), 'info')

    def _get_after_sales_lines(self):
        """Override of `aftercare_helpdesk_after_sales`: the products."""
        is_done = self.state == 'done'
        return [
            {
                'text': move.product_id.display_name,
                'value': move._format_after_sales_quantity(
                    move.quantity if is_done else move.product_uom_qty
                ),
            }
            for move in self.move_ids
        ]

    def _get_after_sales_done_note(self):
        """Override of `aftercare_helpdesk_after_sales`: say it in words of the warehouse."""
        values = {'name': self.name, 'products': self._get_after_sales_summary()}
        if self._is_after_sales_return():
            return self.env._("The return %(name)s was received: %(products)s", **values)
        return self.env._("The exchange %(name)s was shipped: %(products)s", **values)
