from odoo import models


class Website(models.Model):
    _inherit = 'website'

    # === BUSINESS METHODS === #
    def _get_product_sort_mapping(self):
        """Override of `website_sale` to sort by what sells best."""
        return [
            *super()._get_product_sort_mapping(),
            ('sales_volume desc', self.env._("Best Sellers")),
        ]
