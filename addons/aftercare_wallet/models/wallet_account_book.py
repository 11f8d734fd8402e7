from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ..tools.errors import WalletError
from ..tools.money import MAX_AMOUNT, ZERO, take_from, to_decimal
from .wallet_account import BUCKETS

# What customers do with their money, and can not do while the wallet is frozen
FREEZABLE_KINDS = {'spend', 'reserve', 'withdraw_hold', 'commission_to_cash', 'transfer_out'}


class WalletAccount(models.Model):
    _inherit = 'wallet.account'

    # === BUSINESS METHODS: THE BOOK === #
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
        """Change the buckets of a wallet and write the entries that tell why: the only way.

        One conditional UPDATE and one INSERT, in one statement. Under REPEATABLE READ the second of
        two parallel transactions fails with a serialization failure and is tried again, so it must
        be let through. The money that the company owes for it moves in its books, too.

        :param str kind: a kind of ``wallet.entry``
        :param dict amounts: bucket → signed float or Decimal, rounded to the currency
        :param str key: the same key has one effect; the entries of the first time are returned
        :param origin: the record it comes from; or else ``reason`` and ``operator`` are needed
        :param move: the posted ``account.move`` of the same money; without it one is posted
            against ``counterpart`` (an ``account.account``, by default the usual one of the kind)
        :param operator: ``res.users`` record of the member of staff who does it
        :param dict lots: for the bonus: ``wallet.bonus.lot`` → signed amount; by default the lots
            that expire first are used, and what is granted makes a new lot
        :param date_expiry: last day of that new lot; False: never; None: as the company sets it
        :param bool force: also from a frozen wallet
        :return: ``wallet.entry`` recordset
        :raise WalletError: when the money is not there, or the amount is none
        """
        self.ensure_one()
        account = self.sudo()  # sudo: wallet.account - nobody writes on it but this method
        account.flush_recordset()
        if entries := account._find_booked(key):
            return entries.with_env(self.env)
        deltas = account._prepare_deltas(amounts)
        account._check_explained(origin, reason, operator)
        is_free = force or kind not in FREEZABLE_KINDS
        may_owe = force or kind == 'commission_reversal'
        if move is None:
            account._check_possible(deltas, is_free, may_owe)
            move = account._post_book_move(kind, deltas, counterpart, reason)
        lines = account._prepare_book_lines(deltas, lots, date_expiry, reason)
        values = {
            'kind': kind,
            'key': key,
            'res_model': origin._name if origin else None,
            'res_id': origin.id if origin else None,
            'move_id': move.id or None,
            'operator_id': operator.id if operator else None,
            'reason': reason or None,
        }
        ids = account._write_book(deltas, lines, values, is_free, may_owe)
        account._move_lots(lines)
        account.invalidate_recordset()
        return self.env['wallet.entry'].browse(ids)

    def _find_booked(self, key):
        """Return the entries that were booked under a key, in order."""
        entries = self.env['wallet.entry'].search([('key', '=', key)], order='line')
        if entries and entries.account_id != self:
            raise UserError(self.env._("“%s” was booked on another wallet already.", key))
        return entries

    def _prepare_deltas(self, amounts):
        """Return dict bucket → Decimal other than zero."""
        deltas = {}
        for bucket, amount in amounts.items():
            if bucket not in BUCKETS:
                raise ValueError(f'{bucket!r} is no bucket of a wallet')
            value = to_decimal(amount, self.currency_id)
            if value is None:
                raise WalletError(self.env._("This is not an amount."), 'INVALID_AMOUNT')
            if abs(value) > MAX_AMOUNT:
                raise WalletError(self.env._("This amount is too large."), 'LIMIT_EXCEEDED')
            if value:
                deltas[bucket] = value
        if not deltas:
            raise WalletError(self.env._("There is no amount."), 'INVALID_AMOUNT')
        return deltas

    def _check_explained(self, origin, reason, operator):
        if not origin and not (reason and operator):
            raise UserError(
                self.env._("An entry needs the record it comes from, or a reason and an author.")
            )

    def _check_possible(self, deltas, is_free, may_owe):
        """Raise what stands against the change, as far as this transaction sees."""
        [row] = self.env.execute_query_dict(
            SQL(
                'SELECT cash, bonus, commission, held, bonus_held, is_frozen'
                ' FROM wallet_account WHERE id = %s',
                self.id,
            )
        )
        if row['is_frozen'] and not is_free:
            raise WalletError(self.env._("This wallet is frozen. Please contact us."), 'FROZEN')
        for bucket, delta in deltas.items():
            # the database driver gives floats
            stock = to_decimal(row[bucket], self.currency_id)
            if delta < ZERO and stock + delta < ZERO:
                if bucket == 'commission' and may_owe:
                    continue
                raise WalletError(
                    self.env._(
                        "%(amount)s is more than the %(available)s that are there.",
                        amount=self.currency_id.format(float(-delta)),
                        available=self.currency_id.format(max(0.0, row[bucket])),
                    ),
                    'INSUFFICIENT_FUNDS',
                )

    def _prepare_book_lines(self, deltas, lots, date_expiry, reason):
        """Return one line for each entry: dicts with bucket, amount, lot id and what follows it."""
        lines = []
        for bucket, delta in deltas.items():
            parts = [(None, delta)]
            if bucket == 'bonus':
                parts = self._split_bonus(delta, lots, date_expiry, reason)
            rest = delta
            for lot, amount in parts:
                rest -= amount
                lines.append(
                    {'bucket': bucket, 'amount': amount, 'rest': rest, 'lot_id': lot and lot.id}
                )
        return lines

    def _split_bonus(self, delta, lots, date_expiry, reason):
        """Return tuples (lot, signed Decimal) that make up a change of the bonus."""
        if lots:
            parts = [(lot, to_decimal(amount, self.currency_id)) for lot, amount in lots.items()]
            if sum(amount for _lot, amount in parts) != delta:
                raise ValueError('the lots do not make up the bonus')
            return parts
        Lot = self.env['wallet.bonus.lot']
        if delta > ZERO:
            return [(Lot._create_for(self, delta, date_expiry, reason), delta)]
        taken, missing = take_from(-delta, Lot._get_stocks(self))
        if missing:
            raise WalletError(
                self.env._("The bonus is %s short.", self.currency_id.format(float(missing))),
                'INSUFFICIENT_FUNDS',
            )
        return [(lot, -amount) for lot, amount in taken]

    def _write_book(self, deltas, lines, values, is_free, may_owe):
        """Run the statement; return the ids of the entries in order."""
        delta = {bucket: deltas.get(bucket, ZERO) for bucket in BUCKETS}
        rows = SQL(', ').join(
            SQL(
                '(%s, %s, %s, %s, %s)',
                number,
                line['bucket'],
                line['amount'],
                line['rest'],
                line['lot_id'],
            )
            for number, line in enumerate(lines)
        )
        found = self.env.execute_query(
            SQL(
                """
                WITH moved AS (
                    UPDATE wallet_account
                       SET cash = cash + %(cash)s,
                           bonus = bonus + %(bonus)s,
                           commission = commission + %(commission)s,
                           held = held + %(held)s,
                           bonus_held = bonus_held + %(bonus_held)s,
                           seq = seq + %(count)s
                     WHERE id = %(id)s
                       AND cash + %(cash)s >= 0
                       AND bonus + %(bonus)s >= 0
                       AND held + %(held)s >= 0
                       AND bonus_held + %(bonus_held)s >= 0
                       AND (%(may_owe)s OR %(commission)s >= 0
                            OR commission + %(commission)s >= 0)
                       AND (%(is_free)s OR is_frozen IS NOT TRUE)
                 RETURNING *
                )
                INSERT INTO wallet_entry (
                    account_id, company_id, currency_id, seq, bucket, amount, balance_after,
                    line, lot_id, kind, key, res_model, res_id, move_id, operator_id, reason,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT moved.id, moved.company_id, moved.currency_id,
                       moved.seq - %(count)s + 1 + line.number, line.bucket, line.amount,
                       CASE line.bucket WHEN 'cash' THEN moved.cash
                                        WHEN 'bonus' THEN moved.bonus
                                        WHEN 'commission' THEN moved.commission
                                        WHEN 'held' THEN moved.held
                                        ELSE moved.bonus_held END - line.rest,
                       line.number, line.lot_id::int, %(kind)s, %(key)s, %(res_model)s,
                       %(res_id)s::int, %(move_id)s::int, %(operator_id)s::int, %(reason)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM moved,
                       (VALUES %(rows)s) AS line (number, bucket, amount, rest, lot_id)
             RETURNING line, id
                """,
                id=self.id,
                count=len(lines),
                rows=rows,
                is_free=is_free,
                may_owe=may_owe,
                uid=self.env.uid,
                now=self.env.cr.now(),
                **delta,
                **values,
            )
        )
        if not found:
            self._check_possible(deltas, is_free, may_owe)
            raise WalletError(self.env._("The money is not there."), 'INSUFFICIENT_FUNDS')
        return [entry_id for _line, entry_id in sorted(found)]

    def _move_lots(self, lines):
        """Let the lots follow their entries; the row of the wallet is ours by now."""
        changes = [(line['lot_id'], line['amount']) for line in lines if line['lot_id']]
        if not changes:
            return
        self.env.execute_query(
            SQL(
                """
                UPDATE wallet_bonus_lot AS lot SET remaining = lot.remaining + change.amount
                  FROM (VALUES %s) AS change (lot_id, amount)
                 WHERE lot.id = change.lot_id RETURNING lot.id
                """,
                SQL(', ').join(SQL('(%s, %s)', *change) for change in changes),
            )
        )
        self.env['wallet.bonus.lot'].browse(lot for lot, _amount in changes).invalidate_recordset(
            ['remaining']
        )

    # === BUSINESS METHODS: THE COMPANY'S BOOKS === #
    def _post_book_move(self, kind, deltas, counterpart, reason):
        """Post what a change means to the company: what it owes customers, and what for.

        Money that only moves within the same debt (from the balance to what is held) and the bonus,
        which is no debt until it is used, need no journal entry.

        :return: the posted ``account.move``, or an empty one
        """
        owed = deltas.get('cash', ZERO) + deltas.get('held', ZERO)
        payable = deltas.get('commission', ZERO)
        if not owed and not payable:
            return self.env['account.move']
        company = self.company_id
        company._ensure_wallet_accounting()
        lines = [
            (company.wallet_liability_account_id, -owed),
            (company.wallet_commission_account_id, -payable),
        ]
        if owed + payable:
            counterpart = counterpart or self._get_counterpart(kind)
            if not counterpart:
                raise UserError(self.env._("“%s” needs the journal entry of the same money.", kind))
            lines.append((counterpart, owed + payable))
        return self._post_move(lines, reason or self._get_kind_label(kind))

    def _get_counterpart(self, kind):
        """Return the ``account.account`` against which a kind is posted; a hook."""
        company = self.company_id
        return {
            'commission': company.wallet_commission_expense_account_id,
            'commission_reversal': company.wallet_commission_expense_account_id,
            'adjust': company.wallet_adjust_account_id,
        }.get(kind)

    def _get_kind_label(self, kind):
        labels = dict(self.env['wallet.entry']._fields['kind']._description_selection(self.env))
        return labels.get(kind, kind)

    def _post_move(self, lines, reference):
        """Post a journal entry of the wallet.

        :param list lines: tuples (``account.account``, signed amount in the wallet's currency: a
            debit is positive) or (account, amount, ``res.partner``); zero amounts are left out
        :param str reference: what it is for
        :return: the posted ``account.move``
        """
        self.ensure_one()
        company, currency = self.company_id, self.currency_id
        company._ensure_wallet_accounting()
        # sudo: account.move - the book of the wallets is kept whoever is at work
        Move = self.env['account.move'].sudo().with_company(company)
        date = self.env['wallet.entry']._get_today()
        vals_list, open_balance = [], 0.0
        for account, amount, *partner in lines:
            if amount:
                balance = currency._convert(float(amount), company.currency_id, company, date)
                open_balance += balance
                vals_list.append(
                    {
                        'name': reference,
                        'account_id': account.id,
                        'partner_id': (partner[0] if partner else self.partner_id).id,
                        'currency_id': currency.id,
                        'amount_currency': float(amount),
                        'balance': balance,
                    }
                )
        # what the exchange rate leaves over
        vals_list[-1]['balance'] = company.currency_id.round(
            vals_list[-1]['balance'] - open_balance
        )
        move = Move.with_context(mail_create_nolog=True, tracking_disable=True).create(
            {
                'move_type': 'entry',
                'journal_id': company.wallet_entry_journal_id.id,
                'date': date,
                'ref': reference,
                'partner_id': self.partner_id.id,
                'line_ids': [Command.create(vals) for vals in vals_list],
            }
        )
        move._post(soft=False)
        return move
