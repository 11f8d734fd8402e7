from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    no_commission = fields.Boolean(
        string="No Commission",
        help="Nobody earns a commission by selling this, whatever the rules say. For services at "
        "cost, for example.",
    )
