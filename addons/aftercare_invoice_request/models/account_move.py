from odoo import models
from odoo.fields import Domain


class AccountMove(models.Model):
    _name = 'account.move'
    _inherit = ['account.move', 'invoice.source.mixin']

    # === CRUD METHODS === #
    def write(self, vals):
        res = super().write(vals)
        if 'state' in vals:
            self._refresh_paid_documents()
        return res

    # === BUSINESS METHODS: INVOICE SOURCE === #
    def _refresh_paid_documents(self):
        """Take note that these entries, or what is matched with them, have changed."""
        self._get_credited_moves()._refresh_invoice_sources()

    def _get_credited_moves(self):
        """Return the invoices and the origins of the credit notes among these entries."""
        # sudo: account.move - whoever books a credit note need not see its origin
        moves_sudo = self.sudo()
        return (moves_sudo | moves_sudo.reversed_entry_id).filtered(
            lambda move: move.move_type in ('out_invoice', 'out_receipt')
        )

    def _get_invoice_source_domain(self, partner, company):
        return (
            Domain('move_type', 'in', ('out_invoice', 'out_receipt'))
            & Domain('state', '=', 'posted')
            & Domain('payment_state', 'in', ('paid', 'in_payment', 'partial'))
            & Domain('commercial_partner_id', '=', partner.id)
            & Domain('company_id', '=', company.id)
        )

    def _prepare_invoice_sources(self):
        self.transaction_ids._fetch_shares()
        refunded = self._get_refunded_amounts()
        excluded = self._get_invoice_excluded_amounts()
        return {
            move.id: {
                'name': move.name or self.env._("Invoice"),
                'date': move.invoice_date or move.date,
                'partner_id': move.commercial_partner_id.id,
                'company_id': move.company_id.id,
                'currency_id': move.currency_id.id,
                'amount_paid': move.currency_id.round(
                    max(
                        0.0,
                        move._get_settled_amount()
                        - refunded.get(move.id, 0.0)
                        - excluded.get(move.id, 0.0),
                    )
                ),
            }
            for move in self
        }

    def _get_invoice_excluded_amounts(self):
        excluded = {}
        for move in self:
            amount = sum(
                tx._get_invoice_excluded_amount() * move._get_transaction_share(tx)
                for tx in move.transaction_ids
            )
            if amount:
                excluded[move.id] = amount
        return excluded

    def _get_transaction_share(self, tx):
        """Return the share (0 to 1) of a transaction that is for this invoice."""
        self.ensure_one()
        total = sum(tx.invoice_ids.mapped('amount_total'))
        return self.amount_total / total if len(tx.invoice_ids) > 1 and total else 1.0

    def _get_settled_amount(self):
        """Return how much of the invoice is settled, by money or by credit notes."""
        self.ensure_one()
        if self.state != 'posted':
            return 0.0
        settled = self.amount_total - self.amount_residual
        if self.amount_residual and self.payment_state in ('paid', 'in_payment'):
            # payments without an entry of their own leave the residual as it is
            settled += sum(
                payment.amount
                for payment in self.matched_payment_ids
                if not payment.move_id
                and payment.state in ('in_process', 'paid')
                and payment.currency_id == self.currency_id
            )
        return min(settled, self.amount_total)

    def _get_refunded_amounts(self):
        """Return dict of invoice id → what was given back of it, or never was money.

        A refunded payment and its credit note are the same money: the greater counts.
        """
        refunded = self._get_credited_amounts()
        for move in self:
            amount = sum(
                tx._get_refunded_amount() * move._get_transaction_share(tx)
                for tx in move.transaction_ids
                if tx.state == 'done' and tx.operation != 'refund'
            )
            if amount > refunded.get(move.id, 0.0):
                refunded[move.id] = amount
        return refunded

    def _get_credited_amounts(self):
        """Return dict of invoice id → what its credit notes take off, reconciled or not.

        A credit note that settles an unpaid invoice is no money; one that is open, or paid out,
        gives money back. Both take their amount off what is settled.
        """
        credited = {
            move.id: amount
            for move, amount in self._read_group(
                [
                    ('reversed_entry_id', 'in', self.ids),
                    ('state', '=', 'posted'),
                    ('move_type', '=', 'out_refund'),
                ],
                ['reversed_entry_id'],
                ['amount_total:sum'],
            )
        }
        partials = self.env['account.partial.reconcile'].search(
            [
                ('debit_move_id.move_id', 'in', self.ids),
                ('credit_move_id.move_id.move_type', '=', 'out_refund'),
            ]
        )
        for partial in partials:
            move = partial.debit_move_id.move_id
            if partial.credit_move_id.move_id.reversed_entry_id != move:
                credited[move.id] = credited.get(move.id, 0.0) + partial.debit_amount_currency
        return credited

    def _get_invoice_source_moves(self):
        return self.filtered(lambda move: move.state == 'posted')
