from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    can_refund = fields.Boolean(
        string="Refunds",
        help="Agents who may write to a ticket may credit the invoices of its customer, also "
        "without any right in the accounts.",
    )
