from odoo import fields, models


class HelpdeskTicketType(models.Model):
    _inherit = 'helpdesk.ticket.type'

    skill_ids = fields.Many2many(
        comodel_name='service.skill',
        relation='helpdesk_ticket_type_service_skill_rel',
        string="Required Skills",
        help="Teams that match skills give tickets of this type to agents who have them.",
    )
