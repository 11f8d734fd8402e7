from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    can_return = fields.Boolean(
        string="Returns",
        help="Agents who may write to a ticket may take back or exchange what its customer has "
        "received, also without any right in the warehouse.",
    )
