from odoo import models


class AccountMove(models.Model):
    _inherit = 'account.move'

    # === BUSINESS METHODS === #

    def _invoice_paid_hook(self):
        """Override of `account`: paid invoices give and earn levels."""
        result = super()._invoice_paid_hook()
        self._update_levels_of_customers('out_invoice')
        return result

    def _post(self, soft=True):
        """Override of `account`: credit notes take back bought levels."""
        posted = super()._post(soft)
        posted._update_levels_of_customers('out_refund')
        return posted

    def _update_levels_of_customers(self, move_type):
        # sudo: sale.order, res.partner - accountants need not see orders and levels
        moves_sudo = self.sudo().filtered(lambda move: move.move_type == move_type)
        orders_sudo = moves_sudo.line_ids.sale_line_ids.order_id
        orders_sudo._follow_payment()
        customers_sudo = orders_sudo.partner_id.commercial_partner_id
        (moves_sudo.commercial_partner_id - customers_sudo)._follow_score()
