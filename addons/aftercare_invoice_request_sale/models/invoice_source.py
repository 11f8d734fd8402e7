from odoo import api, models


class InvoiceSource(models.Model):
    _inherit = 'invoice.source'

    # === BUSINESS METHODS === #
    @api.model
    def _get_source_models(self):
        """Override: orders come first, since members know their numbers."""
        return ['sale.order', *super()._get_source_models()]
