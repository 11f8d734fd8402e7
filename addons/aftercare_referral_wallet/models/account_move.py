from decimal import Decimal

from odoo import models
from odoo.addons.aftercare_referral.tools.numbers import to_decimal


class AccountMove(models.Model):
    _inherit = 'account.move'

    # === BUSINESS METHODS === #

    def _get_referral_share(self):
        """Override of `aftercare_referral_account`: what was paid by bonus brings nothing."""
        total = to_decimal(self.amount_total)
        if total <= 0:
            return super()._get_referral_share()
        bonus = sum(
            (
                to_decimal(partial['amount']) * self._get_bonus_share(partial['aml'])
                for partial in self._get_all_reconciled_invoice_partials()
                if not partial['is_exchange']
            ),
            Decimal(0),
        )
        return super()._get_referral_share() * max(1 - bonus / total, Decimal(0))

    def _get_bonus_share(self, line):
        """Return which share of the payment behind a journal item was bonus."""
        # sudo: payment.transaction - what a payment consists of
        tx = line.move_id.origin_payment_id.sudo().payment_transaction_id
        if not tx.wallet_bonus or not tx.amount:
            return Decimal(0)
        return to_decimal(tx.wallet_bonus) / to_decimal(abs(tx.amount))
