from odoo import models

TONES = {'done': 'success', 'cancel': 'secondary', 'under_repair': 'warning'}


class RepairOrder(models.Model):
    _name = 'repair.order'
    _inherit = ['repair.order', 'helpdesk.after.sales.document']

    def action_repair_done(self):
        """Override of `repair`: tell the agents what is repaired."""
        result = super().action_repair_done()
        self.filtered(lambda repair: repair.state == 'done')._tell_after_sales_done()
        return result

    def _get_after_sales_kind(self):
        """Override of `aftercare_helpdesk_after_sales`."""
        return (self.env._("Repair"), 'fa-wrench')

    def _get_after_sales_state(self):
        """Override of `aftercare_helpdesk_after_sales`: the word of the workshop."""
        states = dict(self._fields['state']._description_selection(self.env))
        return (states[self.state], TONES.get(self.state, 'info'))

    def _get_after_sales_lines(self):
        """Override of `aftercare_helpdesk_after_sales`: what is repaired, and who pays."""
        payment = self.env._("Under warranty") if self.under_warranty else ''
        words = filter(None, [self.product_id.display_name, self.lot_id.name])
        name = ' · '.join(words)
        return [{'text': name, 'value': payment}] if name or payment else []

    def _get_after_sales_summary(self):
        """Override of `aftercare_helpdesk_after_sales`: the product and its serial number."""
        self.ensure_one()
        return ' · '.join(filter(None, [self.product_id.display_name, self.lot_id.name]))

    def _get_after_sales_done_note(self):
        """Override of `aftercare_helpdesk_after_sales`: say it in words of the workshop."""
        return self.env._(
            "The repair %(name)s is finished: %(product)s",
            name=self.name,
            product=self._get_after_sales_summary(),
        )
