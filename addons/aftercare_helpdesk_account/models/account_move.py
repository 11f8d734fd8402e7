from odoo import models
from odoo.tools import formatLang


class AccountMove(models.Model):
    _name = 'account.move'
    _inherit = ['account.move', 'helpdesk.after.sales.document']

    def _post(self, soft=True):
        """Override of `account`: tell the agents what was refunded."""
        posted = super()._post(soft)
        posted.filtered(lambda move: move.move_type == 'out_refund')._tell_after_sales_done()
        return posted

    def _get_creditable_amount(self):
        """Return what no credit note, posted or draft, gives back yet."""
        self.ensure_one()
        credited = sum(
            move.amount_total for move in self.reversal_move_ids if move.state != 'cancel'
        )
        return max(self.currency_id.round(self.amount_total - credited), 0.0)

    def _get_after_sales_kind(self):
        """Override of `aftercare_helpdesk_after_sales`: a credit note, or what replaces it."""
        if self.move_type == 'out_refund':
            return (self.env._("Refund"), 'fa-money')
        return (self.env._("New Invoice"), 'fa-file-text-o')

    def _get_after_sales_name(self):
        """Override of `aftercare_helpdesk_after_sales`: drafts have no number yet."""
        if self.state == 'draft' and self.name in (False, '/'):
            return self.reversed_entry_id.name or self.env._("no number yet")
        return self.name

    def _get_after_sales_state(self):
        """Override of `aftercare_helpdesk_after_sales`: as far as the customer cares."""
        if self.state == 'draft':
            return (self.env._("Draft"), 'info')
        if self.state == 'cancel':
            return (self.env._("Cancelled"), 'secondary')
        if self.payment_state in ('paid', 'in_payment'):
            return (self.env._("Settled"), 'success')
        return (self.env._("Posted"), 'success')

    def _get_after_sales_lines(self):
        """Override of `aftercare_helpdesk_after_sales`: products and total."""
        lines = [
            {
                'text': line.name or line.product_id.display_name or '',
                'value': formatLang(self.env, line.price_total, currency_obj=self.currency_id),
            }
            for line in self.invoice_line_ids
            if line.display_type == 'product'
        ]
        total = formatLang(self.env, self.amount_total, currency_obj=self.currency_id)
        return [*lines, {'text': self.env._("Total"), 'value': total}]

    def _get_after_sales_summary(self):
        """Override of `aftercare_helpdesk_after_sales`: the amount says it all."""
        self.ensure_one()
        return formatLang(self.env, self.amount_total, currency_obj=self.currency_id)

    def _get_after_sales_done_note(self):
        """Override of `aftercare_helpdesk_after_sales`: say it in words of the books."""
        return self.env._(
            "The credit note %(name)s was posted: %(amount)s",
            name=self.name,
            amount=self._get_after_sales_summary(),
        )
