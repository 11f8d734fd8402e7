from odoo import _, models
from odoo.addons.website_sale.models.website import Website as WebsiteSale


class Website(models.Model):
    _inherit = 'website'

    # === BUSINESS METHODS === #
    @staticmethod
    def _get_product_sort_mapping():
        """Override of `website_sale` to sort by what sells best; a static method has no super."""
        return [
            *WebsiteSale._get_product_sort_mapping(),
            ('sales_volume desc', _("Best Sellers")),
        ]
