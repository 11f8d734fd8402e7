from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    license_revoke_on_refund = fields.Boolean(
        related='company_id.license_revoke_on_refund', readonly=False
    )
