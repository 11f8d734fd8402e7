from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    region_id = fields.Many2one(
        comodel_name='service.region',
        compute='_compute_region_id',
        store=True,
        readonly=False,
        index='btree_not_null',
        help="The customer's region when the ticket came in.",
    )
    agent_id = fields.Many2one(
        comodel_name='service.agent', compute='_compute_agent_id', search='_search_agent_id'
    )
    skill_ids = fields.Many2many(
        comodel_name='service.skill', string="Required Skills", compute='_compute_skill_ids'
    )
    # Computed, because a One2many would want another index than that on model and id.
    assignment_ids = fields.Many2many(
        comodel_name='service.assignment', compute='_compute_assignment_ids', string="Assignments"
    )
    has_assignment = fields.Boolean(compute='_compute_has_assignment')

    # === COMPUTE METHODS === #

    @api.depends('user_id')
    def _compute_assignment_ids(self):
        assignments = self.env['service.assignment'].search_fetch(
            [('res_model', '=', self._name), ('res_id', 'in', self.ids)], ['res_id']
        )
        by_ticket = assignments.grouped('res_id')
        for ticket in self:
            ticket.assignment_ids = by_ticket.get(ticket._origin.id, assignments.browse())

    @api.depends('assignment_ids')
    def _compute_has_assignment(self):
        # sudo: service.assignment - only whether there is something to explain
        for ticket in self.sudo():
            ticket.has_assignment = bool(ticket.assignment_ids)

    @api.depends('partner_id')
    def _compute_region_id(self):
        for ticket in self:
            ticket.region_id = ticket.partner_id.region_id

    @api.depends('user_id', 'company_id')
    def _compute_agent_id(self):
        # sudo: service.agent - agents of other companies cannot be seen, the others are public
        agents_sudo = (
            self.env['service.agent'].sudo().search([('user_id', 'in', self.user_id.ids)])
            if self.user_id
            else self.env['service.agent']
        )
        by_user = {(agent.user_id, agent.company_id): agent.id for agent in agents_sudo}
        for ticket in self:
            ticket.agent_id = by_user.get((ticket.user_id, ticket.company_id), False)

    def _search_agent_id(self, operator, value):
        if operator != 'in':
            return NotImplemented
        users = self.env['service.agent'].sudo().browse(filter(None, value)).user_id
        domain = Domain('user_id', 'in', users.ids)
        return domain | Domain('user_id', '=', False) if False in value else domain

    @api.depends('type_id', 'category_id')
    def _compute_skill_ids(self):
        for ticket in self:
            # sudo: helpdesk.ticket.type - part of the helpdesk's users cannot read types
            ticket.skill_ids = ticket.sudo().type_id.skill_ids | ticket.category_id.skill_ids

    # === ACTION METHODS === #

    def assign_to_me(self):
        """Override of `helpdesk_mgmt`: take the tickets over, and have it in the log."""
        return self.action_take()

    def action_take(self):
        """Take the tickets over, whoever has them.

        :raises UserError: if the user is not a member of a ticket's team
        """
        user = self.env.user
        foreign = self.team_id.filtered(lambda team: user not in team.user_ids)
        if foreign and not user.has_group('helpdesk_mgmt.group_helpdesk_manager'):
            raise UserError(
                self.env._(
                    "You are not a member of %(teams)s. Ask the team leader to add you, "
                    "or move the ticket to a team of yours.",
                    teams=", ".join(foreign.mapped('name')),
                )
            )
        tickets = self.filtered(lambda ticket: ticket.user_id != user)
        for former, taken in tickets.grouped('user_id').items():
            taken._record_takeover(former, user)
        tickets.user_id = user
        return True

    def action_unassign(self):
        """Give the tickets back, so that anybody of the team can take them."""
        self.user_id = False
        return True

    def action_assign_by_rule(self):
        """Let the rules of the team choose again for tickets nobody has."""
        unassigned = self.filtered(lambda ticket: not ticket.user_id)
        unassigned._assign_by_rule()
        return True

    def action_explain_assignment(self):
        """Show in a dialog who was chosen and why, with the numbers of every candidate."""
        self.ensure_one()
        return self.env['service.assignment']._get_explanation_action(self._name, self.id)

    # === BUSINESS METHODS === #

    def _assign_by_rule(self):
        """Choose an agent for the open tickets that nobody has, as their team wants it.

        The number of queries does not depend on the number of tickets, but on that of the agents
        who are chosen.
        """
        tickets = self.filtered(
            lambda ticket: (
                not ticket.user_id and not ticket.closed and ticket.team_id._is_automatic()
            )
        )
        if not tickets:
            return
        # sudo: helpdesk.ticket - a customer's answer is assigned by the same rules as a new ticket
        tickets_sudo = tickets.sudo()
        agents = tickets_sudo.team_id._get_agents()
        assignments = tickets_sudo._choose_agents(
            [
                ticket.team_id._prepare_assignment_request(
                    agents,
                    ticket.company_id,
                    res_id=ticket.id,
                    partner=ticket.partner_id,
                    region=ticket.region_id,
                    skills=ticket.skill_ids,
                )
                for ticket in tickets_sudo
            ]
        )
        chosen = {}
        unserved = self.browse()
        for ticket, assignment in zip(tickets, assignments, strict=True):
            if user := assignment.agent_id.user_id:
                chosen[user] = chosen.get(user, self.browse()) + ticket
            else:
                unserved += ticket
        for user, user_tickets in chosen.items():
            user_tickets.user_id = user
        unserved._schedule_unserved()

    def _record_takeover(self, former, user):
        """Write down that somebody took the tickets, next to what the rules had decided."""
        note = self.env._("Taken over from %(name)s", name=former.name) if former else None
        for company, tickets in self.grouped('company_id').items():
            agent = user.with_company(company).service_agent_id
            if agent:
                self.env['service.assignment']._record_choice(tickets, agent, note)

    @api.model
    def _choose_agents(self, requests):
        """Let the engine choose, see ``service.agent._choose``."""
        # sudo: service.agent - who is chosen does not depend on who creates the ticket
        assignments = self.env['service.agent'].sudo()._choose(requests) if requests else []
        return self.env['service.assignment'].sudo().browse([a.id for a in assignments])

    @api.model
    def _choose_for_values(self, vals_list):
        """Choose agents for tickets that are about to be created, and put them into the values.

        :param list vals_list: prepared values, changed in place
        :return: dict of position in the list → ``service.assignment``
        """
        Team = self.env['helpdesk.ticket.team']
        positions = [
            position
            for position, vals in enumerate(vals_list)
            if not vals['user_id']
            and not vals.get('closed_date')
            and Team.browse(vals['team_id'] or ())._is_automatic()
        ]
        if not positions:
            return {}
        # sudo: helpdesk.ticket.team - the rules are no business of the customer who writes
        teams = Team.sudo().browse({vals_list[position]['team_id'] for position in positions})
        agents = teams._get_agents()
        assignments = self._choose_agents(
            [
                self._prepare_request_from_values(vals_list[position], agents)
                for position in positions
            ]
        )
        now = self.env.cr.now()
        for position, assignment in zip(positions, assignments, strict=True):
            if user := assignment.agent_id.user_id:
                vals_list[position].update(
                    user_id=user.id, assigned_date=now, first_assigned_date=now
                )
        return dict(zip(positions, assignments, strict=True))

    @api.model
    def _prepare_request_from_values(self, vals, agents):
        """Return the request to the engine for a ticket that is about to be created."""
        env = self.env(su=True)
        partner = env['res.partner'].browse(vals.get('partner_id') or ())
        skills = (
            env['helpdesk.ticket.type'].browse(vals.get('type_id') or ()).skill_ids
            | env['helpdesk.ticket.category'].browse(vals.get('category_id') or ()).skill_ids
        )
        return (
            env['helpdesk.ticket.team']
            .browse(vals['team_id'])
            ._prepare_assignment_request(
                agents,
                env['res.company'].browse(vals['company_id']),
                partner=partner,
                region=env['service.region'].browse(vals.get('region_id') or ())
                or partner.region_id,
                skills=skills,
            )
        )

    def _bind_assignments(self, assignments):
        """Tell the assignments made before the tickets were created to which they belong.

        :param dict assignments: see ``_choose_for_values``
        """
        if not assignments:
            return
        tickets = self.browse([self[position].id for position in assignments])
        made = self.env['service.assignment'].sudo().union(*assignments.values())
        made._bind(tickets)
        tickets.filtered(lambda ticket: not ticket.user_id)._schedule_unserved()

    def _schedule_unserved(self):
        """Ask the leader of the team to find somebody for tickets no agent could be found for."""
        # sudo: mail.activity - planned by the rules, not by who writes the ticket
        led = self.sudo().filtered(lambda ticket: ticket.team_id.user_id)
        if not led:
            return
        activity_type = self.env.ref('mail.mail_activity_data_todo')
        self.env['mail.activity'].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    'res_model_id': self.env['ir.model']._get_id(self._name),
                    'res_id': ticket.id,
                    'activity_type_id': activity_type.id,
                    'user_id': ticket.team_id.user_id.id,
                    'summary': self.env._("No agent was found: assign by hand"),
                    'date_deadline': fields.Date.context_today(self),
                }
                for ticket in led
            ]
        )
