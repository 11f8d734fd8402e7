from odoo import api, fields, models


class ResUsers(models.Model):
    _inherit = 'res.users'

    service_agent_ids = fields.One2many('service.agent', 'user_id', string="Agents")
    service_agent_id = fields.Many2one(
        'service.agent', string="Agent", compute='_compute_service_agent_id'
    )

    @api.depends('service_agent_ids.company_id')
    @api.depends_context('company')
    def _compute_service_agent_id(self):
        for user in self:
            user.service_agent_id = user.service_agent_ids.filtered(
                lambda agent: agent.company_id == self.env.company
            )[:1]
