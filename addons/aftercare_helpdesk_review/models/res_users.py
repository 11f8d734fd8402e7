from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = 'res.users'

    def _get_personal_ticket_domain(self):
        """Override of `aftercare_helpdesk`: who is asked to review a ticket is invited to it."""
        return super()._get_personal_ticket_domain() | Domain('review_user_ids', 'in', self.ids)

    def _get_readable_ticket_domain(self):
        """Return which tickets the user may read, for record rules of what belongs to tickets."""
        self.ensure_one()
        user = self.with_user(self).with_context(allowed_company_ids=self.company_ids.ids)
        return list(user.env['ir.rule']._compute_domain('helpdesk.ticket', 'read'))
