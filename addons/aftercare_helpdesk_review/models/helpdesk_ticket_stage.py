from odoo import models


class HelpdeskTicketStage(models.Model):
    _inherit = 'helpdesk.ticket.stage'

    def _is_solved(self):
        """Tell whether tickets end here as solved, which is what reviewers agree to."""
        return bool(self) and self.closed and not self.is_cancelled
