from odoo import models


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    # === BUSINESS METHODS === #

    def _can_remind_of_rating(self):
        """Tell whether it still makes sense to ask the customer once more."""
        self.ensure_one()
        return bool(self.active and self.closed and not self.is_cancelled) and (
            self._is_rating_asked()
        )

    def _notification_filter_relevant(self, code):
        """Override of `aftercare_helpdesk`: who has rated meanwhile is not asked again."""
        relevant = super()._notification_filter_relevant(code)
        if code == 'ticket_rating_reminder':
            return relevant.filtered(lambda ticket: ticket._can_remind_of_rating())
        return relevant
