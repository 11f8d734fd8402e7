from odoo import api, models
from odoo.exceptions import AccessError

TEAM = 'helpdesk.ticket.team'


class IrEmbeddedActions(models.Model):
    _inherit = 'ir.embedded.actions'

    # === COMPUTE METHODS === #

    def _compute_is_visible(self):
        """Override of `base`, which asks with all rights: hidden teams have no bar."""
        super()._compute_is_visible()
        team_id = self.env.context.get('active_id')
        of_teams = self.filtered(lambda view: view.parent_res_model == TEAM and view.is_visible)
        if of_teams and team_id in self.env.user._get_hidden_teams().ids:
            of_teams.is_visible = False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: only its leader shares a list with the team."""
        views = super().create(vals_list)
        views._check_team_share()
        return views

    def write(self, vals):
        """Override of `base`: only its leader changes a list of the team."""
        self._check_team_share()
        result = super().write(vals)
        self._check_team_share()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_if_may_share(self):
        self._check_team_share()

    # === BUSINESS METHODS === #

    def _check_team_share(self):
        """Make sure that lists for a whole team are made by somebody who may.

        :raises AccessError: if they are not
        """
        if self.env.su:
            return
        for view in self.filtered(lambda v: v.parent_res_model == TEAM):
            team = self.env[TEAM].browse(view.parent_res_id or ())
            if view.user_id == self.env.user:
                continue
            if view.user_id or not (
                team._can_share_views() if team else self.env.user._is_system()
            ):
                raise AccessError(
                    self.env._(
                        "Only the leader of the team and managers make lists for the whole team."
                        " Save it without sharing: then it is yours alone."
                    )
                )
