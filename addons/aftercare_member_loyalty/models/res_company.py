from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    member_bonus_points = fields.Float(string="Welcome Points", digits=(16, 0))
    member_points_program_id = fields.Many2one(
        'loyalty.program',
        string="Points Programme of Members",
        domain="[('program_type', '=', 'loyalty'), ('company_id', 'in', (id, False))]",
        help="The points of this programme earn levels, and new members get theirs in it.",
    )

    _member_bonus_points_positive = models.Constraint(
        'CHECK (member_bonus_points >= 0)', "A welcome bonus can not be negative."
    )
