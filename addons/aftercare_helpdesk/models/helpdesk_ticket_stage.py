from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    _inherit = 'helpdesk.ticket.stage'

    is_cancelled = fields.Boolean(
        string="Cancellation",
        help="A ticket that ends here was not solved: it counts neither as success nor as failure.",
    )
    is_waiting = fields.Boolean(
        string="Waiting for Customer",
        help="The team waits for the customer. The ticket goes on as soon as the customer answers.",
    )
