from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Command
from odoo.http import request, route
from odoo.tools import float_round

from ..tools.amounts import parse_amount
from ..tools.errors import WalletError


class WalletInvoicePortal(PortalAccount):
    """Pays a part of an invoice from the wallet; the rest is paid any other way."""

    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        """Override of `account_payment`: what the wallet can do for the invoice."""
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        # sudo: account.move - the route has checked the access to it
        offer = self._get_wallet_invoice_offer(invoice.sudo())
        if offer and values.get('providers_sudo'):
            # The wallet is not enough for the whole, and has its box for a part.
            providers = values['providers_sudo'].filtered(lambda each: each.code != 'wallet')
            values['providers_sudo'] = providers
            values['payment_methods_sudo'] = values['payment_methods_sudo'].filtered(
                lambda method: method.provider_ids & providers
            )
        return values | {
            'wallet_offer': offer,
            'wallet_error': request.params.get('wallet_error'),
            'wallet_paid': request.params.get('wallet_paid'),
        }

    @route(
        '/my/invoices/<int:invoice_id>/wallet',
        type='http',
        auth='user',
        website=True,
        methods=['POST'],
    )
    def portal_invoice_wallet(
        self, invoice_id, access_token=None, amount='', residual='', **_kwargs
    ):
        """Pay a part of the invoice from the wallet at once."""
        try:
            invoice_sudo = self._document_check_access('account.move', invoice_id, access_token)
        except (AccessError, MissingError):
            raise request.not_found()
        if not self._is_wallet_invoice_owner(invoice_sudo):
            raise request.not_found()
        query = '&payment=True'
        try:
            with request.env.cr.savepoint():
                self._pay_invoice_from_wallet(invoice_sudo, amount, residual)
            query += '&wallet_paid=1'
        except WalletError as error:
            query += f'&wallet_error={error.code}'
        return request.redirect(
            invoice_sudo.get_portal_url(query_string=query, anchor='portal_pay')
        )

    def _pay_invoice_from_wallet(self, invoice_sudo, amount, residual):
        """Pay what the customer has typed, unless the invoice has changed since he saw it."""
        digits = invoice_sudo.currency_id.decimal_places
        number = parse_amount(amount, digits)
        offer = self._get_wallet_invoice_offer(invoice_sudo)
        if number is None:
            raise WalletError(request.env._("Please enter a valid amount."), 'INVALID_AMOUNT')
        if not offer or f'{invoice_sudo.amount_residual:.{digits}f}' != residual:
            raise WalletError(
                request.env._("The invoice has changed. Please refresh the page."), 'NOT_POSSIBLE'
            )
        offer['account']._pay(
            float(number),
            invoice_ids=[Command.set(invoice_sudo.ids)],
            partner_id=invoice_sudo.partner_id.id,
        )

    def _is_wallet_invoice_owner(self, invoice_sudo):
        user = request.env.user
        return (
            not user._is_public()
            and user.partner_id.commercial_partner_id == invoice_sudo.commercial_partner_id
        )

    def _get_wallet_invoice_offer(self, invoice_sudo):
        """Return None, or a dict: ``account`` (sudoed) and ``usable``, the most that it can pay.

        A wallet that can pay everything is a payment method among the others.
        """
        provider_sudo = invoice_sudo.company_id._get_wallet_provider()
        if (
            provider_sudo.state in (False, 'disabled')
            or not provider_sudo.is_published
            or not self._is_wallet_invoice_owner(invoice_sudo)
            or not invoice_sudo._has_to_be_paid()
        ):
            return None
        account_sudo = (
            request.env['wallet.account']
            .sudo()  # sudo: wallet.account - the customer's own, as was checked
            ._get_for(
                invoice_sudo.partner_id,
                invoice_sudo.currency_id,
                invoice_sudo.company_id,
                create=False,
            )
        )
        if not account_sudo or account_sudo.is_frozen:
            return None
        currency, cash = invoice_sudo.currency_id, account_sudo.cash
        bonus = float(account_sudo._get_usable_bonus())
        percent = invoice_sudo.company_id.wallet_bonus_percent
        if percent < 100:
            # the bonus pays at most its share of what the wallet pays
            bonus = min(bonus, cash * percent / (100 - percent))
        usable = float_round(
            cash + bonus, precision_rounding=currency.rounding, rounding_method='DOWN'
        )
        is_part = usable > 0 and currency.compare_amounts(usable, invoice_sudo.amount_residual) < 0
        return {'account': account_sudo, 'usable': usable} if is_part else None
