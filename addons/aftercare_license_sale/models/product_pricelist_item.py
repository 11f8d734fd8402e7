from odoo import models


class ProductPricelistItem(models.Model):
    _inherit = 'product.pricelist.item'

    # === BUSINESS METHODS === #
    def _compute_price(self, product, quantity, uom, date, currency=None, **kwargs):
        """Override of `product`: a fixed price, which is that of a first term, never makes a
        renewal dearer than it is for everybody."""
        price = super()._compute_price(product, quantity, uom, date, currency=currency, **kwargs)
        if self.compute_price == 'fixed' and product._has_renewal_price():
            currency = currency or self.currency_id or self.env.company.currency_id
            everybody = self.browse()._compute_price(
                product, quantity, uom, date, currency=currency, **kwargs
            )
            price = min(price, everybody)
        return price
