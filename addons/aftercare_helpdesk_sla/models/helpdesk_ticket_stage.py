from odoo import api, models
from odoo.tools import ormcache


class HelpdeskTicketStage(models.Model):
    """Stages tell the clocks when work pauses and ends."""

    _inherit = 'helpdesk.ticket.stage'

    @api.model
    @ormcache()
    def _get_sla_flags(self):
        """What each stage means to the clocks: id → (closed, cancelled, position in the order)."""
        # sudo: helpdesk.ticket.stage - clocks run whoever works on the ticket
        stages = self.sudo().with_context(active_test=False).search([])
        return {
            stage.id: (stage.closed, stage.is_cancelled, (stage.sequence, stage.id))
            for stage in stages
        }

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self.env.registry.clear_cache()
        return stages

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
