from odoo import fields, models

from .service_agent import PRESENCES


class ServiceAgentPresenceLog(models.Model):
    """One change of an agent's presence."""

    _name = 'service.agent.presence.log'
    _description = "Presence Change"
    _order = 'date desc, id desc'
    _rec_name = 'agent_id'

    agent_id = fields.Many2one(
        'service.agent', required=True, readonly=True, index=True, ondelete='cascade'
    )
    company_id = fields.Many2one(related='agent_id.company_id', store=True, index=True)
    date = fields.Datetime(required=True, readonly=True, index=True)
    presence_from = fields.Selection(PRESENCES, string="From", readonly=True)
    presence_to = fields.Selection(PRESENCES, string="To", readonly=True, required=True)
    hours = fields.Float(
        readonly=True, help="How long the agent had been in the presence he left.", digits=(16, 2)
    )
    user_id = fields.Many2one('res.users', string="Changed by", readonly=True, ondelete='set null')
