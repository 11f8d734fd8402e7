from odoo import models
from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.exceptions import UserError


class SoftwareLicense(models.Model):
    _inherit = 'software.license'

    # === BUSINESS METHODS === #
    def _pay_renewal(self):
        """Override of `aftercare_license`: order the renewal and pay it from the owner's balance.

        Order, payment, renewal and their journal entries come together or not at all.

        :return: whether the licence was renewed
        """
        self.ensure_one()
        if super()._pay_renewal():
            return True
        # sudo: sale.order, wallet.account - the owner has asked for it
        license_sudo = self.sudo().with_company(self.company_id)
        if not license_sudo._can_renew_online() or not license_sudo._is_wallet_ready():
            return False
        try:
            with self.env.cr.savepoint():
                license_sudo._renew_from_wallet()
        except WalletError:
            # The balance is too small or frozen: the owner hears of it, and it is tried again.
            return False
        return True

    def _renew_from_wallet(self):
        """Make the renewal order and pay it.

        :raises WalletError: when the balance is not enough
        :raises UserError: when the payment did not renew the licence
        """
        end_field = self._get_end_field()
        end = self[end_field]
        order = self._get_renewal_order()
        due = order._get_wallet_due()
        if not due:
            order.action_confirm()  # a renewal for nothing needs no money
        else:
            order._pay_from_wallet(due)
        self.invalidate_recordset()
        if order.state != 'sale' or not self[end_field] or (end and self[end_field] <= end):
            raise UserError(
                self.env._(
                    "%(order)s was paid but did not renew %(license)s.",
                    order=order.name,
                    license=self.name,
                )
            )

    def _has_renewal_payer(self):
        """Override of `aftercare_license`: the owner's balance pays what he could renew online."""
        # sudo: software.license - customers read a few products only
        license_sudo = self.sudo()
        return super()._has_renewal_payer() or (
            license_sudo._can_renew_online() and license_sudo._is_wallet_ready()
        )

    def _is_wallet_ready(self):
        """Tell whether customers can pay from their wallets at all."""
        provider_sudo = self.company_id._get_wallet_provider()
        return provider_sudo and provider_sudo.state != 'disabled'

    def _get_renewal_funds(self):
        """Return what the owner wants to know: dict with ``price``, ``currency``, ``available`` and
        ``is_enough``; amounts in the currency of the renewal.

        :return: the dict, or None when the licence can not be renewed
        """
        self.ensure_one()
        # sudo: wallet.account, product.product - the owner's own balance, the price of his licence
        license_sudo = self.sudo()
        if not license_sudo._can_renew_online():
            return None
        price, currency = license_sudo._get_renewal_total()
        account_sudo = license_sudo.env['wallet.account']._get_for(
            license_sudo.partner_id, currency, self.company_id, create=False
        )
        percent = license_sudo.company_id.wallet_bonus_percent
        bonus_limit = 0.0 if license_sudo.product_id.wallet_no_bonus else price * percent / 100
        payable = account_sudo._get_payable(price, bonus_limit) if account_sudo else 0.0
        return {
            'price': price,
            'currency': currency,
            'available': account_sudo.available,
            'is_enough': currency.compare_amounts(payable, price) >= 0,
        }

    def _get_renewal_total(self):
        """Return what one more term costs with its taxes, and the currency."""
        price, currency = self._get_renewal_price()
        partner = self.partner_id.with_company(self.company_id)
        fiscal_position = (
            self.env['account.fiscal.position']
            .with_company(self.company_id)
            ._get_fiscal_position(partner)
        )
        taxes = fiscal_position.map_tax(
            self.product_id.taxes_id._filter_taxes_by_company(self.company_id)
        )
        total = taxes.compute_all(
            price, currency=currency, product=self.product_id, partner=partner
        )['total_included']
        return total, currency

    # === BUSINESS METHODS: NOTIFICATION === #
    def _notify_event(self, code, extra=None):
        """Override of `aftercare_license`: who lacks the money is told how much."""
        if code != 'license_renewal_failed':
            return super()._notify_event(code, extra)
        short, details = self.browse(), {}
        for license in self:
            funds = license._get_renewal_funds()
            if funds and not funds['is_enough'] and license._is_wallet_ready():
                short += license
                details[license.id] = {
                    'price': funds['currency'].format(funds['price']),
                    'balance': funds['currency'].format(funds['available']),
                }
        self.env['notification.event']._notify('license_wallet_short', short, details)
        return super(SoftwareLicense, self - short)._notify_event(code, extra)

    def _notification_filter_relevant(self, code):
        """Override of `aftercare_notification`: who has recharged and renewed meanwhile is fine."""
        if code == 'license_wallet_short':
            code = 'license_renewal_failed'
        return super()._notification_filter_relevant(code)
