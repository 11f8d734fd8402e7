from odoo import models


class PaymentTransaction(models.Model):
    _inherit = 'payment.transaction'

    # === BUSINESS METHODS === #

    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment`: levels come with the money and go with it."""
        were_done = self.filtered(lambda tx: tx.state == 'done')
        processed = super()._update_state(allowed_states, target_state, state_message)
        if target_state == 'done':
            changed = processed
        else:
            changed = processed & were_done
        payments = changed.filtered(lambda tx: tx.operation != 'validation')
        # sudo: sale.order - notifications of payment come from nobody in particular
        orders_sudo = (payments | payments.source_transaction_id).sudo().sale_order_ids
        orders_sudo.filtered(lambda order: order.state == 'sale')._follow_payment()
        return processed
