from odoo import api, fields, models


class ServiceAgent(models.Model):
    """A member of staff who serves customers."""

    _name = 'service.agent'
    _description = "Agent"
    _inherit = ['resource.mixin', 'mail.thread']
    _order = 'name, id'

    name = fields.Char(
        compute='_compute_name', store=True, readonly=False, precompute=True, required=True
    )
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        'res.users', required=True, index=True, ondelete='restrict', domain=[('share', '=', False)]
    )
    partner_id = fields.Many2one(related='user_id.partner_id')
    region_ids = fields.Many2many('service.region', string="Regions")
    skill_ids = fields.Many2many('service.skill', string="Skills")
    presence = fields.Selection(
        [
            ('available', "Available"),
            ('busy', "Busy"),
            ('away', "Away"),
            ('offline', "Offline"),
        ],
        default='offline',
        required=True,
    )
    max_open_tickets = fields.Integer()
    is_default = fields.Boolean()
    deputy_id = fields.Many2one('service.agent', index='btree_not_null')
    open_count = fields.Integer(compute='_compute_open_count')
    last_assignment_date = fields.Datetime(readonly=True, copy=False)

    _user_company_uniq = models.Constraint(
        'UNIQUE(user_id, company_id)', "This user already is an agent of the company."
    )

    @api.depends('user_id')
    def _compute_name(self):
        for agent in self:
            agent.name = agent.name or agent.user_id.name

    def _compute_open_count(self):
        counts = self._get_open_counts()
        for agent in self:
            agent.open_count = counts.get(agent.id, 0)

    def _prepare_resource_values(self, vals, tz):
        user = self.env['res.users'].browse(vals['user_id'])
        return {
            **super()._prepare_resource_values(vals, tz),
            'name': vals.get('name') or user.name,
            'user_id': user.id,
        }

    def _get_open_counts(self):
        """Return ``{agent id: number of open records}``; domain addons add theirs.

        To be called on the agents to count.
        """
        return dict.fromkeys(self.ids, 0)

    def _on_presence_change(self, previous):
        """Hook called on the agents whose presence changed.

        :param dict previous: agent id → presence before
        """

    @api.model
    def _choose(self, requests, dry_run=False):
        """Pick an agent for each request and return the explaining ``service.assignment``."""
        return [
            self.env['service.assignment'].browse()
            if dry_run
            else self.env['service.assignment']
            .sudo()
            .create(
                {
                    'res_model': request['res_model'],
                    'res_id': request['res_id'],
                    'method': request['method'],
                }
            )
            for request in requests
        ]

    @api.model
    def _find_for_partner(self, partner):
        """Return the agent who serves a customer: his own, else the one of his region."""
        return partner.agent_id

    @api.model
    def _assign_partner(self, partners):
        """Give customers without agent the agent of their region; return the assignments."""
        return self.env['service.assignment']
