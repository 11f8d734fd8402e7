from odoo import models


class HelpdeskTicket(models.Model):
    """Tickets have service levels."""

    _name = 'helpdesk.ticket'
    _inherit = ['helpdesk.ticket', 'sla.mixin']
