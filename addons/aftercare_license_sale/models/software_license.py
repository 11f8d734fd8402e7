from odoo import fields, models


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    sale_line_id = fields.Many2one(
        'sale.order.line',
        string="Order Line",
        readonly=True,
        copy=False,
        index='btree_not_null',
        ondelete='set null',
    )
    sale_order_id = fields.Many2one(
        'sale.order',
        string="Order",
        related='sale_line_id.order_id',
        store=True,
        index='btree_not_null',
    )
    sale_origin = fields.Char(
        string="Order of Another System", readonly=True, copy=False, index='btree_not_null'
    )
