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
    def _refresh_paid_documents(self):
        """Override: recharges, too."""
        super()._refresh_paid_documents()
        self.filtered('is_wallet_topup')._refresh_invoice_sources()

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
