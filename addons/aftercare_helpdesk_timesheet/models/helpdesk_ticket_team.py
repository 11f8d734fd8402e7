from odoo import api, fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    allow_timesheets = fields.Boolean(
        string="Timesheets", help="Agents log the time they spend on the team's tickets."
    )
    project_id = fields.Many2one(
        comodel_name='project.project',
        domain="[('allow_timesheets', '=', True), ('is_template', '=', False)]",
        check_company=True,
        index='btree_not_null',
        help="The project the time on the team's tickets is booked to. "
        "If left empty, the team gets one of its own.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `helpdesk_mgmt`: who keeps time has a project."""
        teams = super().create(vals_list)
        teams._ensure_project()
        return teams

    def write(self, vals):
        """Override of `helpdesk_mgmt`: who keeps time has a project."""
        result = super().write(vals)
        if {'allow_timesheets', 'project_id'} & vals.keys():
            self._ensure_project()
        return result

    def copy_data(self, default=None):
        """Override: a copied team gets a project of its own."""
        return [
            {**vals, 'project_id': (default or {}).get('project_id', False)}
            for vals in super().copy_data(default)
        ]

    # === BUSINESS METHODS === #

    def _ensure_project(self):
        """Give the teams that keep time, but have no project, one of their own."""
        teams = self.filtered(lambda team: team.allow_timesheets and not team.project_id)
        if not teams:
            return
        # sudo: project.project - who sets a team up need not be a manager of projects
        projects_sudo = (
            self.env['project.project'].sudo().create([team._prepare_project() for team in teams])
        )
        for team, project_sudo in zip(teams, projects_sudo, strict=True):
            team.project_id = project_sudo

    def _prepare_project(self):
        """Return the values of the project the team's time is booked to."""
        self.ensure_one()
        return {
            'name': self.name,
            'company_id': self.company_id.id,
            'user_id': self.user_id.id,
            'privacy_visibility': 'employees',
            'allow_timesheets': True,
        }
