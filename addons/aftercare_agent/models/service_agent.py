from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import format_datetime

PRESENCES = [
    ('available', "Available"),
    ('busy', "Busy"),
    ('away', "Away"),
    ('offline', "Offline"),
]


class ServiceAgent(models.Model):
    """A member of staff who serves customers."""

    _name = 'service.agent'
    _description = "Agent"
    _inherit = ['resource.mixin', 'mail.thread']
    _order = 'name, id'
    _check_company_auto = True

    name = fields.Char(
        compute='_compute_name',
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="How customers know the agent.",
    )
    active = fields.Boolean(default=True, tracking=True)
    user_id = fields.Many2one(
        'res.users',
        required=True,
        index=True,
        ondelete='restrict',
        domain=[('share', '=', False)],
        tracking=True,
    )
    partner_id = fields.Many2one(related='user_id.partner_id', string="Contact")
    avatar_128 = fields.Image(related='user_id.avatar_128')
    company_id = fields.Many2one(required=True)
    region_ids = fields.Many2many(
        'service.region',
        string="Regions",
        tracking=True,
        help="An agent of a region serves the regions below it too.",
    )
    skill_ids = fields.Many2many('service.skill', string="Skills", tracking=True)
    resource_calendar_id = fields.Many2one(
        string="Shift",
        tracking=True,
        check_company=True,
        help="When the agent works, in his time zone. Empty for no fixed hours.",
    )
    presence = fields.Selection(
        PRESENCES,
        default='offline',
        required=True,
        help="Available agents get new requests, busy and away ones get none. Offline agents get "
        "them while their shift runs, if nobody suitable is available.",
    )
    presence_date = fields.Datetime(
        string="Present Since", default=fields.Datetime.now, readonly=True, copy=False
    )
    presence_log_ids = fields.One2many('service.agent.presence.log', 'agent_id', readonly=True)
    max_open_tickets = fields.Integer(
        string="Capacity",
        tracking=True,
        help="With so many open requests the agent gets no more. 0 for no limit.",
    )
    is_default = fields.Boolean(
        string="Default Agent",
        tracking=True,
        help="Gets the new customers of whom no agent's region is known.",
    )
    deputy_id = fields.Many2one(
        'service.agent',
        index='btree_not_null',
        tracking=True,
        check_company=True,
        domain="[('id', '!=', id)]",
        help="Serves this agent's customers while he is absent.",
    )
    partner_ids = fields.One2many('res.partner', 'agent_id', string="Own Customers")
    open_count = fields.Integer(compute='_compute_open_count', string="Open")
    load_percentage = fields.Integer(compute='_compute_open_count', string="Load")
    customer_count = fields.Integer(compute='_compute_customer_count', string="Customers")
    work_state = fields.Selection(
        [
            ('present', "Available"),
            ('shift', "On shift"),
            ('busy', "Busy"),
            ('away', "Away"),
            ('leave', "On leave"),
            ('off', "Off shift"),
        ],
        compute='_compute_work_state',
        string="State",
    )
    next_start = fields.Datetime(compute='_compute_work_state', string="Back")
    work_state_text = fields.Char(compute='_compute_work_state')
    has_rights = fields.Boolean(compute='_compute_has_rights')
    last_assignment_date = fields.Datetime(string="Last Assignment", readonly=True, copy=False)
    # The id of the last assignment: the order of those made in the same second
    assignment_sequence = fields.Integer(default=0, readonly=True, copy=False)

    _user_company_uniq = models.Constraint(
        'UNIQUE(user_id, company_id)', "This user already is an agent of the company."
    )
    _max_open_tickets_positive = models.Constraint(
        'CHECK(max_open_tickets >= 0)', "The capacity cannot be negative; 0 means no limit."
    )

    # === COMPUTE METHODS === #

    @api.depends('user_id')
    def _compute_name(self):
        for agent in self:
            agent.name = agent.name or agent.user_id.name

    @api.depends('max_open_tickets')
    def _compute_open_count(self):
        counts = self.sudo()._get_open_counts()
        for agent in self:
            agent.open_count = counts.get(agent.id, 0)
            limit = agent.max_open_tickets
            agent.load_percentage = min(100 * agent.open_count // limit, 100) if limit else 0

    @api.depends('partner_ids')
    def _compute_customer_count(self):
        counts = self._get_customer_counts()
        for agent in self:
            agent.customer_count = counts.get(agent.id, 0)

    @api.depends('presence', 'resource_calendar_id', 'tz')
    def _compute_work_state(self):
        labels = dict(self._fields['work_state']._description_selection(self.env))
        states = self.env['service.assignment.engine']._get_states(
            self._origin, fields.Datetime.now()
        )
        for agent in self:
            state = states.get(agent._origin.id)
            agent.work_state = state and state.code
            agent.next_start = state and not state.working and state.start
            agent.work_state_text = labels.get(agent.work_state)
            if agent.next_start and agent.work_state in ('off', 'leave'):
                agent.work_state_text = self.env._(
                    "%(state)s, back %(date)s",
                    state=agent.work_state_text,
                    date=format_datetime(self.env, agent.next_start, dt_format='EEE HH:mm'),
                )

    @api.depends('user_id')
    def _compute_has_rights(self):
        for agent in self:
            # sudo: res.users - whether a colleague may open the application is no secret
            user_sudo = agent.user_id.sudo()
            agent.has_rights = user_sudo and user_sudo.has_group(
                'aftercare_base.aftercare_base_group_user'
            )

    # === CONSTRAINT METHODS === #

    @api.constrains('deputy_id')
    def _check_deputy_id(self):
        if any(agent.deputy_id == agent for agent in self):
            raise ValidationError(self.env._("Nobody can be his own deputy."))

    @api.constrains('user_id')
    def _check_user_id(self):
        if any(agent.user_id.share for agent in self):
            raise ValidationError(self.env._("An agent must be an internal user."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `resource` to start from the calendar of the agent's own company."""
        Company = self.env['res.company']
        agents = super().create(
            [
                {
                    'resource_calendar_id': (
                        Company.browse(vals.get('company_id')) or self.env.company
                    ).resource_calendar_id.id,
                    **vals,
                }
                for vals in vals_list
            ]
        )
        agents._on_scope_change()
        return agents

    def write(self, vals):
        if vals.get('active') is False:
            vals = {**vals, 'presence': 'offline'}
        previous = {}
        if 'presence' in vals:
            previous = {a.id: a.presence for a in self if a.presence != vals['presence']}
            changed = self.browse(previous)
            changed._log_presence(vals['presence'])
            if changed:
                super(ServiceAgent, changed).write({'presence_date': fields.Datetime.now()})
        result = super().write(vals)
        if {'user_id', 'name'} & vals.keys():
            self._sync_resource()
        if {'user_id', 'company_id', 'region_ids', 'skill_ids', 'active'} & vals.keys():
            self._on_scope_change()
        if previous:
            self.browse(previous)._on_presence_change(previous)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_customers(self):
        if self.env['res.partner'].sudo().search_count([('agent_id', 'in', self.ids)], limit=1):
            raise UserError(
                self.env._("Hand the customers over to another agent first, or archive this one.")
            )

    def unlink(self):
        """Override to delete the resources too, and their leaves.

        A leave without resource would be a public holiday of everybody.
        """
        # sudo: resource.resource - the manager of agents need not be one of resources
        resources_sudo = self.resource_id.sudo()
        result = super().unlink()
        leaves_sudo = self.env['resource.calendar.leaves'].sudo()
        leaves_sudo.search([('resource_id', 'in', resources_sudo.ids)]).unlink()
        resources_sudo.unlink()
        self._on_scope_change()
        return result

    def _prepare_resource_values(self, vals, tz):
        """Override of `resource` to name the resource after the user, in his time zone."""
        user = self.env['res.users'].browse(vals['user_id'])
        return {
            **super()._prepare_resource_values(vals, tz),
            'name': vals.get('name') or user.name,
            'user_id': user.id,
        }

    def _sync_resource(self):
        for agent in self:
            # sudo: resource.resource - the manager of agents need not be one of resources
            agent.resource_id.sudo().write({'name': agent.name, 'user_id': agent.user_id.id})

    def _on_scope_change(self):
        """Forget the record rules and lists that were computed from agents and their regions."""
        self.env.registry.clear_cache()

    # === ACTION METHODS === #

    def action_view_customers(self):
        """Open the agent's customers."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Customers of %(agent)s", agent=self.name),
            'res_model': 'res.partner',
            'view_mode': 'list,kanban,form',
            'domain': [('agent_id', '=', self.id), ('parent_id', '=', False)],
            'context': {'default_agent_id': self.id},
        }

    def action_view_assignments(self):
        """Open what the agent was given, and why."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_agent.service_assignment_action'
        )
        return {**action, 'context': {}, 'domain': [('agent_id', '=', self.id)]}

    def action_view_leaves(self):
        """Open the agent's personal leaves."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Leaves of %(agent)s", agent=self.name),
            'res_model': 'resource.calendar.leaves',
            'view_mode': 'list,form,calendar',
            'domain': [('resource_id.user_id', '=', self.user_id.id)],
            'context': {
                'default_resource_id': self.resource_id.id,
                'default_calendar_id': self.resource_calendar_id.id,
                'default_company_id': self.company_id.id,
            },
        }

    # === BUSINESS METHODS: PRESENCE === #

    @api.model
    def set_own_presence(self, presence):
        """Set the presence of the current user's agents; what the switch in the top bar calls.

        :param str presence: available, busy, away or offline
        :return: see ``_get_presence_data``
        """
        if presence not in dict(PRESENCES):
            raise UserError(self.env._("There is no such presence."))
        # sudo: service.agent - an agent may change his own presence and nothing else
        agents_sudo = self.env.user.sudo().service_agent_ids
        if not agents_sudo:
            raise UserError(self.env._("You are not an agent."))
        agents_sudo.write({'presence': presence})
        return agents_sudo._get_presence_data()

    def _get_presence_data(self):
        """Return what the switch in the top bar shows, None for who is not an agent."""
        agent = self.filtered(lambda agent: agent.company_id == self.env.company)[:1] or self[:1]
        if not agent:
            return None
        return {
            'presence': agent.presence,
            'since': fields.Datetime.to_string(agent.presence_date),
        }

    def _log_presence(self, presence):
        """Write the history of agents who are about to change their presence."""
        now = fields.Datetime.now()
        # sudo: service.agent.presence.log - written by the change of presence alone
        self.env['service.agent.presence.log'].sudo().create(
            [
                {
                    'agent_id': agent.id,
                    'date': now,
                    'presence_from': agent.presence,
                    'presence_to': presence,
                    'user_id': self.env.uid,
                    'hours': (now - (agent.presence_date or now)).total_seconds() / 3600,
                }
                for agent in self
            ]
        )

    def _on_presence_change(self, previous):
        """Hook called on the agents whose presence changed, after the change.

        :param dict previous: agent id → presence before
        """
        for user in self.user_id:
            agents = self.filtered(lambda agent, user=user: agent.user_id == user)
            user._bus_send('aftercare_agent/presence', agents._get_presence_data())

    @api.model
    def _cron_end_presence(self):
        """Set agents offline who closed their browser without saying so."""
        minutes = self._get_presence_timeout()
        if minutes <= 0:
            return
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=minutes)
        gone = self.search([('presence', '!=', 'offline'), ('presence_date', '<', limit)])
        seen = self.env['mail.presence'].search(
            [('user_id', 'in', gone.user_id.ids), ('last_poll', '>=', limit)]
        )
        (gone - gone.filtered(lambda agent: agent.user_id in seen.user_id)).write(
            {'presence': 'offline'}
        )

    @api.model
    def _get_presence_timeout(self):
        """Return after how many minutes without a browser an agent is offline, 0 for never."""
        # sudo: ir.config_parameter - a number for internal use
        return int(
            self.env['ir.config_parameter'].sudo().get_param('aftercare_agent.presence_timeout', 30)
        )

    # === BUSINESS METHODS: LOAD === #

    def _get_open_counts(self):
        """Return ``{agent id: number of open records}``; domain addons add theirs.

        To be called on the agents to count.
        """
        return dict.fromkeys(self.ids, 0)

    def _get_customer_counts(self):
        """Return ``{agent id: number of customers}``."""
        # sudo: res.partner - the number does not depend on who asks
        groups = (
            self.env['res.partner']
            .sudo()
            ._read_group(
                [('agent_id', 'in', self.ids), ('parent_id', '=', False)], ['agent_id'], ['__count']
            )
        )
        return {agent.id: count for agent, count in groups}

    def _get_load(self, kind):
        """Return ``{agent id: number}`` of a kind of load, see the engine's ``_get_kind``."""
        return self._get_customer_counts() if kind == 'customers' else self._get_open_counts()

    # === BUSINESS METHODS: ASSIGNMENT === #

    @api.model
    def _choose(self, requests, dry_run=False):
        """Pick an agent for each of many requests; the number of queries is constant.

        Each request is a dict, all keys but ``res_model`` optional:

        - ``res_model``, ``res_id``: for what; ``res_id`` 0 if not created yet
          (see ``service.assignment._bind``)
        - ``method``: manual, random, balanced (default), round_robin
        - ``agents``: candidates; None for all active agents of the company
        - ``partner``, ``region``, ``skills``: empty for unknown; the region of the partner counts
          when none is given
        - ``use_own_agent``, ``use_region``, ``use_skills``: which of them matter (default: none)
        - ``leader``: who gets it if nobody else can
        - ``at``: naive UTC datetime, now by default
        - ``company``: only agents of this company
        - ``note``: kept with the assignment
        - ``use_presence``, ``use_capacity``: False when the agent need not be there, or may be
          given more than his capacity
        - ``use_default``: default agents are preferred when nobody serves the region

        :return: list of ``service.assignment`` (in sudo mode, the caller may be a visitor), one
            per request in the same order, without an agent where nobody could be chosen; unsaved
            records in a dry run
        """
        return self.env['service.assignment.engine']._choose(requests, dry_run)

    @api.model
    def _find_for_partner(self, partner):
        """Return the agent who serves a customer: his own, else who he would be given."""
        # sudo: res.partner - the customer's agent does not depend on who asks
        agent = self.env['service.assignment.engine']._get_own_agent(partner.sudo())
        if not agent:
            request = self._prepare_partner_request(partner.sudo())
            agent = self._choose([request], dry_run=True)[0].agent_id
        return self.browse(agent.id)

    @api.model
    def _assign_partner(self, partners):
        """Give customers without agent the agent of their region.

        Contacts of a company get the agent of the company.

        :return: the ``service.assignment`` of those who got one
        """
        # sudo: res.partner - visitors who register are given an agent too
        customers = partners.sudo().commercial_partner_id.filtered(lambda p: not p.agent_id)
        return self._give_partners(customers)

    @api.model
    def _give_partners(self, partners, agents=None, note=None):
        """Give customers the agent of their region, whoever served them before.

        :param agents: candidates; None for all active agents of the company
        :param note: why, in the words of the person who does it
        :return: the ``service.assignment`` of each
        """
        requests = [
            {**self._prepare_partner_request(partner), 'agents': agents, 'note': note}
            for partner in partners
        ]
        assignments_sudo = self.env['service.assignment'].sudo().concat(*self._choose(requests))
        if note:
            partners._track_set_log_message(note)
        for agent, group in assignments_sudo.grouped('agent_id').items():
            if agent:
                partners.browse(group.mapped('res_id')).agent_id = agent
        return assignments_sudo.with_env(self.env)

    def _prepare_partner_request(self, partner):
        """Return the request that finds the agent of a customer, for good and not for today."""
        company = partner.company_id or self.env.company
        return {
            'res_model': 'res.partner',
            'res_id': partner._origin.id,
            'method': company.agent_assignment_method,
            'partner': partner,
            'company': company,
            'use_region': True,
            'use_default': True,
            'use_presence': False,
            'use_capacity': False,
        }
