from odoo import api, fields, models
from odoo.fields import Domain


class HelpdeskDesk(models.AbstractModel):
    """The desk shows deadlines."""

    _inherit = 'helpdesk.desk'

    @api.model
    def _get_counters(self, domain, load, days, ratings):
        """Override of `aftercare_helpdesk` to count missed deadlines and those of today."""
        counters = super()._get_counters(domain, load, days, ratings)
        Ticket = self.env['helpdesk.ticket']
        is_open = domain & Domain('closed', '=', False)
        now, tomorrow = fields.Datetime.now(), self._get_day_start(-1)
        overdue = is_open & Domain('sla_deadline', '<', fields.Datetime.to_string(now))
        today = (
            is_open
            & Domain('sla_deadline', '>=', fields.Datetime.to_string(now))
            & Domain('sla_deadline', '<', fields.Datetime.to_string(tomorrow))
        )
        counters[2:2] = [
            {
                'key': 'overdue',
                'label': self.env._("Overdue"),
                'value': Ticket.search_count(overdue),
                'icon': 'fa-clock-o',
                'tone': 'danger',
                'domain': list(overdue),
            },
            {
                'key': 'due_today',
                'label': self.env._("Due today"),
                'value': Ticket.search_count(today),
                'icon': 'fa-calendar-check-o',
                'tone': 'warning',
                'domain': list(today),
            },
        ]
        return counters

    @api.model
    def _get_row_fields(self):
        return [*super()._get_row_fields(), 'sla_deadline']

    @api.model
    def _get_rows(self, tickets):
        rows = super()._get_rows(tickets)
        now = fields.Datetime.now()
        for row, ticket in zip(rows, tickets, strict=True):
            row['deadline'] = fields.Datetime.to_string(ticket.sla_deadline)
            row['is_overdue'] = bool(ticket.sla_deadline) and ticket.sla_deadline < now
        return rows
