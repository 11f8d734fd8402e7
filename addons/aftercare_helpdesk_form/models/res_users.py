from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = 'res.users'

    def _get_hidden_teams(self):
        """Return the teams whose tickets the user does not see unless he is invited to one."""
        self.ensure_one()
        # sudo: helpdesk.ticket.team - the question is about teams the user does not see
        teams = self.env['helpdesk.ticket.team'].sudo().with_context(active_test=False)
        if self.has_group('helpdesk_mgmt.group_helpdesk_manager'):
            return teams
        return teams.search(
            [
                ('visibility', '=', 'invited'),
                ('user_ids', 'not in', self.ids),
                '|',
                ('user_id', '=', False),
                ('user_id', '!=', self.id),
            ]
        )

    def _get_team_view_domain(self):
        """Return the lists in the bars of teams the user may see, for a record rule.

        His own and the shared ones of the teams whose tickets are not hidden from him.
        """
        visible = Domain('user_id', 'in', [self.id, False])
        if hidden := self._get_hidden_teams():
            visible &= Domain('parent_res_id', 'not in', hidden.ids)
        return list(Domain('parent_res_model', '!=', 'helpdesk.ticket.team') | visible)
