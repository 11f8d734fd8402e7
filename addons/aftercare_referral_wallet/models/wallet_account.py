from odoo import models


class WalletAccount(models.Model):
    _inherit = 'wallet.account'

    # === BUSINESS METHODS === #

    def _commission_to_cash(self, amount, key, origin=None, reason='', operator=None):
        """Override of `aftercare_wallet`: commission that is spent was paid out."""
        entries = super()._commission_to_cash(
            amount, key, origin=origin, reason=reason, operator=operator
        )
        self.env['referral.commission']._settle_from_wallets(self)
        return entries

    def _get_pending_commission(self):
        """Return the commission that is set aside for withdrawals under way."""
        self.ensure_one()
        # sudo: wallet.withdrawal - a sum of the wallet's own
        [(amount,)] = (
            self.env['wallet.withdrawal']
            .sudo()
            ._read_group(
                [
                    ('account_id', '=', self.id),
                    ('bucket', '=', 'commission'),
                    ('state', 'in', ('requested', 'approved')),
                ],
                [],
                ['amount:sum'],
            )
        )
        return amount
