from odoo import models


class IrRule(models.Model):
    _inherit = 'ir.rule'

    def _compute_domain_context_values(self):
        """Override of `base`: what the rules allow changes when an authorisation begins or ends."""
        yield from super()._compute_domain_context_values()
        yield self.env['service.customer.access']._get_period()
