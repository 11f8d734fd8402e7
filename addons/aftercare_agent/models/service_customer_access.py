from bisect import bisect_right

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache


class ServiceCustomerAccess(models.Model):
    """Opens customers of others to agents who are limited to their own ones."""

    _name = 'service.customer.access'
    _description = "Customer Authorisation"
    _inherit = ['mail.thread']
    _order = 'name, id'

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        'res.company',
        default=lambda self: self.env.company,
        index=True,
        tracking=True,
        help="Only agents and customers of this company; empty for those of all companies.",
    )
    mode = fields.Selection(
        [('read', "See"), ('write', "See and change")],
        string="May",
        default='read',
        required=True,
        tracking=True,
        help="Tickets and what else belongs to the customers can be worked on in either case, as "
        "far as the agent's other rights allow. This is about the contacts themselves.",
    )
    agent_ids = fields.Many2many(
        'service.agent',
        string="Agents",
        domain="[('company_id', '=', company_id)] if company_id else []",
        tracking=True,
    )
    skill_ids = fields.Many2many(
        'service.skill',
        string="Agents Who Can",
        tracking=True,
        help="All agents who have one of these skills, those of the future too.",
    )
    # Conditions can not be deleted while they are in use, and count when they are archived: without
    # them the authorisation would open more customers than was meant.
    region_ids = fields.Many2many(
        'service.region',
        string="Regions",
        ondelete='restrict',
        context={'active_test': False},
        tracking=True,
        help="Customers of one of these regions, or of a region below.",
    )
    category_ids = fields.Many2many(
        'res.partner.category',
        string="Tags",
        ondelete='restrict',
        context={'active_test': False},
        tracking=True,
        help="Customers with one of these tags, or with a tag below.",
    )
    customer_ids = fields.Many2many(
        'res.partner',
        'service_customer_access_res_partner_rel',
        'access_id',
        'partner_id',
        string="And Also",
        context={'active_test': False},
        domain="[('company_id', 'in', [company_id, False])] if company_id else []",
        tracking=True,
        help="Customers chosen by hand, whether they meet the conditions or not.",
    )
    date_start = fields.Datetime(string="From", tracking=True)
    date_end = fields.Datetime(string="Until", tracking=True)

    _dates_ordered = models.Constraint(
        'CHECK (date_end > date_start)', "An authorisation must end after it begins."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains('name', 'agent_ids', 'skill_ids')
    def _check_agents(self):
        for access in self.with_context(active_test=False):
            if not access.agent_ids and not access.skill_ids:
                raise ValidationError(
                    self.env._("Choose the agents, or a skill, the authorisation is for.")
                )

    @api.constrains('company_id', 'agent_ids', 'customer_ids')
    def _check_company_id(self):
        for access in self.filtered('company_id').with_context(active_test=False):
            # sudo: service.agent, res.partner - those of companies the user does not see
            access_sudo = access.sudo()
            companies_sudo = access_sudo.agent_ids.company_id | access_sudo.customer_ids.company_id
            if companies_sudo - access_sudo.company_id:
                raise ValidationError(
                    self.env._("Agents and customers must be of the company of the authorisation.")
                )

    @api.constrains(lambda self: ['name', 'customer_ids', *self._get_condition_fields()])
    def _check_conditions(self):
        for access in self.with_context(active_test=False):
            if not any(access[name] for name in ('customer_ids', *self._get_condition_fields())):
                raise ValidationError(
                    self.env._(
                        "Without any condition the authorisation would open all customers. If that "
                        "is meant, give the users the right “All customers” instead."
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        accesses = super().create(vals_list)
        self._on_access_change()
        return accesses

    def write(self, vals):
        result = super().write(vals)
        self._on_access_change()
        return result

    def unlink(self):
        result = super().unlink()
        self._on_access_change()
        return result

    def _on_access_change(self):
        """Forget the record rules that were computed from authorisations."""
        self.env.registry.clear_cache()

    # === BUSINESS METHODS === #

    @api.model
    def _get_condition_fields(self):
        """Return what may be asked of customers; domain addons add theirs.

        :return: dict of the name of a many2many field here → (field of the contact, operator)
        """
        return {
            'region_ids': ('region_id', 'child_of'),
            'category_ids': ('category_id', 'child_of'),
        }

    def _get_condition_domain(self):
        """Return which customers meet all conditions of one authorisation."""
        self.ensure_one()
        # sudo: service.customer.access - a condition counts whoever asks, and when it is archived
        access_sudo = self.sudo().with_context(active_test=False)
        conditions = []
        for name, (partner_field, operator) in self._get_condition_fields().items():
            records_sudo = access_sudo[name]
            if not records_sudo:
                continue
            if operator == 'child_of':
                # Resolved once and remembered with the rule, not looked up for each list.
                records_sudo = records_sudo.search([('id', 'child_of', records_sudo.ids)])
            conditions.append(Domain(partner_field, 'in', records_sudo.ids))
        if not conditions:
            return Domain.FALSE
        if self.company_id:
            conditions.append(Domain('company_id', 'in', [False, self.company_id.id]))
        return Domain.AND(conditions)

    def _get_customer_domain(self):
        """Return which customers (commercial entities) any of the authorisations opens.

        Those chosen by hand are found through the relation, not by their ids: so a merge of two
        customers counts at once.
        """
        if not self:
            return Domain.FALSE
        return Domain.OR(
            [
                Domain('customer_access_ids', 'in', self.ids),
                *(access._get_condition_domain() for access in self),
            ]
        )

    def _get_partner_domain(self):
        """Return which contacts any of the authorisations opens; they follow their company."""
        if not self:
            return Domain.FALSE
        return Domain('customer_access_ids', 'in', self.ids) | Domain(
            'commercial_partner_id', 'any', self._get_customer_domain()
        )

    @api.model
    def _get_commercial_domain(self):
        """Return which contacts are customers: not people of one, colleagues or our companies."""
        return (
            (Domain('parent_id', '=', False) | Domain('is_company', '=', True))
            & Domain('partner_share', '=', True)
            & Domain('ref_company_ids', '=', False)
        )

    @api.model
    def _find(self, agents):
        """Return the authorisations of agents that are in force."""
        if not agents:
            return self.browse()
        is_theirs = Domain.OR(
            (
                Domain('agent_ids', 'in', agent.ids)
                | Domain('skill_ids', 'child_of', agent.skill_ids.ids)
            )
            & Domain('company_id', 'in', [False, agent.company_id.id])
            for agent in agents
        )
        return self.search(is_theirs & self._get_running_domain())

    @api.model
    def _get_running_domain(self):
        """Return which authorisations are in force at present."""
        now = fields.Datetime.now()
        return (Domain('date_start', '=', False) | Domain('date_start', '<=', now)) & (
            Domain('date_end', '=', False) | Domain('date_end', '>', now)
        )

    def _get_agents(self):
        """Return the agents the authorisation is for."""
        self.ensure_one()
        agents = self.agent_ids
        if self.skill_ids:
            agents |= agents.search([('skill_ids', 'parent_of', self.skill_ids.ids)])
        return agents.filtered(lambda agent: self.company_id in (agent.company_id, self.browse()))

    @api.model
    def _get_period(self):
        """Return a number that changes whenever an authorisation begins or ends.

        Record rules are remembered for a period, see ``ir.rule``.
        """
        moments = self._get_moments()
        return bisect_right(moments, fields.Datetime.now()) if moments else 0

    @api.model
    @ormcache()
    def _get_moments(self):
        """Return when authorisations begin and end."""
        # sudo: service.customer.access - those of all companies
        accesses_sudo = self.sudo().search_fetch(
            Domain('date_start', '!=', False) | Domain('date_end', '!=', False),
            ['date_start', 'date_end'],
        )
        moments = {*accesses_sudo.mapped('date_start'), *accesses_sudo.mapped('date_end')}
        return tuple(sorted(moments - {False}))
