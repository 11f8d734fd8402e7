from odoo.addons.website_sale.controllers.payment import PaymentPortal
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request, route


class WalletPaymentPortal(PaymentPortal):
    @route()
    def shop_payment_transaction(self, order_id, access_token, **kwargs):
        """Override of `website_sale`: other providers are asked for the rest only."""
        try:
            order_sudo = self._document_check_access('sale.order', order_id, access_token)
        except (AccessError, MissingError):
            # The parent refuses it in its own words.
            return super().shop_payment_transaction(order_id, access_token, **kwargs)
        rest = self._get_wallet_rest(order_sudo, kwargs.get('provider_id'))
        currency = order_sudo.currency_id
        if currency.compare_amounts(rest, order_sudo.amount_total) and rest > 0:
            if kwargs.get('amount') and currency.compare_amounts(kwargs['amount'], rest):
                raise ValidationError(
                    request.env._("The cart has been updated. Please refresh the page.")
                )
            request.update_context(aftercare_wallet_rest=rest)
            kwargs['amount'] = order_sudo.amount_total
        return super().shop_payment_transaction(order_id, access_token, **kwargs)

    def _get_wallet_rest(self, order_sudo, provider_id):
        """Return what a provider is asked for: what nobody has paid and the wallet will not."""
        due = order_sudo._get_wallet_due()
        # sudo: payment.provider - customers do not see providers
        provider_sudo = request.env['payment.provider'].sudo().browse(provider_id)
        if provider_sudo.code == 'wallet':
            return due
        offer = order_sudo._get_wallet_offer(due, request.env.user)
        return offer['rest'] if offer and not offer['is_whole'] else due
