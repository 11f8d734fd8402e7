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
        The result is cached until agents, authorisations or rights change, or an authorisation
        begins or ends; so it must not depend on anything else.

        :param str mode: read or write
        """
        if not self._is_limited_to_own_customers():
            return Domain.TRUE
        # sudo: service.agent - the own regions are no secret
        agents = self.sudo().with_context(active_test=False).service_agent_ids
        domain = Domain('agent_id', 'in', agents.ids) | (
            Domain('agent_id', '=', False) & Domain('region_id', 'child_of', agents.region_ids.ids)
        )
        domain |= self._get_customer_accesses(mode)._get_partner_domain()
        if mode == 'read':
            # Colleagues and the own companies are no customers.
            domain |= Domain('partner_share', '=', False)
            domain |= Domain('ref_company_ids', '!=', False)
        return domain | Domain('id', '=', self.partner_id.id)

    def _get_customer_record_domain(self, partner_field):
        """Return which records of customers a user may see; called by record rules of other addons.

        :param str partner_field: the field of the record, or path from it, that is the customer
        """
        domain = self._get_customer_domain()
        return list(domain if domain.is_true() else Domain(partner_field, 'any', domain))

    def _get_customer_accesses(self, mode='read'):
        """Return the customer authorisations of a user that are in force, for record rules.

        :param str mode: read or write
        """
        self.ensure_one()
        # sudo: service.agent, service.customer.access - the user need not see what makes the rules
        user_sudo = self.sudo().with_context(active_test=True)
        accesses_sudo = user_sudo.env['service.customer.access']._find(user_sudo.service_agent_ids)
        return accesses_sudo.filtered(lambda access: mode in ('read', access.mode))
