from odoo.addons.aftercare_license_sale.controllers.portal import LicenseRenewal
from odoo.http import request


class LicenseShopRenewal(LicenseRenewal):
    def _start_renewal(self, license_sudo, terms, token):
        """Override of `aftercare_license_sale`: who is logged in pays with the rest of the cart;
        who came by a link pays an order of its own."""
        partner = request.env.user.partner_id
        is_own = (
            not request.env.user._is_public()
            and partner.commercial_partner_id == license_sudo.commercial_partner_id
        )
        if not is_own or not request.website.has_ecommerce_access():
            return super()._start_renewal(license_sudo, terms, token)
        license_sudo._check_can_renew_online()
        order_sudo = request.cart or request.website._create_cart()
        if order_sudo.company_id != license_sudo.company_id:
            return super()._start_renewal(license_sudo, terms, token)
        line_sudo = order_sudo.order_line.filtered(lambda line: line.license_id == license_sudo)
        if line_sudo:
            order_sudo._cart_update_line_quantity(line_sudo[:1].id, terms)
        else:
            order_sudo._cart_add(
                license_sudo.product_id.id, quantity=terms, license_id=license_sudo.id
            )
        return '/shop/cart'
