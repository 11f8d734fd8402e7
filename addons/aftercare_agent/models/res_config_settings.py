from odoo import fields, models

from .service_assignment import PARAM_RETENTION


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    agent_assignment_method = fields.Selection(
        related='company_id.agent_assignment_method', readonly=False
    )
    agent_presence_timeout = fields.Integer(
        string="Offline After",
        default=30,
        config_parameter='aftercare_agent.presence_timeout',
    )
    agent_assignment_retention_days = fields.Integer(
        string="Keep Assignments", default=1095, config_parameter=PARAM_RETENTION
    )
