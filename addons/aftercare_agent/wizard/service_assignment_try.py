from odoo import api, fields, models


class ServiceAssignmentTry(models.TransientModel):
    """Asks the engine whom the next request would get, without giving it to anybody."""

    _name = 'service.assignment.try'
    _description = "Whom would the next request get?"

    @api.model
    def _get_methods(self):
        return self.env['service.assignment']._fields['method']._description_selection(self.env)

    company_id = fields.Many2one(
        'res.company', default=lambda self: self.env.company, required=True
    )
    partner_id = fields.Many2one('res.partner', string="Customer")
    ip = fields.Char(string="IP Address")
    region_id = fields.Many2one(
        'service.region', compute='_compute_region_id', store=True, readonly=False
    )
    skill_ids = fields.Many2many('service.skill', string="Skills")
    agent_ids = fields.Many2many(
        'service.agent',
        string="Agents",
        domain="[('company_id', '=', company_id)]",
        help="Choose from these agents only; empty for all.",
    )
    leader_id = fields.Many2one('service.agent', domain="[('company_id', '=', company_id)]")
    method = fields.Selection('_get_methods', required=True, default='balanced')
    date = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    use_own_agent = fields.Boolean(string="Own agent first", default=True)
    use_region = fields.Boolean(string="By region", default=True)
    use_skills = fields.Boolean(string="By skills", default=True)
    explanation = fields.Html(compute='_compute_explanation', sanitize=False)

    # === COMPUTE METHODS === #

    def _compute_display_name(self):
        self.display_name = self.env._("Whom would the next request get?")

    @api.depends('partner_id', 'ip')
    def _compute_region_id(self):
        Region = self.env['service.region']
        for attempt in self:
            region = attempt.ip and Region.find_by_ip(attempt.ip.strip())
            attempt.region_id = region or Region._find_by_partner(attempt.partner_id)

    @api.depends(
        'company_id',
        'partner_id',
        'region_id',
        'skill_ids',
        'agent_ids',
        'leader_id',
        'method',
        'date',
        'use_own_agent',
        'use_region',
        'use_skills',
    )
    def _compute_explanation(self):
        requests = [attempt._prepare_request() for attempt in self]
        answers = self.env['service.agent']._choose(requests, dry_run=True)
        for attempt, assignment in zip(self, answers, strict=True):
            attempt.explanation = assignment.explanation

    # === BUSINESS METHODS === #

    def _prepare_request(self):
        """Return the request the engine is asked."""
        return {
            'method': self.method,
            'company': self.company_id,
            'partner': self.partner_id,
            'region': self.region_id,
            'skills': self.skill_ids._origin,
            'agents': self.agent_ids._origin or None,
            'leader': self.leader_id,
            'at': self.date,
            'use_own_agent': self.use_own_agent,
            'use_region': self.use_region,
            'use_skills': self.use_skills,
        }
