from odoo import fields, models
from odoo.addons.aftercare_wallet.tools.errors import WalletError


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    wallet_part_id = fields.Many2one(
        'payment.transaction',
        readonly=True,
        copy=False,
        index='btree_not_null',
        ondelete='restrict',
        help="The payment from the wallet that is set aside until this one has come.",
    )

    # === BUSINESS METHODS: LIMITS === #
    def _get_wallet_payable(self):
        """Override of `aftercare_wallet`: not more than is left of the orders."""
        payable = super()._get_wallet_payable()
        if payable is None and self.sale_order_ids:
            return sum(order._get_wallet_due() for order in self.sale_order_ids)
        return payable

    def _get_wallet_documents_currencies(self):
        """Override of `aftercare_wallet`: orders have a currency, too."""
        return super()._get_wallet_documents_currencies() | self.sale_order_ids.currency_id

    def _get_wallet_bonus_limit(self, amount):
        """Override of `aftercare_wallet`: a share of the order, without what is kept out of it."""
        if self.sale_order_ids:
            return min(
                amount, sum(order._get_wallet_bonus_limit(amount) for order in self.sale_order_ids)
            )
        limit = super()._get_wallet_bonus_limit(amount)
        if self.invoice_ids:
            lines = self.invoice_ids.invoice_line_ids
            kept_out = lines.filtered('product_id.wallet_no_bonus')
            total = sum(self.invoice_ids.mapped('amount_total'))
            share = total - sum(kept_out.mapped('price_total'))
            percent = self.company_id.wallet_bonus_percent
            limit = min(limit, max(self.currency_id.round(share * percent / 100), 0.0))
        return limit

    def _get_wallet_reason(self):
        """Override of `aftercare_wallet`: the book names the orders."""
        return ", ".join(self.sale_order_ids.mapped('name')) or super()._get_wallet_reason()

    # === BUSINESS METHODS: TWO PARTS === #
    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment`: what the wallet has set aside waits for the other half, or is
        given back when that will not come."""
        txs = super()._update_state(allowed_states, target_state, state_message)
        with_part = txs.filtered('wallet_part_id')
        if target_state in ('done', 'authorized'):
            # From now on only the post-processing decides, which is tried again if it fails.
            with_part._get_wallet_part_reservations().expires_at = False
        elif target_state in ('cancel', 'error'):
            with_part._give_wallet_part_back()
        return txs

    def _post_process(self):
        """Override of `payment`: the second half follows the first."""
        res = super()._post_process()
        for tx in self.filtered(
            lambda tx: tx.wallet_part_id and tx.state in ('done', 'authorized')
        ):
            tx._settle_wallet_part()
        return res

    def _get_wallet_part_reservations(self):
        # sudo: wallet.reservation - notifications of payment come from nobody in particular
        return (
            self.env['wallet.reservation']
            .sudo()
            .search([('transaction_id', 'in', self.wallet_part_id.ids), ('state', '=', 'open')])
        )

    def _give_wallet_part_back(self):
        """Release what was set aside; refund what was paid when the other half was taken back."""
        self._get_wallet_part_reservations()._release()
        for tx in self:
            part = tx.wallet_part_id
            if part.state == 'done' and not part._get_wallet_refunds():
                # sudo: wallet.account - notifications of payment come from nobody in particular
                account = part.wallet_account_id.sudo()
                account._refund(part, part.amount)
                tx._tell_orders(
                    self.env._(
                        "The payment %(reference)s was taken back, so %(amount)s went back to the "
                        "wallet.",
                        reference=tx.reference,
                        amount=part.currency_id.format(part.amount),
                    )
                )

    def _settle_wallet_part(self):
        """Pay the wallet's part of a mixed payment, now that the other one has come.

        In time: with what was set aside. Later: from the balance, when it is still there. What is
        too much goes to the wallet, so that no money is lost.
        """
        self.ensure_one()
        part = self.wallet_part_id
        # sudo: sale.order - notifications of payment come from nobody in particular
        order = self.sale_order_ids[:1].sudo()
        if part.state == 'done' or self.child_transaction_ids:
            return
        due = order._get_wallet_due()
        reservation = self._get_wallet_part_reservations()
        is_open = order.state != 'cancel' and self.currency_id.compare_amounts(due, 0) > 0
        if reservation and is_open and self.currency_id.compare_amounts(part.amount, due) <= 0:
            reservation._use()
            return
        reservation._release()
        if is_open:
            self._settle_late(order, min(part.amount, due))
        else:
            self._credit_too_much(order)

    def _settle_late(self, order, amount):
        """Take the wallet's part from the balance, if it is still there; else ask for the rest."""
        try:
            with self.env.cr.savepoint():
                order._pay_from_wallet(amount)
        except WalletError:
            if order.state == 'draft':
                order.state = 'sent'  # so that the customer finds it
            due = order.currency_id.format(order._get_wallet_due())
            paid = self.currency_id.format(self.amount)
            self._tell_orders(
                self.env._(
                    "%(paid)s have arrived after the time to pay was over, and the balance is not "
                    "enough any more. %(due)s are left to pay.",
                    paid=paid,
                    due=due,
                )
            )
            self.env['notification.event']._notify(
                'wallet_order_incomplete', order, extra={'paid': paid, 'due': due}
            )

    def _credit_too_much(self, order):
        """Credit a payment that the order does not need to the wallet."""
        amount = self.amount
        if order.state != 'cancel':
            amount = min(amount, self.currency_id.round(order.amount_paid - order.amount_total))
        if self.currency_id.compare_amounts(amount, 0) <= 0 or self.state != 'done':
            return
        # sudo: wallet.account - notifications of payment come from nobody in particular
        account_sudo = (
            self.env['wallet.account']
            .sudo()
            ._get_for(self.partner_id, self.currency_id, self.company_id)
        )
        account_sudo._refund(self, amount)
        text = self.currency_id.format(amount)
        self._tell_orders(
            self.env._(
                "%(amount)s have arrived that the order does not need. They were credited to the "
                "wallet.",
                amount=text,
            )
        )
        self.env['notification.event']._notify(
            'wallet_order_credited', order, extra={'amount': text}
        )

    def _tell_orders(self, message):
        # sudo: sale.order - notifications of payment come from nobody in particular
        for order in self.sale_order_ids.sudo():
            order.message_post(body=message)
