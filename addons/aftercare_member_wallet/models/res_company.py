from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    member_bonus_amount = fields.Monetary(
        string="Welcome Money", help="Goes to the bonus of the wallet. 0: none."
    )

    _member_bonus_amount_positive = models.Constraint(
        'CHECK (member_bonus_amount >= 0)', "A welcome bonus can not be negative."
    )
