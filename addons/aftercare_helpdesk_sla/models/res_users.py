from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Who may see a ticket may see its clocks."""

    _inherit = 'res.users'

    # === BUSINESS METHODS === #
    def _get_sla_status_domain(self):
        """Return which clocks the user may see: those of the tickets he may see; for a record rule."""
        self.ensure_one()
        if self.has_group('helpdesk_mgmt.group_helpdesk_manager'):
            return list(Domain.TRUE)
        user = self.with_user(self)
        domain = Domain('ticket_id', '=', False)
        if user.env['helpdesk.ticket'].has_access('read'):
            tickets = user.env['ir.rule']._compute_domain('helpdesk.ticket', 'read')
            domain |= Domain('ticket_id', 'any', tickets)
        return list(domain)
