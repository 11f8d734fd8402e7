from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = 'product.product'

    license_count = fields.Integer(compute='_compute_license_count')

    # === COMPUTE METHODS === #
    def _compute_license_count(self):
        counts = dict(
            self.env['software.license']._read_group(
                [('product_id', 'in', self.ids)], ['product_id'], ['__count']
            )
        )
        for product in self:
            product.license_count = counts.get(product._origin, 0)

    # === ACTION METHODS === #
    def action_view_licenses(self):
        """Open the licences of the variant."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_license.software_license_action'
        )
        return action | {
            'domain': [('product_id', 'in', self.ids)],
            'context': {'default_product_id': self[:1].id},
        }
