from odoo import models


class ResUsers(models.Model):
    _inherit = 'res.users'

    def _get_readable_ticket_domain(self):
        """Return which tickets the user may read, for record rules of what belongs to tickets."""
        self.ensure_one()
        user = self.with_user(self).with_context(allowed_company_ids=self.company_ids.ids)
        return list(user.env['ir.rule']._compute_domain('helpdesk.ticket', 'read'))
