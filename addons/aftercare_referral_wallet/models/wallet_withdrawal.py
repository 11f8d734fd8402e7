from odoo import models


class WalletWithdrawal(models.Model):
    _inherit = 'wallet.withdrawal'

    # === BUSINESS METHODS === #

    def _mark_paid(self, reference=''):
        """Override of `aftercare_wallet`: the commissions behind it are paid."""
        result = super()._mark_paid(reference)
        # sudo: wallet.account - follows from the payout
        accounts = self.sudo().filtered(lambda each: each.bucket == 'commission').account_id
        self.env['referral.commission']._settle_from_wallets(accounts)
        return result
