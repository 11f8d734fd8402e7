from odoo import models

from .helpdesk_ticket_team_lists import ACTION


class ResUsersSettings(models.Model):
    _inherit = 'res.users.settings'

    def _format_settings(self, fields_to_format):
        """Override of `web`: the bar of a team's lists is open until the user closes it."""
        result = super()._format_settings(fields_to_format)
        if 'embedded_actions_config_ids' in fields_to_format:
            known = result['embedded_actions_config_ids']
            result['embedded_actions_config_ids'] = {**self._get_team_bars(), **known}
        return result

    def get_embedded_actions_settings(self):
        """Override of `web`: the bar of a team's lists is open until the user closes it."""
        return {**self._get_team_bars(), **super().get_embedded_actions_settings()}

    def set_embedded_actions_setting(self, action_id, res_id, vals):
        """Override of `web`: what the user changes first is only a part of his bar."""
        action = self.env.ref(ACTION, raise_if_not_found=False)
        if action and action.id == action_id and res_id:
            known = self.env['res.users.settings.embedded.action'].search_count(
                [
                    ('user_setting_id', '=', self.id),
                    ('action_id', '=', action_id),
                    ('res_id', '=', res_id),
                ],
                limit=1,
            )
            if not known:
                team = self.env['helpdesk.ticket.team'].browse(res_id)
                bar = self._get_team_bars(team).get(f'{action_id}+{res_id}', {})
                vals = {**bar, 'res_model': team._name, **vals}
        return super().set_embedded_actions_setting(action_id, res_id, vals)

    def _get_team_bars(self, teams=None):
        """Return the bars of the teams as they are before the user has changed them.

        In the format of ``embedded_actions_config_ids``: what is shared with a team shows.
        """
        user = self.user_id
        action = self.env.ref(ACTION, raise_if_not_found=False)
        if not action or not user.has_group('helpdesk_mgmt.group_helpdesk_user_own'):
            return {}
        if teams is None:
            teams = self.env['helpdesk.ticket.team'].with_user(user).search([])
        views = (
            self.env['ir.embedded.actions']
            .with_user(user)
            .search([('parent_action_id', '=', action.id), ('user_id', 'in', [False, user.id])])
        )
        return {
            f'{action.id}+{team.id}': {
                'embedded_visibility': True,
                'embedded_actions_order': [],
                'embedded_actions_visibility': [
                    False,
                    *views.filtered(
                        lambda view, team=team: view.parent_res_id in (False, team.id)
                    ).ids,
                ],
            }
            for team in teams
        }
