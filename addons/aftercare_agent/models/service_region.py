from odoo import fields, models


class ServiceRegion(models.Model):
    _inherit = 'service.region'

    agent_ids = fields.Many2many('service.agent', string="Agents")
