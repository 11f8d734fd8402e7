from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    """A team promises in its own working time."""

    _inherit = 'helpdesk.ticket.team'

    resource_calendar_id = fields.Many2one(
        'resource.calendar', string="Working Schedule", check_company=True
    )
