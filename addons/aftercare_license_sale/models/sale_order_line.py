from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    license_domain = fields.Text(
        string="Licensed Domain",
        copy=False,
        help="The domain of the licence; one per line when several licences are bought.",
    )
    license_domain_normalized = fields.Char(
        string="Licensed Domain (as compared)", readonly=True, copy=False
    )
    license_id = fields.Many2one(
        'software.license',
        string="Renews",
        copy=False,
        index='btree_not_null',
        ondelete='restrict',
        help="The licence that this line prolongs.",
    )
    license_ids = fields.One2many('software.license', 'sale_line_id', string="Issued Licences")
