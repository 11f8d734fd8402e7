from odoo.addons.sale.controllers.portal import PaymentPortal
from odoo.http import request


class WalletPaymentPortal(PaymentPortal):
    def _create_transaction(self, *args, amount=None, custom_create_values=None, **kwargs):
        """Override of `payment`: the wallet's part of an order is set aside first."""
        values = dict(custom_create_values or {})
        order_sudo = self._get_wallet_order(values)
        if order_sudo and amount:
            amount = request.env.context.get('aftercare_wallet_rest', amount)
            values |= self._begin_wallet_part(order_sudo, amount, **kwargs)
        return super()._create_transaction(
            *args, amount=amount, custom_create_values=values or None, **kwargs
        )

    def _get_wallet_order(self, values):
        """Return the one order that a transaction is made for, sudoed, or none."""
        # sudo: payment.transaction - only to understand the commands
        Transaction = request.env['payment.transaction'].sudo()
        commands = values.get('sale_order_ids')
        if not commands:
            return request.env['sale.order']
        order_ids = Transaction._fields['sale_order_ids'].convert_to_cache(commands, Transaction)
        # sudo: sale.order - the route has checked the access to it
        orders_sudo = request.env['sale.order'].sudo().browse(order_ids)
        return orders_sudo if len(orders_sudo) == 1 else orders_sudo.browse()

    def _begin_wallet_part(self, order_sudo, amount, provider_id=None, token_id=None, **kwargs):
        """Return the values of the transaction that takes the rest."""
        # sudo: payment.provider - customers do not see providers
        provider_sudo = request.env['payment.provider'].sudo().browse(provider_id)
        if provider_sudo.code == 'wallet' or not order_sudo._is_wallet_owner(request.env.user):
            order_sudo._release_wallet_parts()
            return {}
        part_sudo = order_sudo._begin_wallet_part(
            amount, request.env.user, {'landing_route': kwargs.get('landing_route')}
        )
        return {'wallet_part_id': part_sudo.id} if part_sudo else {}
