from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    can_repair = fields.Boolean(
        string="Repairs",
        help="Agents who may write to a ticket may order a repair for its customer, also without "
        "any right in the workshop.",
    )
