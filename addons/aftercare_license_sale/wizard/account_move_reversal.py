from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = 'account.move.reversal'

    # === BUSINESS METHODS === #
    def modify_moves(self):
        """Override of `account`: an invoice that is written anew gives no money back."""
        return super(
            AccountMoveReversal, self.with_context(aftercare_license_keep=True)
        ).modify_moves()
