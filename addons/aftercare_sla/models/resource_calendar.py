from odoo import models
from odoo.fields import Domain


class ResourceCalendar(models.Model):
    """Deadlines follow when working time changes."""

    _inherit = 'resource.calendar'

    def _on_working_time_changed(self):
        """Override of `aftercare_working_time` to have running clocks looked at again."""
        super()._on_working_time_changed()
        if self.ids:
            # sudo: sla.status - who may change working time need not see the promises
            self.env['sla.status'].sudo()._request_check(
                Domain('calendar_id', 'in', self.ids) & Domain('time_basis', '=', 'working')
            )
