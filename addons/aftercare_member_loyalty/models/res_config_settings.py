from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    member_bonus_points = fields.Float(related='company_id.member_bonus_points', readonly=False)
    member_points_program_id = fields.Many2one(
        related='company_id.member_points_program_id',
        readonly=False,
        domain="[('program_type', '=', 'loyalty'), ('company_id', 'in', (company_id, False))]",
    )
