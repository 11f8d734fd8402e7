from odoo import fields, models
from odoo.fields import Domain


class PaymentTransaction(models.Model):
    _name = 'payment.transaction'
    _inherit = ['payment.transaction', 'invoice.source.mixin']

    is_recharge_invoiced = fields.Boolean(
        string="Invoiced as Recharge",
        readonly=True,
        copy=False,
        help="The invoice of this recharge is asked for with itself, not with what it pays.",
    )
    wallet_recharge_cash = fields.Monetary(
        string="Invoiced with Recharges",
        readonly=True,
        copy=False,
        help="The part of the payment that came from recharges which are invoiced themselves.",
    )

    # === BUSINESS METHODS === #
    def _update_state(self, allowed_states, target_state, state_message):
        """Override of `payment`: a recharge that is refunded leaves less to invoice."""
        processed = super()._update_state(allowed_states, target_state, state_message)
        if target_state in ('done', 'cancel', 'error'):
            recharges = (processed | processed.source_transaction_id).filtered('is_wallet_topup')
            recharges.sudo()._refresh_invoice_sources()  # sudo: invoice.source - see there
        return processed

    def _get_refunded_amount(self):
        self.ensure_one()
        refunds = self.child_transaction_ids.filtered(
            lambda tx: tx.operation == 'refund' and tx.state == 'done'
        )
        return -sum(refunds.mapped('amount'))

    def _get_invoice_excluded_amount(self):
        """Override: neither the bonus, nor what is invoiced with a recharge.

        Refunds give back the same shares of bonus and balance that have paid.
        """
        amount = super()._get_invoice_excluded_amount()
        if self.state == 'done' and self.operation != 'refund' and self.amount > 0:
            share = 1 - self._get_refunded_amount() / self.amount
            amount += (self.wallet_bonus + self.wallet_recharge_cash) * share
        return amount

    # === BUSINESS METHODS: INVOICE SOURCE === #
    def _get_invoice_source_domain(self, partner, company):
        return (
            Domain('is_recharge_invoiced', '=', True)
            & Domain('state', '=', 'done')
            & Domain('operation', '!=', 'refund')
            & Domain('wallet_account_id.partner_id', '=', partner.id)
            & Domain('company_id', '=', company.id)
        )

    def _prepare_invoice_sources(self):
        return {
            tx.id: {
                'name': self.env._("Recharge %(reference)s", reference=tx.reference),
                'date': (tx.last_state_change or tx.create_date).date(),
                'partner_id': tx.wallet_account_id.partner_id.id,
                'company_id': tx.company_id.id,
                'currency_id': tx.currency_id.id,
                'amount_paid': tx.currency_id.round(max(0.0, tx.amount - tx._get_refunded_amount()))
                if tx.state == 'done' and tx.is_recharge_invoiced
                else 0.0,
            }
            for tx in self
        }
