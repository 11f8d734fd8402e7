from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    # === BUSINESS METHODS === #
    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment`: money that came or went changes what can be invoiced."""
        processed = super()._update_state(allowed_states, target_state, state_message)
        if target_state in ('done', 'cancel', 'error'):
            # sudo: sale.order - notifications of payment come from nobody in particular
            txs_sudo = processed.sudo()
            (
                txs_sudo.sale_order_ids | txs_sudo.source_transaction_id.sale_order_ids
            )._refresh_invoice_sources()
        return processed
