from odoo import fields, models


class HelpdeskTicketCategory(models.Model):
    _inherit = 'helpdesk.ticket.category'

    skill_ids = fields.Many2many(
        comodel_name='service.skill',
        relation='helpdesk_ticket_category_service_skill_rel',
        string="Required Skills",
        help="Teams that match skills give tickets of this category to agents who have them.",
    )
