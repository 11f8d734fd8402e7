from odoo import models


class SaleOrderLine(models.Model):
    _inherit = 'sale.order.line'

    # === BUSINESS METHODS === #

    def _get_posted_lines(self):
        """Return the lines of posted invoices and credit notes made of the order line."""
        return self.invoice_lines.filtered(lambda line: line.parent_state == 'posted')

    def _get_invoiced_quantity(self):
        """Return what was invoiced less what was credited, posted documents only."""
        self.ensure_one()
        return sum(
            -line.quantity if line.move_type == 'out_refund' else line.quantity
            for line in self._get_posted_lines()
        )

    def _is_invoice_paid(self):
        """Tell whether all that was ordered is invoiced, paid and not credited."""
        self.ensure_one()
        posted = self._get_posted_lines()
        invoices = posted.move_id.filtered(lambda move: move.move_type == 'out_invoice')
        return (
            bool(invoices)
            and self._get_invoiced_quantity() >= self.product_uom_qty
            # those that were credited as a whole are in the quantity
            and all(move.payment_state in ('paid', 'in_payment', 'reversed') for move in invoices)
        )
