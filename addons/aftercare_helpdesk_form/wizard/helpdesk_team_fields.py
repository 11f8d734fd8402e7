from odoo import fields, models


class HelpdeskTeamFields(models.TransientModel):
    """The editor of a team's extra fields, without having to open one of its tickets."""

    _name = 'helpdesk.team.fields'
    _description = "Edit the Extra Fields of a Team"

    team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team', required=True, ondelete='cascade'
    )
    # Written like those of a ticket: what changes about the fields themselves goes to the team.
    properties = fields.Properties(definition='team_id.ticket_properties')
