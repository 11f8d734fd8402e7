from ast import literal_eval

from odoo import api, fields, models
from odoo.addons.rating.models import rating_data
from odoo.tools import ormcache


class HelpdeskTicketTeam(models.Model):
    _name = 'helpdesk.ticket.team'
    _inherit = ['helpdesk.ticket.team', 'rating.parent.mixin']
    _rating_satisfaction_days = 30

    assignment_method = fields.Selection(
        selection=[
            ('manual', "By hand"),
            ('random', "At random"),
            ('balanced', "Fewest open tickets"),
            ('round_robin', "In turn"),
        ],
        string="Assignment",
        default='manual',
        required=True,
        help="How a new ticket finds its agent.\n"
        "By hand: nobody gets it, somebody takes it.\n"
        "At random: any agent who fits.\n"
        "Fewest open tickets: the agent who fits and has least to do.\n"
        "In turn: the agent who fits and has waited longest for a ticket.",
    )
    assign_own_agent = fields.Boolean(
        string="Own agent first",
        default=True,
        help="A customer who has an agent of his own gets him, if he is in the team and at work.",
    )
    assign_region = fields.Boolean(
        string="Match the region",
        default=True,
        help="Only agents responsible for the customer's region, if there are any.",
    )
    assign_skills = fields.Boolean(
        string="Match the skills",
        default=True,
        help="Only agents with the skills the ticket's type and category ask for, if there are any.",
    )
    visibility = fields.Selection(
        selection=[
            ('invited', "Members and invited people"),
            ('internal', "All helpdesk users"),
            ('portal', "All helpdesk users and the customer"),
        ],
        default='portal',
        required=True,
        help="Who sees the tickets of the team. Whoever follows a ticket is invited to it.",
    )
    resource_calendar_id = fields.Many2one(
        comodel_name='resource.calendar',
        string="Working Time",
        check_company=True,
        help="The hours in which the team's response times are counted. "
        "The company's if left empty.",
    )
    reopen_days = fields.Integer(
        string="Reopen Within",
        default=14,
        help="Days after closing in which a customer's answer opens the ticket again. "
        "Later it becomes a new ticket that follows up the old one.",
    )
    reopen_stage_id = fields.Many2one(
        comodel_name='helpdesk.ticket.stage',
        string="Reopen In",
        domain="[('closed', '=', False), '|', ('team_ids', '=', id), ('team_ids', '=', False)]",
        ondelete='set null',
        help="Where tickets go on when the customer answers. "
        "The first stage at which somebody works if left empty.",
    )
    is_type_required = fields.Boolean(
        string="Type Required", help="Agents must choose a type before they save a ticket."
    )
    unprepared_user_ids = fields.Many2many(
        comodel_name='res.users',
        string="Members Who Are No Agents",
        compute='_compute_unprepared_user_ids',
        help="The rules choose among agents only.",
    )
    rating_avg_text = fields.Selection(
        selection=rating_data.RATING_TEXT,
        string="Satisfaction",
        compute='_compute_rating_avg_text',
        compute_sudo=True,
    )

    _reopen_days_positive = models.Constraint(
        'CHECK(reopen_days >= 0)', "The days to reopen a ticket cannot be negative."
    )

    # === COMPUTE METHODS === #

    @api.depends('user_ids', 'user_id', 'company_id')
    def _compute_unprepared_user_ids(self):
        # sudo: service.agent - agents of other companies count where the team serves all
        agents = self.env['service.agent'].sudo().search([('user_id', 'in', self.user_ids.ids)])
        for team in self:
            own_agents = agents.filtered(
                lambda agent, team=team: not team.company_id or team.company_id == agent.company_id
            )
            team.unprepared_user_ids = team.user_ids - own_agents.user_id

    @api.depends('rating_avg')
    def _compute_rating_avg_text(self):
        for team in self:
            team.rating_avg_text = rating_data._rating_avg_to_text(team.rating_avg)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `helpdesk_mgmt`: who sets a team up does not ask for a mail per ticket."""
        teams = super(HelpdeskTicketTeam, self.with_context(mail_create_nosubscribe=True)).create(
            vals_list
        )
        self.env.registry.clear_cache()
        return teams.with_env(self.env)

    def write(self, vals):
        """Override of `helpdesk_mgmt`: record rules remember the teams of each user."""
        result = super().write(vals)
        if {'user_ids', 'user_id', 'visibility', 'active'} & vals.keys():
            self.env.registry.clear_cache()
        return result

    # === ACTION METHODS === #

    def action_create_agents(self):
        """Make agents of the members who are none, so that the rules can choose them."""
        missing = {
            (user.id, (team.company_id or self.env.company).id)
            for team in self
            for user in team.unprepared_user_ids
        }
        Agent = self.env['service.agent']
        former = Agent.with_context(active_test=False).search(
            [('user_id', 'in', [user_id for user_id, _company_id in missing])]
        )
        former = former.filtered(lambda agent: (agent.user_id.id, agent.company_id.id) in missing)
        former.action_unarchive()
        missing -= {(agent.user_id.id, agent.company_id.id) for agent in former}
        Agent.create(
            [
                {'user_id': user_id, 'company_id': company_id}
                for user_id, company_id in sorted(missing)
            ]
        )
        self.invalidate_recordset(['unprepared_user_ids'])
        return True

    def action_dry_run(self):
        """Show whom the rules would give the next ticket, without giving it."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Who would get the next ticket?"),
            'res_model': 'helpdesk.team.dry.run',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_team_id': self.id},
        }

    def action_view_open_tickets(self):
        """List the open tickets of the team."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'helpdesk_mgmt.helpdesk_ticket_action'
        )
        return {
            **action,
            'name': self.name,
            'domain': [('team_id', '=', self.id)],
            'context': {'search_default_open': 1, 'default_team_id': self.id},
        }

    def action_view_ratings(self):
        """Show what the customers of the team said."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'helpdesk_mgmt_rating.all_helpdesk_ticket_rating_action'
        )
        domain = [
            *literal_eval(action['domain']),
            ('parent_res_model', '=', self._name),
            ('parent_res_id', '=', self.id),
        ]
        return {**action, 'domain': domain}

    # === BUSINESS METHODS === #

    def _is_automatic(self):
        """Tell whether a rule chooses the agent of a new ticket. No team has no rule."""
        # sudo: helpdesk.ticket.team - the method is no secret from who may write to the team
        return bool(self) and self.sudo().assignment_method != 'manual'

    def _get_agents(self):
        """Return the agents among the members and leaders of the teams.

        :return: dict of team → ``service.agent``
        """
        # sudo: service.agent - the rules choose whomever they find
        Agent = self.env['service.agent'].sudo()
        found = {team: [row[0] for row in team._get_agent_rows()] for team in self}
        everybody = Agent.browse(dict.fromkeys(id_ for ids in found.values() for id_ in ids))
        return {
            team: Agent.browse(ids).with_prefetch(everybody._ids) for team, ids in found.items()
        }

    @ormcache('self.id')
    def _get_agent_rows(self):
        """Return tuples (agent id, user id, company id, is member), until a team or agent changes."""
        self.ensure_one()
        # sudo: service.agent - the rules choose whomever they find
        team_sudo = self.sudo()
        members = team_sudo.user_ids
        agents_sudo = (
            self.env['service.agent']
            .sudo()
            .search([('user_id', 'in', (members | team_sudo.user_id).ids)])
        )
        return tuple(
            (agent.id, agent.user_id.id, agent.company_id.id, agent.user_id in members)
            for agent in agents_sudo
        )

    def _prepare_assignment_request(
        self, agents, company, res_id=0, partner=None, region=None, skills=None
    ):
        """Return the request to the assignment engine for a ticket of the team.

        :param dict agents: see ``_get_agents``
        :param company: ``res.company`` of the ticket
        """
        self.ensure_one()
        allowed = set(agents[self]._ids)
        rows = [row for row in self._get_agent_rows() if row[0] in allowed and row[2] == company.id]
        Agent = agents[self]
        return {
            'res_model': 'helpdesk.ticket',
            'res_id': res_id,
            'method': self.assignment_method,
            'agents': Agent.browse([id_ for id_, _user, _company, is_member in rows if is_member]),
            'partner': partner or self.env['res.partner'],
            'region': region or self.env['service.region'],
            'skills': skills or self.env['service.skill'],
            'use_own_agent': self.assign_own_agent,
            'use_region': self.assign_region,
            'use_skills': self.assign_skills,
            'leader': Agent.browse(
                [id_ for id_, user_id, *_rest in rows if user_id == self.user_id.id][:1]
            ),
            'company': company,
        }

    def _find_stage(self, condition):
        """Return the first stage of the team that meets a condition.

        :param condition: function of a stage
        :return: ``helpdesk.ticket.stage``, empty if there is none
        """
        return self._get_applicable_stages().filtered(condition)[:1]

    def _get_reopen_stage(self):
        """Return the stage in which tickets go on when the customer has answered."""
        return (
            self.sudo().reopen_stage_id
            or self._find_stage(
                lambda stage: not (stage.closed or stage.is_waiting or stage.unattended)
            )
            or self._find_stage(lambda stage: not stage.closed)
        )
