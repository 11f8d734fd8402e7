from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    invoice_request_moment = fields.Selection(
        related='company_id.invoice_request_moment', readonly=False, required=True
    )
