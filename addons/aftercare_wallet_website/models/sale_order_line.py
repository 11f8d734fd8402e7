from odoo import models


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    def _show_in_cart(self):
        """Override of `website_sale`: an order paid in parts is invoiced in parts, by lines that
        have no product and that the shop could not show.
        """
        return super()._show_in_cart() and not self.is_downpayment
