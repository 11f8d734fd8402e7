from odoo import fields, models


class ServiceAgentPresenceLog(models.Model):
    """One change of an agent's presence."""

    _name = 'service.agent.presence.log'
    _description = "Presence Change"
    _order = 'id desc'

    agent_id = fields.Many2one('service.agent', required=True, index=True, ondelete='cascade')
    presence_from = fields.Char()
    presence_to = fields.Char()
