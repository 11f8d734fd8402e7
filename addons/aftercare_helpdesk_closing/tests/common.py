from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.tests import freeze_time

NOW = datetime(2026, 3, 20, 8, 0)


class ClosingCommon(HelpdeskCommon):
    """A team whose tickets close after ten days of silence, with two days of warning."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Other teams of the database at hand stay out of it.
        cls.env['helpdesk.ticket.team'].search([]).autoclose_days = 0
        cls.team.write({'autoclose_days': 10, 'autoclose_warning_days': 2})
        cls.closing_stages = cls.team._get_applicable_stages().filtered('closed')

    @classmethod
    def _create_idle_ticket(cls, days, **values):
        """Create a ticket that has waited for its customer for some days."""
        ticket = cls._create_ticket(stage_id=cls.stage_waiting.id, **values)
        cls._set_idle(ticket, days)
        return ticket

    @classmethod
    def _set_idle(cls, tickets, days):
        tickets.flush_recordset()
        cls.env.cr.execute(
            'UPDATE helpdesk_ticket SET create_date = %(date)s, last_message_date = %(date)s,'
            ' last_stage_update = %(date)s WHERE id IN %(ids)s',
            {'date': NOW - timedelta(days=days), 'ids': tuple(tickets.ids)},
        )
        tickets.invalidate_recordset()

    def _run(self, days=0):
        """Let the scheduled action run, some days from now."""
        registry = self.env.registry
        with (
            freeze_time(NOW + timedelta(days=days)),
            patch.object(registry['ir.cron'], '_commit_progress', return_value=60) as commit,
        ):
            self.Ticket._cron_autoclose()
        self.env.invalidate_all()
        return commit

    def _get_log(self, ticket, code='ticket_autoclose_warning'):
        return self.env['notification.log'].search(
            [
                ('res_model', '=', 'helpdesk.ticket'),
                ('res_id', '=', ticket.id),
                ('event_id.code', '=', code),
                ('audience', '=', 'customer'),
                ('channel', '=', 'mail'),
            ]
        )
