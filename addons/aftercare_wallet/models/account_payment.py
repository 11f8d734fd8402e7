from odoo import models
from odoo.exceptions import UserError


class AccountPayment(models.Model):
    _inherit = 'account.payment'

    # === ACTION METHODS === #
    def action_post(self):
        """Override of `account`: the wallet pays by its own transactions only."""
        for payment in self:
            if payment.payment_method_code == 'wallet' and not payment.payment_transaction_id:
                raise UserError(
                    self.env._(
                        "A payment from a wallet is made by the customer, or with “Pay from"
                        " Wallet” on the invoice."
                    )
                )
        return super().action_post()

    # === BUSINESS METHODS === #
    def _prepare_move_line_default_vals(self, write_off_line_vals=None, force_balance=None):
        """Override of `account`: a bonus is a discount, and of a recharge that is taken back the
        part that was spent is a receivable."""
        lines = super()._prepare_move_line_default_vals(write_off_line_vals, force_balance)
        tx = self.payment_transaction_id.sudo()  # sudo: its amounts are of this payment
        if tx.provider_code == 'wallet' and tx.wallet_bonus:
            part, account = tx.wallet_bonus, self.company_id.wallet_bonus_account_id
            lines[:1] = self._wallet_split_line(lines[0], part, account)
        elif tx._is_wallet_topup_refund() and tx.wallet_cash < self.amount:
            receivable = self.partner_id.with_company(
                self.company_id
            ).property_account_receivable_id
            part = self.amount - tx.wallet_cash
            lines[1:2] = self._wallet_split_line(lines[1], part, receivable)
        return lines

    def _wallet_split_line(self, line, part, account):
        """Return a line without a part of its amount, and the part on another account."""
        currency, company_currency = self.currency_id, self.company_id.currency_id
        total = abs(line['amount_currency'])
        if currency.compare_amounts(part, total) >= 0:
            return [{**line, 'account_id': account.id}]
        balance = line['debit'] - line['credit']
        part_balance = company_currency.round(balance * part / total)
        sign = 1 if line['amount_currency'] > 0 else -1
        return [
            line
            | {
                'amount_currency': currency.round(line['amount_currency'] - sign * part),
                **_get_sides(company_currency.round(balance - part_balance)),
            },
            line
            | {
                'account_id': account.id,
                'amount_currency': sign * part,
                **_get_sides(part_balance),
            },
        ]


def _get_sides(balance):
    return {'debit': max(balance, 0.0), 'credit': max(-balance, 0.0)}
