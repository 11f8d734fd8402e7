from odoo import models


class ResUsers(models.Model):
    _inherit = 'res.users'

    def _get_ticket_part_domain(self, company_ids):
        """Return which parts of tickets the user may see, for a record rule: those of the tickets.

        :param list company_ids: the companies the user works in at the moment
        """
        self.ensure_one()
        # The rules on tickets, evaluated for the user, who is superuser while rules are.
        user = self.with_user(self).with_context(allowed_company_ids=company_ids)
        domain = user.env['ir.rule']._compute_domain('helpdesk.ticket', 'read')
        return [('ticket_id', 'any', list(domain))]

    def _can_handle_tickets(self, company):
        """Tell whether the user works in the helpdesk of a company."""
        self.ensure_one()
        # sudo: res.users - whoever asks, the answer is the same
        user_sudo = self.sudo()
        return (
            user_sudo.active
            and user_sudo.has_group('helpdesk_mgmt.group_helpdesk_user_own')
            and company in user_sudo.company_ids
        )
