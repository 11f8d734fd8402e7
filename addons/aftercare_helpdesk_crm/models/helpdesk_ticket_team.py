from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    can_submit_lead = fields.Boolean(
        string="Leads to Sales",
        help="Agents who may write to a ticket may submit what its customer wants to buy to the "
        "sales teams, also without any right in the CRM.",
    )
