from odoo.addons.aftercare_wallet_sale.controllers.portal import WalletOrderPortal
from odoo.addons.website_sale.controllers.main import WebsiteSale
from odoo.http import request, route


class WalletShop(WebsiteSale):
    def _get_shop_payment_values(self, order, **kwargs):
        """Override of `website_sale`: what the wallet pays, the others need not."""
        values = super()._get_shop_payment_values(order, **kwargs)
        return order._adapt_payment_values(values, request.env.user)

    @route(
        '/shop/payment/wallet',
        type='http',
        auth='user',
        methods=['POST'],
        website=True,
        sitemap=False,
    )
    def shop_payment_wallet(self, amount='', use='', **_kwargs):
        """Choose how much of the cart the wallet pays, and come back to the payment."""
        order_sudo = request.cart
        if not order_sudo or not order_sudo._is_wallet_owner(request.env.user):
            return request.redirect('/shop/cart')
        if WalletOrderPortal._choose_wallet_amount(order_sudo, amount, use):
            return request.redirect('/shop/payment?wallet_error=amount')
        return request.redirect('/shop/payment')
