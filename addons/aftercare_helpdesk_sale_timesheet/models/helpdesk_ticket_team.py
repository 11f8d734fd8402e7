from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    is_time_billed = fields.Boolean(
        string="Bill the Time",
        help="The time on a ticket counts for a sales order of its customer: prepaid hours first, "
        "then what is billed by the hour.",
    )

    # === BUSINESS METHODS === #

    def _prepare_project(self):
        """Override of `aftercare_helpdesk_timesheet`: what is billed is billable."""
        return {**super()._prepare_project(), 'allow_billable': self.is_time_billed}
