from odoo import fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    _name = 'sale.order'
    _inherit = ['sale.order', 'invoice.source.mixin']

    invoice_request_count = fields.Integer(
        compute='_compute_invoice_request_count',
        groups='aftercare_invoice_request.aftercare_invoice_request_group_user',
    )

    # === COMPUTE METHODS === #
    def _compute_invoice_request_count(self):
        counts = {}
        if self.ids:
            sources = self.env['invoice.source']._get_for(self)
            lines = self.env['invoice.request.line']._read_group(
                [('source_id', 'in', [source.id for source in sources.values()])],
                ['source_id'],
                ['__count'],
            )
            counts = {source.res_id: count for source, count in lines}
        for order in self:
            order.invoice_request_count = counts.get(order.id, 0)

    # === ACTION METHODS === #
    def action_view_invoice_requests(self):
        """Open the requests about the order."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_invoice_request.invoice_request_action'
        )
        return action | {
            'view_mode': 'list,form',
            'views': [(False, 'list'), (False, 'form')],
            'domain': [
                ('line_ids.source_id.res_model', '=', 'sale.order'),
                ('line_ids.source_id.res_id', '=', self.id),
            ],
        }

    # === BUSINESS METHODS: INVOICE SOURCE === #
    def _can_request_invoice(self):
        """Return whether there is something left of the order to ask an invoice for."""
        self.ensure_one()
        # sudo: sale.order - customers do not see payments; the answer is yes or no
        [found] = self.env['invoice.source']._describe_documents(self.sudo()) or [None]
        return bool(found and not found['request'])

    def _get_invoice_source_domain(self, partner, company):
        return (
            Domain('state', '=', 'sale')
            & Domain('amount_total', '>', 0)
            & Domain('partner_id.commercial_partner_id', '=', partner.id)
            & Domain('company_id', '=', company.id)
        )

    def _prepare_invoice_sources(self):
        moves = self.order_line.invoice_lines.move_id
        (self.transaction_ids | moves.transaction_ids)._fetch_shares()
        excluded = self._get_invoice_excluded_amounts()
        invoiced = self._get_invoiced_money()
        prepared = {}
        for order in self:
            paid, refunded = order._get_transaction_money()
            settled, credited = invoiced.get(order, (0.0, 0.0))
            # The same money usually shows up as a payment and on the invoice: it counts once.
            money = max(min(paid, order.amount_total), settled) - max(refunded, credited)
            prepared[order.id] = {
                'name': order.name,
                'date': order.date_order.date(),
                'partner_id': order.partner_id.commercial_partner_id.id,
                'company_id': order.company_id.id,
                'currency_id': order.currency_id.id,
                'amount_paid': order.currency_id.round(
                    max(0.0, money - excluded.get(order.id, 0.0))
                ),
            }
        return prepared

    def _get_invoice_excluded_amounts(self):
        excluded = {}
        for order in self:
            own = order._get_paid_transactions()
            amount = sum(
                tx._get_invoice_excluded_amount() * order._get_transaction_share(tx) for tx in own
            )
            for invoice in order._get_invoice_source_moves():
                share = invoice._get_order_shares().get(order, 0.0)
                amount += sum(
                    tx._get_invoice_excluded_amount() * invoice._get_transaction_share(tx) * share
                    for tx in invoice.transaction_ids - own
                )
            if amount:
                excluded[order.id] = amount
        return excluded

    def _get_paid_transactions(self):
        """Return the transactions that have paid the order, in its currency."""
        self.ensure_one()
        return self.transaction_ids.filtered(
            lambda tx: (
                tx.state == 'done'
                and tx.operation not in ('refund', 'validation')
                and tx.currency_id == self.currency_id
            )
        )

    def _get_transaction_share(self, tx):
        """Return the share (0 to 1) of a transaction that is for this order."""
        total = sum(tx.sale_order_ids.mapped('amount_total'))
        return self.amount_total / total if len(tx.sale_order_ids) > 1 and total else 1.0

    def _get_transaction_money(self):
        """Return what online payments have brought, and what of it went back."""
        self.ensure_one()
        paid = refunded = 0.0
        for tx in self._get_paid_transactions():
            share = self._get_transaction_share(tx)
            paid += tx.amount * share
            refunded += tx._get_refunded_amount() * share
        return paid, refunded

    def _get_invoiced_money(self):
        """Return what is settled on the invoices of the orders, and what credit notes take off.

        :return: dict of order → (settled, credited)
        """
        moves = self.order_line.invoice_lines.move_id.filtered(lambda move: move.state == 'posted')
        invoices = moves.filtered(lambda move: move.move_type in ('out_invoice', 'out_receipt'))
        refunded = invoices._get_refunded_amounts() if invoices else {}
        money = {}
        for invoice in invoices:
            settled = invoice._get_settled_amount()
            credited = refunded.get(invoice.id, 0.0)
            for order, share in invoice._get_order_shares().items():
                if order.currency_id == invoice.currency_id:
                    before = money.get(order, (0.0, 0.0))
                    money[order] = (before[0] + settled * share, before[1] + credited * share)
        for credit_note in moves.filtered(lambda move: move.move_type == 'out_refund'):
            if not credit_note.reversed_entry_id:
                credit_note._add_loose_credit(money)
        return money

    def _get_invoice_source_moves(self):
        moves = self.order_line.invoice_lines.move_id
        return moves.filtered(
            lambda move: (
                move.state == 'posted'
                and move.move_type in ('out_invoice', 'out_receipt', 'out_refund')
            )
        )
