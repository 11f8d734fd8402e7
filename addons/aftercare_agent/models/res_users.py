from odoo import api, fields, models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = 'res.users'

    service_agent_ids = fields.One2many('service.agent', 'user_id', string="Service Agents")
    service_agent_id = fields.Many2one(
        'service.agent', string="Service Agent", compute='_compute_service_agent_id'
    )

    # === COMPUTE METHODS === #

    @api.depends('service_agent_ids.company_id')
    @api.depends_context('company')
    def _compute_service_agent_id(self):
        for user in self:
            user.service_agent_id = user.service_agent_ids.filtered(
                lambda agent: agent.company_id == self.env.company
            )[:1]

    # === BUSINESS METHODS === #

    def _is_limited_to_own_customers(self):
        """Return whether the user sees the own customers only."""
        return self.has_group('aftercare_agent.aftercare_agent_group_own') and not self.has_group(
            'aftercare_agent.aftercare_agent_group_all'
        )

    def _get_customer_domain(self, mode='read'):
        """Return which contacts a user may see or change; called by the record rules.

        Everybody but the agents who are limited to their own customers sees all that other rules
        let them. Domain addons add (with ``|``) the customers whose records an agent works on.
        The result is cached until agents or rights change, so it must not depend on anything else.

        :param str mode: read or write
        """
        if not self._is_limited_to_own_customers():
            return Domain.TRUE
        # sudo: service.agent - the own regions are no secret
        agents = self.sudo().with_context(active_test=False).service_agent_ids
        domain = Domain('agent_id', 'in', agents.ids) | (
            Domain('agent_id', '=', False) & Domain('region_id', 'child_of', agents.region_ids.ids)
        )
        if mode == 'read':
            # Colleagues and the own companies are no customers.
            domain |= Domain('partner_share', '=', False)
            domain |= Domain('ref_company_ids', '!=', False)
        return domain | Domain('id', '=', self.partner_id.id)
