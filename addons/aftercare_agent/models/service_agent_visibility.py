from odoo import api, fields, models
from odoo.fields import Domain


class ServiceAgent(models.Model):
    """What the record rules let an agent see."""

    _inherit = 'service.agent'

    visible_customer_count = fields.Integer(
        compute='_compute_visible_customer_count',
        string="Sees",
        groups='aftercare_base.aftercare_base_group_manager',
    )
    is_limited = fields.Boolean(compute='_compute_is_limited')

    # === COMPUTE METHODS === #

    @api.depends('user_id', 'region_ids', 'skill_ids', 'partner_ids')
    @api.depends_context('uid')
    def _compute_visible_customer_count(self):
        for agent in self:
            agent.visible_customer_count = (
                self.env['res.partner'].search_count(agent._get_visible_customer_domain())
                if agent.user_id and agent._origin
                else 0
            )

    @api.depends('user_id')
    def _compute_is_limited(self):
        for agent in self:
            # sudo: res.users - whether a colleague sees all customers is no secret
            user_sudo = agent.user_id.sudo()
            agent.is_limited = user_sudo and user_sudo._is_limited_to_own_customers()

    # === ACTION METHODS === #

    def action_view_visible_customers(self):
        """Open the customers the agent sees, by the very rules that count for the agent."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("What %(agent)s sees", agent=self.name),
            'res_model': 'res.partner',
            'view_mode': 'list,kanban,form',
            'domain': list(self._get_visible_customer_domain()),
            'context': {'create': False},
        }

    # === BUSINESS METHODS === #

    def _get_visible_customer_domain(self):
        """Return which customers the record rules let the agent see, without their contacts."""
        self.ensure_one()
        user = self.user_id
        Rule = self.env['ir.rule'].with_user(user)
        # sudo: res.users - the companies of a colleague are no secret
        company_ids = user.sudo().company_ids.ids
        return Domain.AND(
            [
                Rule.with_context(allowed_company_ids=company_ids)._compute_domain('res.partner'),
                self.env['service.customer.access']._get_commercial_domain(),
            ]
        )
