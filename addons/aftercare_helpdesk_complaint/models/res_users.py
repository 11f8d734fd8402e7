from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = 'res.users'

    def _get_complaint_visibility_domain(self):
        """Return which tickets are not complaints about the user, for a record rule.

        Remembered until a complaint names an agent, so that only who is concerned by one pays
        for looking.
        """
        self.ensure_one()
        # sudo: helpdesk.ticket - he must not see what the rule hides
        Ticket = self.env['helpdesk.ticket'].sudo().with_context(active_test=False)
        if self.share or not Ticket.search_count(
            [('complaint_agent_ids', 'in', self.ids)], limit=1
        ):
            return list(Domain.TRUE)
        return list(
            Domain('ticket_kind', '!=', 'complaint')
            | Domain('complaint_agent_ids', 'not in', self.ids)
        )
