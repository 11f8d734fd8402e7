from odoo import models


class ResUsers(models.Model):
    _inherit = 'res.users'

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
