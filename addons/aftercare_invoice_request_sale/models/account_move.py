from odoo import models
from odoo.fields import Domain


class AccountMove(models.Model):
    _inherit = 'account.move'

    # === BUSINESS METHODS: INVOICE SOURCE === #
    def _refresh_paid_documents(self):
        """Override: the orders that the entries are about have more or less paid, too."""
        super()._refresh_paid_documents()
        # sudo: sale.order - whoever books a payment need not see orders
        self.sudo().line_ids.sale_line_ids.order_id._refresh_invoice_sources()

    def _get_invoice_source_domain(self, partner, company):
        """Override: what is about an order only is asked for with the order."""
        return super()._get_invoice_source_domain(partner, company) & Domain(
            'invoice_line_ids',
            'any',
            [('display_type', '=', 'product'), ('sale_line_ids', '=', False)],
        )

    def _prepare_invoice_sources(self):
        """Override: of an invoice about other things, too, only those count."""
        prepared = super()._prepare_invoice_sources()
        for move in self:
            share = 1 - sum(move._get_order_shares().values())
            values = prepared[move.id]
            values['amount_paid'] = move.currency_id.round(values['amount_paid'] * share)
        return prepared

    def _get_order_shares(self):
        """Return dict of order → its share (0 to 1) of the invoice's total."""
        self.ensure_one()
        amounts = {}
        for line in self.invoice_line_ids:
            order = line.sale_line_ids.order_id[:1]
            if order and line.display_type == 'product':
                amounts[order] = amounts.get(order, 0.0) + line.price_total
        if self.currency_id.is_zero(self.amount_total):
            return dict.fromkeys(amounts, 0.0)
        return {
            order: max(0.0, min(amount / self.amount_total, 1.0))
            for order, amount in amounts.items()
        }

    def _add_loose_credit(self, money):
        """Take off what a credit note without an origin gives back, and no invoice has noted yet.

        :param dict money: order → (settled, credited), is changed
        """
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')
        noted = sum(
            partial.credit_amount_currency
            for partial in lines.matched_debit_ids
            if partial.debit_move_id.move_id.move_type in ('out_invoice', 'out_receipt')
        )
        credited = self.amount_total - noted
        for order, share in self._get_order_shares().items():
            if order.currency_id == self.currency_id:
                before = money.get(order, (0.0, 0.0))
                money[order] = (before[0], before[1] + credited * share)
