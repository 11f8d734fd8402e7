from odoo import api, fields, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    _inherit = 'res.partner'

    agent_id = fields.Many2one(
        'service.agent',
        compute='_compute_agent_id',
        store=True,
        readonly=False,
        recursive=True,
        index='btree_not_null',
        precompute=True,
        ondelete='restrict',
        tracking=True,
        help="Who serves the customer. Contacts of a company have the agent of the company.",
    )
    customer_access_ids = fields.Many2many(
        'service.customer.access',
        'service_customer_access_res_partner_rel',
        'partner_id',
        'access_id',
        string="Customer Authorisations",
        copy=False,
        groups='aftercare_base.aftercare_base_group_manager',
        help="Authorisations that name the customer.",
    )

    # Counts the customers of each agent without reading them.
    _agent_customers_idx = models.Index(
        '(agent_id) WHERE agent_id IS NOT NULL AND parent_id IS NULL AND active IS TRUE'
    )

    # === COMPUTE METHODS === #

    @api.depends('parent_id.agent_id')
    def _compute_agent_id(self):
        maker = self._get_maker_agent()
        for partner in self:
            agent = partner.parent_id.agent_id or partner.agent_id
            partner.agent_id = agent or (not partner._origin and maker)

    def _get_maker_agent(self):
        """Return whose customers new ones are: whoever sees own customers only makes own ones."""
        user = self.env.user  # also when the field is computed in sudo mode
        if not user._is_limited_to_own_customers():
            return self.env['service.agent']
        # sudo: service.agent - an agent of another company than the present one is agent too
        return user.service_agent_id or user.sudo().service_agent_ids[:1]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `base`: whoever sees own customers only cannot make customers of nobody."""
        if self._get_maker_agent():
            vals_list = [
                {name: value for name, value in vals.items() if value or name != 'agent_id'}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        self.env['service.assignment']._forget(self.browse(ids))
        return result

    # === ACTION METHODS === #

    def action_assign_agent(self):
        """Give the customers without agent the agent of their region."""
        self.check_access('read')
        self._check_may_assign_agent()
        assignments = self.env['service.agent']._assign_partner(self)
        done = assignments.filtered('agent_id')
        if len(done) == len(assignments) == 1:
            return self.env['service.assignment']._get_explanation_action(
                'res.partner', done.res_id
            )
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success' if done else 'warning',
                'message': self.env._(
                    "%(done)s customers were given an agent; %(rest)s had one already.",
                    done=len(done),
                    rest=len(self.commercial_partner_id) - len(assignments),
                ),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    def _check_may_assign_agent(self):
        """Refuse to whoever may see a customer, and not change it, to say who serves it.

        Employees need no right on contacts in general: what they get is chosen by the engine.
        """
        domain = self.env.user._get_customer_domain('write')
        # sudo: res.partner - the rule of the user, checked as record rules are
        if not self.env.su and self.sudo().filtered_domain(domain) != self.sudo():
            raise AccessError(self.env._("You may see this customer, but not change it."))

    def action_explain_agent(self):
        """Explain who was made the customer's agent, and why."""
        self.ensure_one()
        return self.env['service.assignment']._get_explanation_action(
            'res.partner', self.commercial_partner_id.id
        )

    def action_explain_access(self):
        """Explain which agents see the customer, and why."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Who sees %(customer)s?", customer=self.display_name),
            'res_model': 'service.customer.access.explain',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_partner_id': self.id},
        }
