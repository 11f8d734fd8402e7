from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    # === BUSINESS METHODS === #
    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment` to issue licences in the transaction that notes the payment, and
        to take them back when the money goes back."""
        were_done = self.filtered(lambda tx: tx.state == 'done')
        processed = super()._update_state(allowed_states, target_state, state_message)
        if target_state == 'done':
            processed._get_license_orders()._issue_licenses()
            refunds = processed.filtered(lambda tx: tx.operation == 'refund')
            refunds._get_license_orders()._take_back_refunded()
        elif target_state in ('cancel', 'error'):
            (processed & were_done)._get_license_orders()._take_back_refunded()
        return processed

    def _post_process(self):
        """Override of `payment`: what could not be issued at once is tried again."""
        res = super()._post_process()
        self.filtered(lambda tx: tx.state == 'done')._get_license_orders()._issue_licenses()
        return res

    def _get_license_orders(self):
        """Return the orders that the transactions, or those they pay back, are about."""
        payments = self.filtered(lambda tx: tx.operation != 'validation')
        # sudo: sale.order - notifications of payment come from nobody in particular
        return (payments | payments.source_transaction_id).sudo().sale_order_ids
