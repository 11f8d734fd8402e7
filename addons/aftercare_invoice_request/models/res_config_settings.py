from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    invoice_request_days = fields.Integer(related='company_id.invoice_request_days', readonly=False)
    invoice_request_user_id = fields.Many2one(
        related='company_id.invoice_request_user_id', readonly=False
    )
    invoice_request_provider = fields.Selection(
        related='company_id.invoice_request_provider', readonly=False, required=True
    )
    invoice_kind_electronic_normal = fields.Boolean(
        related='company_id.invoice_kind_electronic_normal', readonly=False
    )
    invoice_kind_electronic_special = fields.Boolean(
        related='company_id.invoice_kind_electronic_special', readonly=False
    )
    invoice_kind_paper_normal = fields.Boolean(
        related='company_id.invoice_kind_paper_normal', readonly=False
    )
    invoice_kind_paper_special = fields.Boolean(
        related='company_id.invoice_kind_paper_special', readonly=False
    )
    invoice_request_is_fapiao = fields.Boolean(compute='_compute_invoice_request_is_fapiao')

    # === COMPUTE METHODS === #
    @api.depends('company_id')
    def _compute_invoice_request_is_fapiao(self):
        for settings in self:
            settings.invoice_request_is_fapiao = settings.company_id._is_fapiao()
