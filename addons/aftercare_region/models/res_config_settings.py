from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    region_default_id = fields.Many2one(
        'service.region',
        string="Default Region",
        config_parameter='aftercare_region.default_region_id',
    )
    ip_retention_days = fields.Integer(
        string="Days to Keep IP Addresses",
        config_parameter='aftercare_region.ip_retention_days',
    )
