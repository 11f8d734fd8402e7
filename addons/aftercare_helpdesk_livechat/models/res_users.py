from odoo import models
from odoo.addons.mail.tools.discuss import Store
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = 'res.users'

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base`: the operators of a team's live chat are its members."""
        teams = self.env['helpdesk.ticket.team']
        if 'helpdesk_team_ids' in vals:
            teams |= self.sudo().helpdesk_team_ids
        result = super().write(vals)
        if 'helpdesk_team_ids' in vals:
            (teams | self.sudo().helpdesk_team_ids)._sync_livechat()
        return result

    # === BUSINESS METHODS === #

    def _get_chat_visibility_domain(self, prefix=''):
        """Return which chats the user may see as far as their teams decide, for a record rule.

        Remembered until a team changes. Visitors see their own chats alone: other rules do that.

        :param str prefix: path to the ``discuss.channel``
        """
        self.ensure_one()
        if self.share or self.has_group('im_livechat.im_livechat_group_manager'):
            return list(Domain.TRUE)
        if self.has_group('helpdesk_mgmt.group_helpdesk_manager'):
            return list(Domain.TRUE)
        # sudo: helpdesk.ticket.team - the rule is about teams the user does not see
        Team = self.env['helpdesk.ticket.team'].sudo().with_context(active_test=False)
        foreign = Domain('user_ids', 'not in', self.ids) & (
            Domain('user_id', '=', False) | Domain('user_id', '!=', self.id)
        )
        if not self.has_group('helpdesk_mgmt.group_helpdesk_user_own') or self.has_group(
            'helpdesk_mgmt.group_helpdesk_user'
        ):
            foreign &= Domain('visibility', '=', 'invited')
        hidden = Team.search(Domain('livechat_channel_ids', '!=', False) & foreign)
        if not hidden:
            return list(Domain.TRUE)
        return list(
            Domain(f'{prefix}helpdesk_team_id', '=', False)
            | Domain(f'{prefix}helpdesk_team_id', 'not in', hidden.ids)
            | Domain(f'{prefix}is_member', '=', True)
        )

    def _init_store_data(self, store: Store):
        result = super()._init_store_data(store)
        user = self.env.user
        is_agent = user.has_group('helpdesk_mgmt.group_helpdesk_user_own')
        store.add_global_values(has_access_helpdesk=is_agent)
        if is_agent:
            responses = self.env['mail.canned.response'].search_count(
                [('helpdesk_team_ids.user_ids', 'in', user.ids)], limit=1
            )
            if responses:
                store.add_global_values(hasCannedResponses=True)
        return result
