from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    wallet_no_bonus = fields.Boolean(
        string="Not by Bonus",
        help="Customers pay it from their balance, or another way, but not from their bonus.",
    )
