from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    # === BUSINESS METHODS === #
    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment`: money that came or went changes what can be invoiced."""
        processed = super()._update_state(allowed_states, target_state, state_message)
        if target_state in ('done', 'cancel', 'error'):
            # sudo: payment.transaction - notifications of payment come from nobody in particular
            txs_sudo = processed.sudo()
            (txs_sudo | txs_sudo.source_transaction_id)._refresh_paid_documents()
        return processed

    def _refresh_paid_documents(self):
        """Take note that more or less is paid of what these transactions are for."""
        self.invoice_ids._refresh_paid_documents()

    def _fetch_shares(self):
        """Read at once what tells whose money these payments are, for many as fast as for one."""
        (self | self.child_transaction_ids).mapped('state')
        self.invoice_ids.mapped('amount_total')

    def _get_refunded_amount(self):
        """Return what of the payment went back."""
        self.ensure_one()
        refunds = self.child_transaction_ids.filtered(
            lambda tx: tx.operation == 'refund' and tx.state == 'done'
        )
        return -sum(refunds.mapped('amount'))

    def _get_invoice_excluded_amount(self):
        """Hook: return what of the payment, refunds taken off, can not be invoiced with its
        documents: gifts that were spent, and money that is invoiced elsewhere.
        """
        self.ensure_one()
        return 0.0
