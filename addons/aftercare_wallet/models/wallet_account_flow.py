from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.errors import WalletError
from ..tools.money import ZERO, to_decimal


class WalletAccount(models.Model):
    _inherit = 'wallet.account'

    # === BUSINESS METHODS: RECHARGE === #
    @api.model
    def _check_topup(self, partner, company, amount):
        """Return an amount as a float when the customer may recharge it.

        :param amount: float or Decimal in the company's currency; None: it was no amount
        :raise WalletError: when it is outside the limits
        """
        currency = company.currency_id
        # sudo: res.company, wallet.account - its limits, and what the customer has
        company, account = (
            company.sudo(),
            self.sudo()._get_for(partner, company=company, create=False),
        )
        value = amount is not None and to_decimal(amount, currency)
        if not value or value <= ZERO:
            raise WalletError(self.env._("Please enter an amount."), 'INVALID_AMOUNT')
        value = float(value)
        if currency.compare_amounts(value, company.wallet_topup_min) < 0:
            raise WalletError(
                self.env._(
                    "Please recharge %s at least.", currency.format(company.wallet_topup_min)
                ),
                'BELOW_MINIMUM',
            )
        if not company._is_topup_in_limits(value):
            raise WalletError(
                self.env._(
                    "Please recharge %s at most.", currency.format(company.wallet_topup_max)
                ),
                'LIMIT_EXCEEDED',
            )
        most = company.wallet_balance_max
        if most and currency.compare_amounts(account.cash + value, most) > 0:
            raise WalletError(
                self.env._(
                    "A wallet holds %(most)s at most, and you have %(balance)s.",
                    most=currency.format(most),
                    balance=currency.format(account.cash),
                ),
                'LIMIT_EXCEEDED',
            )
        if company.wallet_topup_requires_paid and not self._has_paid(partner, company):
            raise WalletError(
                self.env._("You can recharge as soon as your first invoice is paid."),
                'NOT_POSSIBLE',
            )
        return value

    @api.model
    def _has_paid(self, partner, company):
        # sudo: account.move - whether there is one
        return bool(
            self.env['account.move']
            .sudo()
            .search_count(
                [
                    ('commercial_partner_id', '=', partner.commercial_partner_id.id),
                    ('company_id', '=', company.id),
                    ('move_type', '=', 'out_invoice'),
                    ('state', '=', 'posted'),
                    ('payment_state', 'in', ('paid', 'in_payment')),
                    ('amount_total', '>', 0),
                ],
                limit=1,
            )
        )

    def _topup(self, tx):
        """Credit a confirmed recharge, once, with the bonus of its tier.

        :param tx: ``payment.transaction`` record in state done
        :return: ``wallet.entry`` recordset
        :raise WalletError: when the transaction is not done or of another wallet
        """
        self.ensure_one()
        self._check_transaction(tx)
        if tx.state != 'done' or not tx.is_wallet_topup or tx.amount <= 0:
            raise WalletError(
                self.env._("Recharge %s is not confirmed.", tx.reference), 'NOT_POSSIBLE'
            )
        if not tx.payment_id:
            # posts the payment, and comes back here
            tx._post_process()
        return self._book(
            'topup',
            {'cash': tx.amount},
            f'payment.transaction,{tx.id}:topup',
            origin=tx,
            reason=tx.reference,
            move=tx.payment_id.move_id,
        ) + self._grant_tier(tx)

    def _grant_tier(self, tx):
        tier = self.env['wallet.topup.tier'].sudo()._find_for(self.company_id, tx.amount)
        bonus = tier._get_bonus(tx.amount, self.currency_id) if tier else 0
        if not bonus or self.currency_id != self.company_id.currency_id:
            return self.env['wallet.entry']
        return self._grant_bonus(
            bonus,
            f'payment.transaction,{tx.id}:tier',
            origin=tx,
            reason=tx.reference,
            days=tier.days if tier.days else None,
        )

    def _reverse_topup(self, tx):
        """Take a recharge back that was refunded or charged back: what is left of it.

        The part that was spent is owed by the customer: `tx.wallet_cash` tells what was left.

        :param tx: the refund, child of the recharge, with its payment posted
        """
        self.ensure_one()
        amounts = {'cash': -to_decimal(tx.wallet_cash, self.currency_id)}
        lots = {}
        for lot, amount in self._get_tier_lots(tx):
            lots[lot] = -amount
            amounts['bonus'] = amounts.get('bonus', ZERO) - amount
        if not any(amounts.values()):
            return self.env['wallet.entry']
        return self._book(
            'topup_reversal',
            amounts,
            f'payment.transaction,{tx.id}:topup_reversal',
            origin=tx,
            reason=tx.reference,
            move=tx.payment_id.move_id,
            lots=lots,
        )

    def _get_tier_lots(self, tx):
        """Return tuples (lot, Decimal): the bonus a recharge brought, as far as it is still there
        and belongs to the part that is taken back."""
        source = tx.source_transaction_id
        granted = (
            self.env['wallet.entry']
            .sudo()
            .search([('key', '=', f'payment.transaction,{source.id}:tier')])
        )
        result = []
        for entry in granted:
            share = to_decimal(entry.amount * -tx.amount / source.amount, self.currency_id)
            left = to_decimal(entry.lot_id.remaining, self.currency_id)
            if min(share, left) > ZERO:
                result.append((entry.lot_id, min(share, left)))
        return result

    # === BUSINESS METHODS: PAY === #
    def _pay(self, amount, **values):
        """Pay an amount from the wallet at once, with all that follows from a payment.

        All or nothing: an error leaves no trace once the caller's transaction, or savepoint, is
        rolled back.

        :param dict values: further values of the transaction (``sale_order_ids``, ``invoice_ids``,
            ``reference``, ``partner_id``)
        :return: the ``payment.transaction``, done
        :raise WalletError: when the money is not there
        """
        self.ensure_one()
        tx = self._create_transaction(amount, **values)
        self._spend(tx)
        return tx

    def _create_transaction(self, amount, **values):
        """Create a draft transaction that pays from the wallet."""
        self.ensure_one()
        provider = self.company_id._get_wallet_provider()
        if not provider or provider.state == 'disabled':
            raise WalletError(self.env._("Paying from the wallet is switched off."), 'NOT_POSSIBLE')
        # sudo: payment.transaction - the customer's, whoever starts it
        Transaction = self.env['payment.transaction'].sudo()
        vals = {
            'provider_id': provider.id,
            'payment_method_id': provider.payment_method_ids[:1].id,
            'amount': amount,
            'currency_id': self.currency_id.id,
            'partner_id': self.partner_id.id,
            'operation': 'offline',
            'wallet_account_id': self.id,
            **values,
        }
        if not vals.get('reference'):
            vals['reference'] = Transaction._compute_reference('wallet', **values)
        return Transaction.create(vals)

    def _spend(self, tx):
        """Pay a draft transaction of the wallet provider: money, payment and what it pays for.

        :return: ``wallet.entry`` recordset
        :raise WalletError: when the money is not there
        """
        self.ensure_one()
        self._check_transaction(tx)
        tx._process('wallet', {'reference': tx.reference})
        if tx.state != 'done':
            raise WalletError(
                tx.state_message or self.env._("Payment %s is over.", tx.reference),
                'NOT_POSSIBLE',
            )
        return self._find_booked(tx._get_wallet_key()).with_env(self.env)

    def _check_transaction(self, tx):
        if tx.wallet_account_id != self:
            raise WalletError(
                self.env._("%s belongs to another wallet.", tx.reference), 'NOT_POSSIBLE'
            )
        if tx.currency_id != self.currency_id or tx.company_id != self.company_id:
            raise WalletError(
                self.env._(
                    "This wallet is in %(currency)s of %(company)s; other money can not be used.",
                    currency=self.currency_id.name,
                    company=self.company_id.name,
                ),
                'WRONG_CURRENCY',
            )

    def _split_payment(self, amount, bonus_limit=None):
        """Return how an amount is paid: bonus first, as far as it may be used, then the balance.

        :return: tuple of Decimals (cash, bonus)
        :raise WalletError: when both together are not enough
        """
        self.ensure_one()
        amount = to_decimal(amount, self.currency_id)
        if amount is None or amount <= ZERO:
            raise WalletError(self.env._("This is not an amount."), 'INVALID_AMOUNT')
        bonus = min(amount, self._get_usable_bonus())
        if bonus_limit is not None:
            bonus = max(ZERO, min(bonus, to_decimal(bonus_limit, self.currency_id)))
        cash = amount - bonus
        balance = to_decimal(self.sudo().cash, self.currency_id)
        if cash > balance:
            raise WalletError(
                self.env._(
                    "Your wallet has %(available)s for this payment of %(amount)s. Please recharge"
                    " it, or pay another way.",
                    available=self.currency_id.format(float(balance + bonus)),
                    amount=self.currency_id.format(float(amount)),
                ),
                'INSUFFICIENT_FUNDS',
            )
        return cash, bonus

    def _get_payable(self, amount, bonus_limit=None):
        """Return how much of an amount the wallet can pay, as a float.

        :param float bonus_limit: how much of the bonus may be used; None: the company's share
        """
        self.ensure_one()
        account = self.sudo()  # sudo: wallet.account - whoever pays need not see it
        if account.is_frozen:
            return 0.0
        bonus = self._get_usable_bonus()
        cash = to_decimal(account.cash, account.currency_id)
        if bonus_limit is not None:
            bonus = max(ZERO, min(bonus, to_decimal(bonus_limit, account.currency_id)))
        elif (share := account.company_id.wallet_bonus_percent / 100) < 1:
            # the bonus grows with what is paid, of which it is a share
            most = float(cash) / (1 - share)
            bonus = min(bonus, to_decimal(most, account.currency_id) - cash)
        return min(amount, float(cash + bonus))

    # === BUSINESS METHODS: RESERVE === #
    def _reserve(self, tx, amount):
        """Set money aside for a transaction until the rest of the payment has come.

        A second call for the same transaction returns the reservation of the first.

        :param tx: draft ``payment.transaction`` of the wallet provider
        :return: ``wallet.reservation`` record, open for 30 minutes
        :raise WalletError: when the money is not there
        """
        self.ensure_one()
        Reservation = self.env['wallet.reservation'].sudo()
        if reservation := Reservation._find_open(tx):
            return reservation
        self._check_transaction(tx)
        cash, bonus = self._split_payment(amount, tx._get_wallet_bonus_limit(amount))
        reservation = Reservation.create(
            {
                'account_id': self.id,
                'transaction_id': tx.id,
                'amount': float(cash + bonus),
                'bonus': float(bonus),
            }
        )
        self._book(
            'reserve',
            {'cash': -cash, 'held': cash, 'bonus': -bonus, 'bonus_held': bonus},
            reservation._get_key(),
            origin=reservation,
            reason=tx.reference,
        )
        return reservation

    # === BUSINESS METHODS: REFUND === #
    def _refund(self, source, amount, invoices=None):
        """Refund a paid transaction, of whatever provider, to the wallet.

        :param source: ``payment.transaction`` record, done
        :param float amount: how much of it
        :param invoices: credit notes to be matched; by default those of what was paid
        :return: the refund, a child ``payment.transaction``, done
        """
        self.ensure_one()
        provider = self.company_id._get_wallet_provider()
        if not provider or provider.state == 'disabled':
            raise UserError(self.env._("Paying from the wallet is switched off."))
        if source.state != 'done' or source.operation == 'refund' or source.is_wallet_topup:
            raise UserError(self.env._("Only a confirmed payment can be refunded."))
        values = {
            'provider_id': provider.id,
            'payment_method_id': provider.payment_method_ids[:1].id,
            'token_id': False,
            'wallet_account_id': self.id,
        }
        if invoices:
            values['invoice_ids'] = [Command.set(invoices.ids)]
        refund = source._create_child_transaction(amount, is_refund=True, **values)
        refund._log_sent_message()
        refund._send_refund_request()
        return refund

    # === BUSINESS METHODS: COMMISSION === #
    def _credit_commission(self, amount, key, origin=None, reason='', operator=None):
        """Credit a commission; a negative amount takes one back, also below zero.

        :return: ``wallet.entry`` recordset
        """
        return self._book(
            'commission' if amount > 0 else 'commission_reversal',
            {'commission': amount},
            key,
            origin=origin,
            reason=reason,
            operator=operator,
        )

    def _commission_to_cash(self, amount, key, origin=None, reason='', operator=None):
        """Move commission to the balance, where it can be paid with.

        :return: ``wallet.entry`` recordset
        """
        value = to_decimal(amount, self.currency_id)
        if value is None or value <= ZERO:
            raise WalletError(self.env._("This is not an amount."), 'INVALID_AMOUNT')
        return self._book(
            'commission_to_cash',
            {'commission': -value, 'cash': value},
            key,
            origin=origin or self,
            reason=reason,
            operator=operator,
        )
