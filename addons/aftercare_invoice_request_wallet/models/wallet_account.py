from odoo import fields, models
from odoo.tools import SQL


class WalletAccount(models.Model):
    _inherit = 'wallet.account'

    recharge_cash = fields.Monetary(
        string="Invoiced with Recharges",
        readonly=True,
        copy=False,
        aggregator=None,
        help="The part of the balance whose invoice is asked for with the recharge. It is spent "
        "first; what it pays for is not invoiced again.",
    )

    # === BUSINESS METHODS === #
    def _book(
        self,
        kind,
        amounts,
        key,
        origin=None,
        reason='',
        move=None,
        operator=None,
        counterpart=None,
        lots=None,
        date_expiry=None,
        force=False,
    ):
        """Override of `aftercare_wallet`: follow the money that is invoiced with its recharge.

        The wallet's row belongs to this transaction once the entries are written, so a second
        statement on it is safe.
        """
        account = self.sudo()  # sudo: wallet.account - nobody writes on it but the book
        is_new = kind in RECHARGE_KINDS and not account._find_booked(key)
        entries = super()._book(
            kind,
            amounts,
            key,
            origin=origin,
            reason=reason,
            move=move,
            operator=operator,
            counterpart=counterpart,
            lots=lots,
            date_expiry=date_expiry,
            force=force,
        )
        if is_new:
            getattr(account, RECHARGE_KINDS[kind])(amounts, origin and origin.sudo())
        return entries

    def _follow_topup(self, amounts, tx):
        if self.company_id.invoice_request_moment == 'recharge':
            tx.is_recharge_invoiced = True
            self._move_recharge_cash(float(amounts['cash']))

    def _follow_topup_reversal(self, amounts, tx):
        if tx.source_transaction_id.is_recharge_invoiced:
            self._move_recharge_cash(float(amounts['cash']))

    def _follow_spend(self, amounts, tx):
        spent = -float(amounts.get('cash') or amounts.get('held') or 0)
        used = min(spent, self.recharge_cash)
        if used > 0:
            tx.wallet_recharge_cash = used
            self._move_recharge_cash(-used)

    def _follow_spend_refund(self, amounts, tx):
        source = tx.source_transaction_id
        if source.wallet_recharge_cash and source.wallet_cash:
            share = source.wallet_recharge_cash / source.wallet_cash
            back = self.currency_id.round(float(amounts.get('cash') or 0) * share)
            tx.wallet_recharge_cash = back
            self._move_recharge_cash(back)

    def _follow_other(self, _amounts, _origin):
        if self.recharge_cash:
            self._move_recharge_cash(0)

    def _move_recharge_cash(self, amount):
        """Change the part of the balance that is invoiced with recharges; never more than is there."""
        self.flush_recordset(['recharge_cash'])
        self.env.execute_query(
            SQL(
                """
                UPDATE wallet_account
                   SET recharge_cash = GREATEST(
                           0, LEAST(COALESCE(recharge_cash, 0) + %s::numeric, cash + held))
                 WHERE id = %s RETURNING id
                """,
                repr(self.currency_id.round(amount)),
                self.id,
            )
        )
        self.invalidate_recordset(['recharge_cash'])

    def _transfer(self, target, amounts, key, origin=None, reason='', operator=None, force=False):
        """Override of `aftercare_wallet`: money keeps where it is invoiced."""
        source, target_sudo = self.sudo(), target.sudo()
        part = 0.0
        if not source._find_booked(f'{key}:out'):
            part = max(0.0, min(source.recharge_cash, float(amounts.get('cash') or 0)))
        entries = super()._transfer(
            target,
            amounts,
            key,
            origin=origin,
            reason=reason,
            operator=operator,
            force=force,
        )
        if part:
            source._move_recharge_cash(-part)
            target_sudo._move_recharge_cash(part)
        return entries


RECHARGE_KINDS = {
    'topup': '_follow_topup',
    'topup_reversal': '_follow_topup_reversal',
    'spend': '_follow_spend',
    'spend_refund': '_follow_spend_refund',
    'withdraw_paid': '_follow_other',
    'adjust': '_follow_other',
}
