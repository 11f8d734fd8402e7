from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    renewal_price = fields.Float(
        digits='Product Price',
        tracking=True,
        help="What one more term costs. 0: as much as the first one.",
    )
    sales_volume = fields.Integer(
        string="Sales Volume", readonly=True, copy=False, index=True, default=0, help="Units sold so far."
    )
