from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = 'account.move'

    wallet_entry_ids = fields.One2many('wallet.entry', 'move_id', string="Wallet Entries")

    # === ACTION METHODS === #
    def button_draft(self):
        """Override of `account`: what the book of the wallets tells stays posted."""
        # sudo: wallet.entry - the rule holds for accountants, too
        entry = self.env['wallet.entry'].sudo().search([('move_id', 'in', self.ids)], limit=1)
        if entry:
            raise UserError(
                self.env._(
                    "%s is in the book of the wallets and can not be changed. Please make a"
                    " manual operation on the wallet, or refund the payment.",
                    entry.move_id.name,
                )
            )
        return super().button_draft()

    # === BUSINESS METHODS === #
    def _post(self, soft=True):
        """Override of `account`: an invoice of what was paid from the wallet becomes paid.

        Such a payment is complete at once, while those that wait for the bank are matched by
        `sale`.
        """
        posted = super()._post(soft)
        for invoice in posted.filtered(
            lambda move: move.move_type == 'out_invoice' and move.transaction_ids
        ):
            payments = invoice.transaction_ids.filtered(
                lambda tx: tx.provider_code == 'wallet' and tx.operation != 'refund'
            ).payment_id
            for line in payments.move_id.line_ids.filtered(
                lambda line: line.account_type == 'asset_receivable' and not line.reconciled
            ):
                if invoice.amount_residual:
                    invoice.js_assign_outstanding_line(line.id)
        return posted
