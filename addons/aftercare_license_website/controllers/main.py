from odoo.addons.website_sale.controllers.main import WebsiteSale
from odoo.exceptions import UserError
from odoo.http import request, route

MAX_LENGTH = 4096


class LicenseShop(WebsiteSale):
    # === ROUTES === #
    @route(
        '/shop/license/preview',
        type='jsonrpc',
        auth='public',
        methods=['POST'],
        website=True,
        readonly=True,
    )
    def license_preview(self, product_id, text, quantity=1, **kw):
        """Say what a domain means before the product is in the cart; changes nothing."""
        product = request.env['product.product'].browse(int(product_id)).exists()
        if not product or not product.has_access('read'):
            raise request.not_found()
        # sudo: product.product - visitors need not read policies and licences
        return product.sudo()._preview_license_domains(
            str(text)[:MAX_LENGTH], int(quantity), self._get_license_buyer()
        )

    @route('/shop/license/domain', type='jsonrpc', auth='public', methods=['POST'], website=True)
    def license_domain(self, line_id, text, **kw):
        """Keep the domain of a line of the visitor's own cart.

        :return: what :meth:`license_preview` returns; nothing is kept when there is an error
        """
        line_sudo = request.cart.order_line.filtered(lambda line: line.id == int(line_id))
        if not line_sudo:
            raise request.not_found()
        text = str(text)[:MAX_LENGTH].strip()
        preview = line_sudo.product_id._preview_license_domains(
            text, line_sudo._get_license_units(), line_sudo.order_id.partner_id
        )
        if not preview['error']:
            try:
                with request.env.cr.savepoint():
                    line_sudo.license_domain = text
            except UserError as error:
                preview['error'] = str(error)
        return preview

    # === BUSINESS METHODS === #
    def _check_cart(self, order_sudo):
        """Override of `website_sale`: back to the cart while a domain is missing."""
        if redirection := super()._check_cart(order_sudo):
            return redirection
        if problems := order_sudo._get_license_domain_problems():
            order_sudo.shop_warning = '\n'.join(problems)
            return request.redirect('/shop/cart')
        return None

    def _get_license_buyer(self):
        """Return whose licences may be named in an answer: nobody's to strangers."""
        if request.env.user._is_public():
            return request.env['res.partner']
        # sudo: res.partner - the customer's own licences are looked up for him
        return request.env.user.partner_id.sudo()
