from odoo import models
from odoo.exceptions import UserError

from ..tools.errors import WalletError
from ..tools.money import ZERO, take_from, to_decimal


class WalletAccount(models.Model):
    _inherit = 'wallet.account'

    # === BUSINESS METHODS: TRANSFER === #
    def _transfer(self, target, amounts, key, origin=None, reason='', operator=None, force=False):
        """Move money to another wallet; a bonus keeps its last day.

        :param target: ``wallet.account`` record of the same company and currency
        :param dict amounts: bucket (cash, bonus, commission) → amount
        :return: ``wallet.entry`` recordset of both
        """
        self.ensure_one()
        if target == self or target.merged_into_id:
            raise UserError(self.env._("Please choose another wallet."))
        if (target.company_id, target.currency_id) != (self.company_id, self.currency_id):
            raise WalletError(
                self.env._("The other wallet is in another company or currency."), 'WRONG_CURRENCY'
            )
        source = self.sudo()  # sudo: wallet.account - see _book
        if found := source._find_booked(f'{key}:out'):
            return (found + target.sudo()._find_booked(f'{key}:in')).with_env(self.env)
        deltas = source._prepare_deltas(amounts)
        if not force and min(deltas.values()) < ZERO:
            raise WalletError(self.env._("This is not an amount."), 'INVALID_AMOUNT')
        source._check_possible({bucket: -amount for bucket, amount in deltas.items()}, force, force)
        common = {'origin': origin, 'reason': reason, 'operator': operator, 'force': force}
        move = source._post_transfer_move(target, deltas, reason)
        lots_out, lots_in = source._move_transferred_lots(target, deltas.get('bonus', ZERO))
        steps = [
            (source, 'transfer_out', -1, f'{key}:out', lots_out),
            (target, 'transfer_in', 1, f'{key}:in', lots_in),
        ]
        entries = self.env['wallet.entry']
        # always in the same order, so that two transfers never wait for each other
        for account, kind, sign, part, lots in sorted(steps, key=lambda step: step[0].id):
            entries += account._book(
                kind,
                {bucket: sign * amount for bucket, amount in deltas.items()},
                part,
                move=move,
                lots=lots,
                **common,
            )
        return entries.with_env(self.env)

    def _post_transfer_move(self, target, deltas, reason):
        cash, commission = deltas.get('cash', ZERO), deltas.get('commission', ZERO)
        if not cash and not commission:
            return self.env['account.move']
        company = self.company_id
        company._ensure_wallet_accounting()
        lines = []
        for partner, sign in ((self.partner_id, 1), (target.partner_id, -1)):
            lines += [
                (company.wallet_liability_account_id, sign * cash, partner),
                (company.wallet_commission_account_id, sign * commission, partner),
            ]
        return self._post_move(lines, reason or self._get_kind_label('transfer_out'))

    def _move_transferred_lots(self, target, bonus):
        """Return what a bonus takes from lots here, and the new lots of the other wallet."""
        if bonus <= ZERO:
            return None, None
        Lot = self.env['wallet.bonus.lot'].sudo()
        taken, _missing = take_from(bonus, Lot._get_stocks(self))
        lots_in = {
            Lot._create_for(target, amount, lot.date_expiry, lot.reason): amount
            for lot, amount in taken
        }
        return {lot: -amount for lot, amount in taken}, lots_in

    def _merge_into(self, owner):
        """Let another customer take over wallets whose owner is merged into it.

        The wallet moves as it is when the other has none; otherwise its money is transferred and
        it stays, empty, with its history.
        """
        for account in self.sudo().sorted('id'):
            target = account._get_for(owner, account.currency_id, account.company_id, create=False)
            if not target:
                account.partner_id = owner
                continue
            if account.held or account.bonus_held:
                raise UserError(
                    self.env._(
                        "%s has a withdrawal or a payment under way. Please merge the contacts"
                        " when it is over.",
                        account.display_name,
                    )
                )
            amounts = {
                bucket: to_decimal(account[bucket], account.currency_id)
                for bucket in ('cash', 'bonus', 'commission')
            }
            if any(amounts.values()):
                account._transfer(
                    target,
                    amounts,
                    f'wallet.account,{account.id}:merge',
                    reason=self.env._("Merged with %s", owner.display_name),
                    operator=self.env.user,
                    force=True,
                )
            if account.is_frozen and not target.is_frozen:
                target.sudo()._set_frozen(True, self.env._("Merged with a frozen wallet."))
            account.write({'merged_into_id': target.id, 'partner_id': owner.id})
