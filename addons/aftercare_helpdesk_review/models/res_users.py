from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = 'res.users'

    def _get_personal_ticket_domain(self):
        """Override of `aftercare_helpdesk`: who is asked to review a ticket is invited to it."""
        return super()._get_personal_ticket_domain() | Domain('review_user_ids', 'in', self.ids)
