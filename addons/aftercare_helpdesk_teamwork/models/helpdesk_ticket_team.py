from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    is_takeover_reason_required = fields.Boolean(
        string="Ask Why a Ticket Is Taken Over",
        help="An agent who takes a ticket over from a colleague must say why.",
    )
