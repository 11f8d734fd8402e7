from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ..tools.errors import WalletError
from ..tools.money import ZERO, take_from, take_share, to_decimal


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    wallet_account_id = fields.Many2one(
        'wallet.account',
        string="Wallet",
        readonly=True,
        ondelete='restrict',
        index='btree_not_null',
    )
    wallet_cash = fields.Monetary(
        string="Balance Part", readonly=True, copy=False, help="What the balance has paid or got."
    )
    wallet_bonus = fields.Monetary(
        string="Bonus Part", readonly=True, copy=False, help="What the bonus has paid or got."
    )
    is_wallet_topup = fields.Boolean(string="Recharge", readonly=True, copy=False)

    _wallet_topup_idx = models.Index('(create_date) WHERE is_wallet_topup')

    # === CRUD METHODS === #
    @api.model
    def _get_specific_create_values(self, provider_code, values):
        """Override of `payment`: a payment from the wallet knows which."""
        res = super()._get_specific_create_values(provider_code, values)
        if provider_code != 'wallet':
            return res
        if values.get('is_wallet_topup'):
            raise ValidationError(self.env._("A wallet is not recharged from a wallet."))
        if values.get('wallet_account_id'):
            return res
        partner = self.env['res.partner'].browse(values['partner_id'])
        account = self.env['wallet.account']._get_for(
            partner,
            self.env['res.currency'].browse(values['currency_id']),
            self.env['payment.provider'].browse(values['provider_id']).company_id,
        )
        return res | {'wallet_account_id': account.id}

    # === ACTION METHODS === #
    def action_wallet_refund(self):
        """Open the dialog that refunds the payment to the customer's wallet."""
        self.ensure_one()
        return self._get_wallet_refund_action('refund')

    def action_wallet_chargeback(self):
        """Open the dialog that takes back a recharge which the bank has taken back."""
        self.ensure_one()
        return self._get_wallet_refund_action('chargeback')

    def _get_wallet_refund_action(self, operation):
        names = {
            'refund': self.env._("Refund to Wallet"),
            'chargeback': self.env._("Charge Back"),
        }
        return {
            'type': 'ir.actions.act_window',
            'name': names[operation],
            'res_model': 'wallet.refund',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_transaction_id': self.id, 'default_operation': operation},
        }

    # === BUSINESS METHODS: PAYMENT FLOW === #
    def _get_specific_processing_values(self, processing_values):
        """Override of `payment`: the customer has confirmed, so the wallet pays at once.

        In the request that made the transaction, so that nothing is left of it when the money is
        not there.
        """
        if self.provider_code != 'wallet':
            return super()._get_specific_processing_values(processing_values)
        if self.state == 'draft':
            self._check_wallet_payer()
            self.wallet_account_id._spend(self)
        return {}

    def _check_wallet_payer(self):
        """Raise unless the wallet is the one of the user who is logged in."""
        user = self.env.user
        owner = self.wallet_account_id.sudo().partner_id
        if user._is_public() or user.partner_id.commercial_partner_id != owner:
            raise AccessError(self.env._("Please log in to pay from your wallet."))

    def _extract_amount_data(self, payment_data):
        """Override of `payment`: the amount comes from nowhere else."""
        if self.provider_code != 'wallet':
            return super()._extract_amount_data(payment_data)
        return None

    def _apply_updates(self, payment_data):
        """Override of `payment`: money, payment and document all in one, or not at all."""
        if self.provider_code != 'wallet':
            super()._apply_updates(payment_data)
            return
        if self.state in ('draft', 'pending', 'error'):
            self._check_wallet_amount()
        self._set_done()
        if self.state == 'done' and not self.is_post_processed:
            self.with_company(self.company_id)._post_process()

    def _check_wallet_amount(self):
        """Raise when more would be paid than is due; a second click pays nothing again."""
        if self.operation == 'refund':
            return
        foreign = self._get_wallet_documents_currencies() - self.currency_id
        if foreign:
            raise WalletError(
                self.env._(
                    "This is to be paid in %(foreign)s; the wallet is in %(currency)s.",
                    foreign=", ".join(foreign.mapped('name')),
                    currency=self.currency_id.name,
                ),
                'WRONG_CURRENCY',
            )
        payable = self._get_wallet_payable()
        if payable is not None and self.currency_id.compare_amounts(self.amount, payable) > 0:
            raise WalletError(
                self.env._("This has been paid already. Please refresh the page."), 'NOT_POSSIBLE'
            )

    def _get_wallet_payable(self):
        """Return what is due on the documents the transaction pays, None without any; a hook."""
        self.ensure_one()
        invoices = self.invoice_ids.filtered(lambda move: move.state == 'posted')
        return sum(invoices.mapped('amount_residual')) if invoices else None

    def _get_wallet_documents_currencies(self):
        """Return the currencies of the documents the transaction pays; a hook."""
        return self.invoice_ids.currency_id

    def _get_wallet_bonus_limit(self, amount):
        """Return how much of an amount the bonus may pay; a hook.

        :param float amount: what the wallet pays
        """
        self.ensure_one()
        percent = self.company_id.wallet_bonus_percent
        return self.currency_id.round(amount * percent / 100)

    def _send_refund_request(self):
        """Override of `payment`: a refund to the wallet is there at once."""
        if self.provider_code != 'wallet':
            super()._send_refund_request()
            return
        self._process('wallet', {'reference': self.reference})

    def _refund(self, amount_to_refund=None):
        """Override of `payment`: a recharge is refunded as far as it was not spent."""
        self.ensure_one()
        account = self.wallet_account_id.sudo()
        if self.is_wallet_topup and account:
            amount = amount_to_refund or self.amount
            if self.currency_id.compare_amounts(amount, account.cash) > 0:
                raise UserError(
                    self.env._(
                        "%(spent)s of this recharge were spent: %(left)s can be refunded.",
                        spent=self.currency_id.format(amount - account.cash),
                        left=self.currency_id.format(account.cash),
                    )
                )
        return super()._refund(amount_to_refund=amount_to_refund)

    def _create_child_transaction(self, amount, is_refund=False, **custom_create_values):
        """Override of `payment`: never more is refunded than was paid, and what belongs to a
        wallet stays with it."""
        self.ensure_one()
        if is_refund and (self.wallet_account_id or custom_create_values.get('wallet_account_id')):
            self._check_wallet_refundable(amount)
        if self.wallet_account_id:
            custom_create_values.setdefault('wallet_account_id', self.wallet_account_id.id)
            custom_create_values.setdefault('is_wallet_topup', self.is_wallet_topup)
        if is_refund and custom_create_values.get('wallet_account_id') and not self.is_wallet_topup:
            custom_create_values.setdefault(
                'invoice_ids', [Command.set(self._get_wallet_credit_notes().ids)]
            )
        return super()._create_child_transaction(
            amount, is_refund=is_refund, **custom_create_values
        )

    def _check_wallet_refundable(self, amount):
        refunded = -sum(self._get_wallet_refunds().mapped('amount'))
        left = self.currency_id.round(self.amount - refunded)
        if amount <= 0 or self.currency_id.compare_amounts(amount, left) > 0:
            raise ValidationError(
                self.env._("%s can be refunded.", self.currency_id.format(max(left, 0.0)))
            )

    def _get_wallet_refunds(self):
        """Return the refunds of the transaction that are done or on their way."""
        return self.child_transaction_ids.filtered(
            lambda tx: tx.operation == 'refund' and tx.state not in ('cancel', 'error')
        )

    def _get_wallet_credit_notes(self):
        """Return the open credit notes of the invoices that the transaction has paid."""
        return self.invoice_ids.reversal_move_ids.filtered(
            lambda move: (
                move.move_type == 'out_refund'
                and move.state == 'posted'
                and move.amount_residual
                and move.currency_id == self.currency_id
            )
        )

    # === BUSINESS METHODS: POST-PROCESSING === #
    def _set_done(self, *, state_message=None, extra_allowed_states=()):
        """Override of `payment`: a recharge is credited soon, also when the customer has left."""
        txs = super()._set_done(
            state_message=state_message, extra_allowed_states=extra_allowed_states
        )
        if any(tx.is_wallet_topup for tx in txs):
            cron = self.env.ref('payment.cron_post_process_payment_tx', raise_if_not_found=False)
            if cron:
                cron.sudo()._trigger()  # sudo: ir.cron - the customer may not
        return txs

    def _create_payment(self, **extra_create_values):
        """Override of `account_payment`: the payment and its entries in the wallet come together.

        The wallet's row is written last, so that others wait for it as shortly as can be.
        """
        self.ensure_one()
        if self.is_wallet_topup:
            self.company_id._ensure_wallet_accounting()
            liability = self.company_id.wallet_liability_account_id
            extra_create_values.setdefault('destination_account_id', liability.id)
        if self._is_wallet_topup_refund():
            self._prepare_wallet_topup_refund()
        elif self.provider_code == 'wallet':
            self.company_id._ensure_wallet_accounting()
            self._prepare_wallet_parts()
        payment = super()._create_payment(**extra_create_values)
        self._book_wallet(payment)
        return payment

    def _is_wallet_topup_refund(self):
        return bool(
            self.source_transaction_id.is_wallet_topup
            and self.operation == 'refund'
            and self.amount < 0
        )

    def _prepare_wallet_topup_refund(self):
        """Find out what is left of a recharge that is taken back."""
        source = self.source_transaction_id
        if not source.payment_id and source.state == 'done':
            # it was taken back before it was credited
            source.with_company(source.company_id)._create_payment()
        cash = to_decimal(source.wallet_account_id.sudo().cash, self.currency_id)
        self.wallet_cash = float(min(cash, to_decimal(-self.amount, self.currency_id)))

    def _prepare_wallet_parts(self):
        """Find out what balance and bonus pay, or get back."""
        if self.operation == 'refund':
            cash, bonus = self._split_wallet_refund()
        elif reservation := self._get_wallet_reservation():
            held = reservation._get_amounts()
            cash, bonus = held['held'], held['bonus_held']
        else:
            self.wallet_account_id._check_transaction(self)
            cash, bonus = self.wallet_account_id._split_payment(
                self.amount, self._get_wallet_bonus_limit(self.amount)
            )
        self.write({'wallet_cash': float(cash), 'wallet_bonus': float(bonus)})

    def _get_wallet_reservation(self):
        # sudo: wallet.reservation - the customer's own
        reservation = self.env['wallet.reservation'].sudo()._find_open(self)
        if reservation and self.currency_id.compare_amounts(reservation.amount, self.amount):
            raise UserError(self.env._("Something else was set aside than is to be paid."))
        return reservation

    def _split_wallet_refund(self):
        """Return what a refund gives back to balance and bonus: the same shares that have paid."""
        source, currency = self.source_transaction_id, self.currency_id
        amount = to_decimal(-self.amount, currency)
        if source.provider_code != 'wallet':
            return amount, ZERO
        earlier = (source._get_wallet_refunds() - self).filtered('payment_id')
        paid, paid_cash = (
            to_decimal(value, currency) for value in (source.amount, source.wallet_cash)
        )
        back = to_decimal(-sum(earlier.mapped('amount')), currency) + amount
        back_cash = to_decimal(sum(earlier.mapped('wallet_cash')), currency)
        cash = take_share(paid_cash, back, paid, currency) - back_cash
        return cash, amount - cash

    def _book_wallet(self, payment):
        """Write the entries of a payment that was just posted."""
        account = self.wallet_account_id or self.source_transaction_id.wallet_account_id
        if self._is_wallet_topup_refund():
            entries = account._reverse_topup(self)
            self._after_wallet_topup_refund(account)
        elif self.is_wallet_topup:
            entries = account._topup(self)
            account._notify_amount('wallet_topup', self.amount)
        elif self.provider_code != 'wallet':
            return
        elif self.operation == 'refund':
            entries = self._book_wallet_refund(account, payment.move_id)
        else:
            entries = self._book_wallet_spend(account, payment.move_id)
            account._notify_low_balance(entries)
        if entries and not payment.move_id:
            raise UserError(self.env._("The payment has no journal entry."))

    def _get_wallet_key(self):
        self.ensure_one()
        return f'payment.transaction,{self.id}'

    def _get_wallet_reason(self):
        """Return what the book says a payment is for; a hook."""
        names = [name for name in self.invoice_ids.mapped('name') if name and name != '/']
        return ", ".join(names) or self.reference

    def _book_wallet_spend(self, account, move):
        reservation = self._get_wallet_reservation()
        buckets = ('held', 'bonus_held') if reservation else ('cash', 'bonus')
        entries = account._book(
            'spend',
            dict(zip(buckets, (-self.wallet_cash, -self.wallet_bonus), strict=True)),
            self._get_wallet_key(),
            origin=self,
            reason=self._get_wallet_reason(),
            move=move,
            force=bool(reservation),
        )
        reservation.state = 'used'
        return entries

    def _book_wallet_refund(self, account, move):
        lots = self._get_wallet_lots_back(account)
        for lot in lots:
            lot._restore()
        return account._book(
            'spend_refund',
            {'cash': self.wallet_cash, 'bonus': self.wallet_bonus},
            self._get_wallet_key(),
            origin=self,
            reason=self.source_transaction_id._get_wallet_reason(),
            move=move,
            lots=lots,
        )

    def _get_wallet_lots_back(self, account):
        """Return lot → Decimal: from where the bonus came, the last to expire first."""
        currency = self.currency_id
        bonus = to_decimal(self.wallet_bonus, currency)
        if not bonus:
            return {}
        source = self.source_transaction_id
        # sudo: wallet.reservation, wallet.entry - the book of what is refunded
        reservation = (
            self.env['wallet.reservation']
            .sudo()
            .search([('transaction_id', '=', source.id), ('state', '=', 'used')], limit=1)
        )
        refunds = source._get_wallet_refunds() - self
        keys = [source._get_wallet_key(), *(tx._get_wallet_key() for tx in refunds)]
        if reservation:
            keys.append(reservation._get_key())
        entries = (
            self.env['wallet.entry'].sudo().search([('key', 'in', keys), ('lot_id', '!=', False)])
        )
        stocks = [
            (lot, -sum(to_decimal(entry.amount, currency) for entry in of_lot))
            for lot, of_lot in entries.grouped('lot_id').items()
            if lot.account_id == account
        ]
        stocks.sort(
            key=lambda stock: (not stock[0].date_expiry, stock[0].date_expiry), reverse=True
        )
        taken, missing = take_from(bonus, stocks)
        if missing:
            # the lots belong to a wallet that was merged into this one
            lot = (
                self.env['wallet.bonus.lot']
                .sudo()
                ._create_for(account, missing, None, source.reference)
            )
            taken.append((lot, missing))
        return dict(taken)

    def _after_wallet_topup_refund(self, account):
        """Tell the managers what a customer owes after a chargeback; a hook."""
        owed = self.currency_id.round(-self.amount - self.wallet_cash)
        if owed > 0:
            account._notify_amount(
                'wallet_chargeback',
                -self.amount,
                owed=self.currency_id.format(owed),
                reference=self.source_transaction_id.reference,
            )

    def _charge_back_wallet(self, amount):
        """Take back a recharge which the bank has taken back, as far as it goes.

        What was spent becomes a receivable.

        :return: the refund, a child ``payment.transaction``, done
        """
        self.ensure_one()
        if not self.is_wallet_topup or self.state != 'done' or self.operation == 'refund':
            raise UserError(self.env._("Only a confirmed recharge can be charged back."))
        refund = self._create_child_transaction(amount, is_refund=True)
        refund._set_done(state_message=self.env._("Charged back"))
        refund._post_process()
        return refund
