from odoo import api, models


class InvoiceSource(models.Model):
    _inherit = 'invoice.source'

    # === BUSINESS METHODS === #
    @api.model
    def _get_source_models(self):
        """Override: recharges, as far as they are invoiced themselves."""
        return [*super()._get_source_models(), 'payment.transaction']
