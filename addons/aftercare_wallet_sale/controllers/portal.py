from urllib.parse import urlencode

from odoo.addons.aftercare_wallet.tools.amounts import parse_amount
from odoo.addons.sale.controllers.portal import CustomerPortal
from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route

RETURN_PARAMETERS = ('payment_amount', 'amount_selection')


class WalletOrderPortal(CustomerPortal):
    def _get_payment_values(self, order_sudo, *args, **kwargs):
        """Override of `sale`: what the wallet pays, the others need not."""
        values = super()._get_payment_values(order_sudo, *args, **kwargs)
        return order_sudo._adapt_payment_values(values, request.env.user)

    @route(
        '/my/orders/<int:order_id>/wallet',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_order_wallet(self, order_id, access_token=None, amount='', use='', **kwargs):
        """Choose how much of the order the wallet pays, and come back to the payment."""
        try:
            order_sudo = self._document_check_access('sale.order', order_id, access_token)
        except (AccessError, MissingError):
            raise request.not_found()
        if not order_sudo._is_wallet_owner(request.env.user):
            raise request.not_found()
        is_bad = self._choose_wallet_amount(order_sudo, amount, use)
        query = {name: kwargs[name] for name in RETURN_PARAMETERS if kwargs.get(name)}
        query['allow_payment'] = 'yes'
        if is_bad:
            query['wallet_error'] = 'amount'
        return request.redirect(order_sudo.get_portal_url(query_string='&' + urlencode(query)))

    @staticmethod
    def _choose_wallet_amount(order_sudo, amount, use):
        """Keep the customer's choice; return whether what was typed is no amount."""
        if use != '1':
            order_sudo._set_wallet_choice(0)
            return False
        number = parse_amount(amount, order_sudo.currency_id.decimal_places)
        if number is None:
            return True
        order_sudo._set_wallet_choice(number)
        return False
