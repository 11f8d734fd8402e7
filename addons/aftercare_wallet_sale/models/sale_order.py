from odoo import api, fields, models
from odoo.addons.aftercare_wallet.tools.errors import WalletError
from odoo.exceptions import ValidationError
from odoo.fields import Command


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    wallet_amount = fields.Monetary(
        string="Wanted From the Wallet",
        copy=False,
        help="How much of the order the customer wants to pay from the wallet.",
    )
    is_wallet_declined = fields.Boolean(
        string="Without the Wallet",
        copy=False,
        help="The customer does not want to use the wallet for this order.",
    )
    wallet_paid = fields.Monetary(
        string="Paid From the Wallet",
        compute='_compute_wallet_paid',
        help="What the wallet has paid, less what went back to it.",
    )
    wallet_refundable = fields.Monetary(compute='_compute_wallet_refundable')

    # === COMPUTE METHODS === #
    @api.depends('transaction_ids.state')
    def _compute_amount_paid(self):
        """Override of `sale`: two payments may come in one transaction of the database."""
        return super()._compute_amount_paid()

    @api.depends('transaction_ids.state', 'transaction_ids.child_transaction_ids.state')
    def _compute_wallet_paid(self):
        for order in self:
            # sudo: payment.transaction - sales people may know how their orders are paid
            paid_sudo = order.sudo().transaction_ids.filtered(
                lambda tx: tx.provider_code == 'wallet' and tx.state == 'done'
            )
            refunds_sudo = paid_sudo._get_wallet_refunds()
            order.wallet_paid = sum((paid_sudo + refunds_sudo).mapped('amount'))

    @api.depends('transaction_ids.state', 'transaction_ids.child_transaction_ids.state')
    def _compute_wallet_refundable(self):
        for order in self:
            order.wallet_refundable = sum(
                amount for _tx, amount in order._get_wallet_refundable_payments()
            )

    # === ACTION METHODS === #
    def action_wallet_refund(self):
        """Open the dialog that refunds payments of the order to the customer's wallet."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Refund to Wallet"),
            'res_model': 'wallet.order.refund',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_order_id': self.id},
        }

    def action_view_wallet(self):
        """Open the wallet of the order's customer."""
        self.ensure_one()
        account = self._get_wallet_account()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'wallet.account',
            'res_id': account.id,
            'view_mode': 'form',
        }

    # === BUSINESS METHODS: WHAT THE WALLET CAN PAY === #
    def _get_wallet_account(self):
        """Return the wallet that can pay the order: its customer's, in its currency; or none."""
        self.ensure_one()
        return self.env['wallet.account']._get_for(
            self.partner_id, self.currency_id, self.company_id, create=False
        )

    def _is_wallet_owner(self, user):
        """Tell whether a user may pay the order from its customer's wallet."""
        self.ensure_one()
        return (
            not user._is_public()
            and user.partner_id.commercial_partner_id == self.partner_id.commercial_partner_id
        )

    def _get_wallet_due(self):
        """Return what is not paid by transactions yet."""
        self.ensure_one()
        return max(self.currency_id.round(self.amount_total - self.amount_paid), 0.0)

    def _get_wallet_bonus_limit(self, amount):
        """Return how much of an amount the bonus may pay.

        A share of what can be bought by bonus at all, less the bonus that has paid before.
        """
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: not line.display_type and not line.product_id.wallet_no_bonus
        )
        # sudo: res.company, payment.transaction - customers may know what they can use
        order_sudo = self.sudo()
        share = sum(lines.mapped('price_total')) * order_sudo.company_id.wallet_bonus_percent / 100
        paid_sudo = order_sudo.transaction_ids.filtered(
            lambda tx: tx.provider_code == 'wallet' and tx.state == 'done'
        )
        used = sum(paid_sudo.mapped('wallet_bonus')) - sum(
            paid_sudo._get_wallet_refunds().mapped('wallet_bonus')
        )
        return max(min(amount, self.currency_id.round(share - used)), 0.0)

    def _get_wallet_offer(self, amount, user):
        """Return what the wallet can do for a payment of the order.

        :param float amount: what is to be paid now
        :param user: who pays; portal routes work as superuser
        :return: None, or a dict: ``account`` (sudoed), ``usable`` (most that the wallet can pay),
            ``part`` (what it pays as the customer has chosen), ``rest`` (what another provider
            pays), ``is_whole`` (whether the wallet pays everything)
        """
        self.ensure_one()
        # sudo: payment.provider - customers do not see providers
        provider_sudo = self.company_id.sudo()._get_wallet_provider()
        if (
            amount <= 0
            or not provider_sudo.is_published
            or provider_sudo.state == 'disabled'
            or not self._is_wallet_owner(user)
        ):
            return None
        # sudo: wallet.account - the user's own, as was checked
        account_sudo = self._get_wallet_account().sudo()
        if not account_sudo or account_sudo.is_frozen:
            return None
        currency = self.currency_id
        usable = account_sudo._get_payable(amount, self._get_wallet_bonus_limit(amount))
        # What an earlier attempt has set aside is free for the next one.
        earlier = self._get_open_wallet_parts().filtered('expires_at')
        usable = min(amount, currency.round(usable + sum(earlier.mapped('amount'))))
        if currency.compare_amounts(usable, 0) <= 0:
            return None
        part = 0.0
        if not self.is_wallet_declined:
            if self.wallet_amount > 0:
                part = min(self.wallet_amount, usable)
            elif currency.compare_amounts(usable, amount) >= 0:
                part = amount  # one click is enough when there is enough
        part = currency.round(part)
        rest = currency.round(amount - part)
        return {
            'account': account_sudo,
            'usable': usable,
            'part': part,
            'rest': rest,
            'is_whole': currency.is_zero(rest),
        }

    def _set_wallet_choice(self, amount):
        """Keep how much of the order the customer wants to pay from the wallet.

        :param amount: Decimal or float; zero to leave the wallet alone
        """
        self.ensure_one()
        # sudo: sale.order - customers choose how they pay
        order_sudo = self.sudo()
        order_sudo._release_wallet_parts()
        order_sudo.write({'wallet_amount': float(amount), 'is_wallet_declined': not amount})

    def _adapt_payment_values(self, values, user):
        """Let the values of a payment form offer the wallet, and another provider the rest.

        :param dict values: of the form; ``amount``, providers and methods are changed
        :param user: who pays
        """
        self.ensure_one()
        amount = values['amount'] = self._get_payment_amount(values['amount'])
        offer = self._get_wallet_offer(amount, user)
        is_whole = bool(offer and offer['is_whole'])
        providers = values['providers_sudo']
        wallets = providers.filtered(lambda provider: provider.code == 'wallet')
        if offer and not wallets:
            offer = None
        # The wallet is chosen in its box, not in the list of the others.
        providers = wallets if is_whole and offer else providers - wallets
        values['providers_sudo'] = providers
        values['payment_methods_sudo'] = values['payment_methods_sudo'].filtered(
            lambda method: method.provider_ids & providers
        )
        values['tokens_sudo'] = values['tokens_sudo'].filtered(
            lambda token: token.provider_id in providers
        )
        if offer and not is_whole:
            values['amount'] = offer['rest']
        return values | {'wallet_offer': offer, 'wallet_order': self, 'wallet_due': amount}

    def _get_payment_amount(self, amount):
        """Return an amount to pay, but not more than is left."""
        due = self._get_wallet_due()
        if self.amount_paid and self.currency_id.compare_amounts(due, amount) < 0:
            return due
        return amount

    # === BUSINESS METHODS: TWO PARTS === #
    def _begin_wallet_part(self, amount, user, values=None):
        """Set aside what the wallet pays, before another provider is asked for the rest.

        :param float amount: the rest
        :param user: who pays
        :param dict values: further values of the wallet's transaction
        :return: the wallet's draft transaction; empty when the wallet has no part
        :raises ValidationError: when something has changed since the customer saw the page
        """
        self.ensure_one()
        # sudo: payment.transaction - the customer's own
        order_sudo = self.sudo()
        order_sudo._release_wallet_parts()
        Transaction = order_sudo.env['payment.transaction']
        currency, due = self.currency_id, self._get_wallet_due()
        gap = currency.round(due - amount)
        if self.is_wallet_declined or self.wallet_amount <= 0 or gap <= 0:
            return Transaction
        part = min(self.wallet_amount, gap)
        offer = self._get_wallet_offer(due, user)
        required = min(due, self._get_prepayment_required_amount() - self.amount_paid)
        if (
            not offer
            or currency.compare_amounts(offer['part'], part) < 0
            or currency.compare_amounts(amount + part, required) < 0
        ):
            raise ValidationError(
                self.env._("Your balance or the order has changed. Please refresh the page.")
            )
        account_sudo = offer['account'].with_company(self.company_id)
        tx_sudo = account_sudo._create_transaction(
            part,
            sale_order_ids=[Command.set(self.ids)],
            partner_id=self.partner_invoice_id.id,
            **(values or {}),
        )
        account_sudo._reserve(tx_sudo, part)
        return tx_sudo

    def _release_wallet_parts(self):
        """Give back what was set aside for earlier attempts to pay the orders."""
        txs = self.transaction_ids.filtered(
            lambda tx: tx.provider_code == 'wallet' and tx.state == 'draft'
        )
        # sudo: wallet.reservation - the customer's own
        reservations = (
            self.env['wallet.reservation']
            .sudo()
            .search([('transaction_id', 'in', txs.ids), ('state', '=', 'open')])
        )
        # What waits for its second half, which has arrived, is not given back.
        reservations.filtered('expires_at')._release()

    def _get_open_wallet_parts(self):
        """Return the reservations that wait for the rest of a payment of the orders."""
        # sudo: wallet.reservation - the customer's own
        return (
            self.env['wallet.reservation']
            .sudo()
            .search(
                [
                    ('transaction_id', 'in', self.sudo().transaction_ids.ids),
                    ('state', '=', 'open'),
                ]
            )
        )

    def _pay_from_wallet(self, amount):
        """Pay a part of the order from its customer's wallet at once.

        :return: the transaction, done
        :raises WalletError: when the money is not there
        """
        self.ensure_one()
        account = self._get_wallet_account()
        if not account:
            raise WalletError(
                self.env._("%(customer)s has no wallet yet.", customer=self.partner_id.name),
                'INSUFFICIENT_FUNDS',
            )
        # sudo: wallet.account - whoever may pay the order was checked by the caller
        return (
            account.sudo()
            .with_company(self.company_id)
            ._pay(
                amount,
                sale_order_ids=[Command.set(self.ids)],
                partner_id=self.partner_invoice_id.id,
            )
        )

    # === BUSINESS METHODS: REFUND === #
    def _get_wallet_refundable_payments(self):
        """Return what can be refunded: tuples (transaction, amount), the wallet's first."""
        self.ensure_one()
        # sudo: payment.transaction - sales people may know how their orders are paid
        payments_sudo = self.sudo().transaction_ids.filtered(
            lambda tx: (
                tx.state == 'done'
                and tx.operation not in ('refund', 'validation')
                and not tx.is_wallet_topup
            )
        )
        result = []
        for tx in payments_sudo.sorted(lambda tx: (tx.provider_code != 'wallet', tx.id)):
            left = tx.currency_id.round(tx.amount + sum(tx._get_wallet_refunds().mapped('amount')))
            if left > 0:
                result.append((tx, left))
        return result

    def _refund_to_wallet(self, amount):
        """Refund payments of the order to the wallet of its customer, whoever took them.

        :return: the refunds, child transactions, done
        :raises ValidationError: when less was paid
        """
        self.ensure_one()
        currency = self.currency_id
        refunds = self.env['payment.transaction'].sudo()
        # sudo: wallet.account - whoever may refund was checked by the caller
        account_sudo = (
            self.env['wallet.account'].sudo()._get_for(self.partner_id, currency, self.company_id)
        )
        for tx, left in self._get_wallet_refundable_payments():
            part = min(left, amount)
            if currency.compare_amounts(part, 0) > 0:
                refunds += account_sudo._refund(tx, part)
                amount = currency.round(amount - part)
        if currency.compare_amounts(amount, 0) > 0:
            raise ValidationError(
                self.env._(
                    "%(amount)s more than was paid can not be refunded.",
                    amount=currency.format(amount),
                )
            )
        return refunds

    # === BUSINESS METHODS: MESSAGES === #
    def _send_payment_succeeded_for_order_mail(self):
        """Override of `sale`: no mail about the first half while the wallet pays the second."""
        waiting = self._get_open_wallet_parts().transaction_id.sale_order_ids
        return super(SaleOrder, self - waiting)._send_payment_succeeded_for_order_mail()
