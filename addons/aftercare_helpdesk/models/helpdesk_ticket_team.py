from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    assignment_method = fields.Selection(
        selection=[
            ('manual', "Manual"),
            ('random', "Random"),
            ('balanced', "Balanced"),
            ('round_robin', "Round Robin"),
        ],
        default='manual',
        required=True,
    )
    assign_own_agent = fields.Boolean(string="Own Agent First", default=True)
    assign_region = fields.Boolean(string="Match Region", default=True)
    assign_skills = fields.Boolean(string="Match Skills", default=True)
    visibility = fields.Selection(
        selection=[
            ('invited', "Members and followers"),
            ('internal', "All helpdesk users"),
            ('portal', "All helpdesk users and the customer"),
        ],
        default='portal',
        required=True,
    )
    resource_calendar_id = fields.Many2one(comodel_name='resource.calendar', string="Working Time")
