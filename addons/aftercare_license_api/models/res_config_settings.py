from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    license_api_issuer = fields.Char(
        string="Address in Signed Answers", config_parameter='aftercare_license_api.issuer'
    )
    license_api_limit_ip = fields.Char(
        string="Calls of an Address", config_parameter='aftercare_license_api.limit_ip'
    )
    license_api_limit_key = fields.Char(
        string="Calls of a Key", config_parameter='aftercare_license_api.limit_key'
    )
    license_api_limit_unknown = fields.Char(
        string="Unknown Keys", config_parameter='aftercare_license_api.limit_unknown'
    )
