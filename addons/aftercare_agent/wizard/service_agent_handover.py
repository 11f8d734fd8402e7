from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ServiceAgentHandover(models.TransientModel):
    """Gives the customers of an agent who leaves, or changes, to others."""

    _name = 'service.agent.handover'
    _description = "Hand over customers"

    agent_id = fields.Many2one('service.agent', string="From", required=True)
    company_id = fields.Many2one(related='agent_id.company_id')
    mode = fields.Selection(
        [('agent', "One agent"), ('rule', "The agents of their regions")],
        string="To",
        required=True,
        default='agent',
    )
    to_agent_id = fields.Many2one(
        'service.agent',
        string="New Agent",
        compute='_compute_to_agent_id',
        store=True,
        readonly=False,
        domain="[('id', '!=', agent_id), ('company_id', '=', company_id)]",
    )
    region_ids = fields.Many2many(
        'service.region',
        string="Only of",
        help="Only customers of these regions and the regions below; empty for all customers.",
    )
    reason = fields.Char(required=True)
    archive_agent = fields.Boolean(string="Archive the old agent")
    partner_count = fields.Integer(compute='_compute_partner_count', string="Customers")

    # === COMPUTE METHODS === #

    @api.depends('agent_id')
    def _compute_to_agent_id(self):
        for handover in self:
            handover.to_agent_id = handover.agent_id.deputy_id

    @api.depends('agent_id', 'region_ids')
    def _compute_partner_count(self):
        for handover in self:
            handover.partner_count = self.env['res.partner'].search_count(
                handover._get_partner_domain()
            )

    # === ACTION METHODS === #

    def action_hand_over(self):
        """Give the customers to their new agents and write down why."""
        self.ensure_one()
        partners = self.env['res.partner'].search(self._get_partner_domain())
        if self.mode == 'agent':
            moved = self._hand_over_to_agent(partners)
        else:
            moved = self._hand_over_by_region(partners)
        if self.archive_agent:
            self._archive_agent()
        rest = len(partners) - len(moved)
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'warning' if rest else 'success',
                'message': self.env._(
                    "%(count)s customers handed over, %(rest)s left.", count=len(moved), rest=rest
                ),
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    # === BUSINESS METHODS === #

    def _get_partner_domain(self):
        """Return which customers change hands; their contacts follow them."""
        domain = (
            Domain('agent_id', '=', self.agent_id.id)
            & (
                Domain('parent_id', '=', False)
                | Domain('parent_id.agent_id', '!=', self.agent_id.id)
            )
            & Domain('active', 'in', [True, False])
        )
        if self.region_ids:
            domain &= Domain('region_id', 'child_of', self.region_ids.ids)
        return domain

    def _hand_over_to_agent(self, partners):
        if not self.to_agent_id:
            raise UserError(self.env._("Choose the new agent."))
        partners._track_set_log_message(self.reason)
        partners.agent_id = self.to_agent_id
        self.env['service.assignment']._record_choice(partners, self.to_agent_id, self.reason)
        return partners

    def _hand_over_by_region(self, partners):
        agents = self.env['service.agent'].search(
            [('company_id', '=', self.company_id.id), ('id', '!=', self.agent_id.id)]
        )
        assignments = self.env['service.agent']._give_partners(partners, agents, self.reason)
        return partners.browse(assignments.filtered('agent_id').mapped('res_id'))

    def _archive_agent(self):
        # sudo: res.partner - customers the manager does not see count too
        if (
            self.env['res.partner']
            .sudo()
            .search_count([('agent_id', '=', self.agent_id.id)], limit=1)
        ):
            raise UserError(self.env._("%(agent)s still has customers.", agent=self.agent_id.name))
        self.agent_id.action_archive()
