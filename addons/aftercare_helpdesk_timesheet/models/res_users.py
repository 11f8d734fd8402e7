from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = 'res.users'

    # === BUSINESS METHODS === #

    def _get_ticket_time_domain(self, mode):
        """Return which time on tickets the user may read or write, for a record rule.

        :param str mode: ``read`` shows the time of everybody on the tickets the user sees,
            ``write`` is his own time on the tickets he may write
        """
        self.ensure_one()
        # Rules are evaluated by superuser rights, for which there are no rules.
        Rule = self.with_user(self).env['ir.rule']
        tickets = Rule._compute_domain('helpdesk.ticket', mode)
        domain = Domain('ticket_id', 'any!', tickets)
        return domain if mode == 'read' else domain & Domain('user_id', '=', self.id)
