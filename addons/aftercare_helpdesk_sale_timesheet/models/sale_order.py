from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    ticket_count = fields.Integer(
        string="Tickets",
        compute='_compute_ticket_count',
        groups='helpdesk_mgmt.group_helpdesk_user_own',
    )

    # === COMPUTE METHODS === #

    def _compute_ticket_count(self):
        counts = dict(
            self.env['helpdesk.ticket']._read_group(
                [('sale_order_id', 'in', self.ids)], ['sale_order_id'], ['__count']
            )
        )
        for order in self:
            order.ticket_count = counts.get(order._origin, 0)

    # === ACTION METHODS === #

    def action_view_tickets(self):
        """List the tickets whose time counts for the order."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'helpdesk_mgmt.helpdesk_ticket_action'
        )
        return {
            **action,
            'name': self.env._("Tickets of %(order)s", order=self.name),
            'domain': [('sale_order_id', '=', self.id)],
            'context': {'create': False},
        }
