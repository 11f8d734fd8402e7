from odoo import models
from odoo.fields import Domain
from odoo.tools import format_duration


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    # === BUSINESS METHODS === #

    def _get_ticket_time_domain(self, commercial_partners):
        """Return the order lines the time on tickets of customers may count for."""
        return (
            Domain('order_partner_id.commercial_partner_id', 'in', commercial_partners.ids)
            & Domain('state', '=', 'sale')
            & Domain('qty_delivered_method', '=', 'timesheet')
        )

    def _is_ticket_time_left(self):
        """Tell whether time may still be logged on the line without exceeding what was prepaid."""
        self.ensure_one()
        return not self.remaining_hours_available or self.remaining_hours > 0

    def _sort_for_tickets(self):
        """Return the lines in the order in which they are used: prepaid hours, the oldest first."""
        return self.sorted(
            lambda line: (not line.remaining_hours_available, line.order_id.date_order, line.id)
        )

    def _get_ticket_choice(self):
        """Return how the line is offered on a ticket, to whom sees no sales orders."""
        self.ensure_one()
        if self.remaining_hours_available:
            subtitle = self.env._(
                "%(hours)s prepaid hours left", hours=format_duration(self.remaining_hours)
            )
        else:
            subtitle = self.env._("billed by time")
        name = (self.name or '').split('\n')[0]
        return {
            'id': self.id,
            'title': f'{self.order_id.name} · {name} ({subtitle})',
        }
