from odoo import models

from ..tools.money import ZERO, to_decimal


class WalletAccount(models.Model):
    _inherit = 'wallet.account'

    # === BUSINESS METHODS: NOTIFICATION === #
    def _notification_get_recipients(self, audience):
        """Override: managers are the wallet managers of the company."""
        if audience != 'manager':
            return super()._notification_get_recipients(audience)
        return self._get_managers_by_record()

    def _get_managers_by_record(self):
        # sudo: res.users - whoever made it happen need not know the managers
        managers_sudo = (
            self.env.ref('aftercare_wallet.aftercare_wallet_group_manager')
            .sudo()
            .all_user_ids.filtered('active')
        )
        return {
            account.id: managers_sudo.filtered(
                lambda user, company=account.company_id: company in user.company_ids
            ).partner_id
            for account in self
        }

    def _notification_get_url(self, partner, audience):
        """Override: customers look at their wallet."""
        if audience == 'customer':
            return '/my/wallet'
        return super()._notification_get_url(partner, audience)

    def _notify_amount(self, code, amount, **extra):
        """Tell about an amount, which the templates get as a text in the wallet's currency."""
        self.ensure_one()
        self.env['notification.event']._notify(
            code,
            self,
            extra={
                'amount': self.currency_id.format(float(amount)),
                'balance': self.currency_id.format(self.sudo().cash),
                **extra,
            },
        )

    def _notify_low_balance(self, entries):
        """Tell the customer when a payment has taken the balance below the company's threshold."""
        self.ensure_one()
        account = self.sudo()
        threshold = to_decimal(account.company_id.wallet_low_balance, account.currency_id)
        if threshold <= ZERO or account.currency_id != account.company_id.currency_id:
            return
        left = to_decimal(account.available, account.currency_id)
        spent = -sum(
            to_decimal(entry.amount, account.currency_id)
            for entry in entries.sudo()
            if entry.bucket in ('cash', 'bonus')
        )
        if left < threshold <= left + spent:
            account._notify_amount('wallet_low_balance', left)
