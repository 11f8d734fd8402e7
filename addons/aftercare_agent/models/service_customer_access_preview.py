from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list, formatLang


class ServiceCustomerAccess(models.Model):
    """What managers are shown of an authorisation."""

    _inherit = 'service.customer.access'

    state = fields.Selection(
        [('planned', "Planned"), ('running', "In force"), ('over', "Over")],
        compute='_compute_state',
    )
    conditions = fields.Char(string="Customers", compute='_compute_conditions')
    customer_count = fields.Integer(compute='_compute_preview')
    preview = fields.Char(compute='_compute_preview')
    needless_agents = fields.Char(compute='_compute_needless_agents')

    # === COMPUTE METHODS === #

    @api.depends('date_start', 'date_end')
    def _compute_state(self):
        now = fields.Datetime.now()
        for access in self:
            if access.date_start and access.date_start > now:
                access.state = 'planned'
            else:
                is_over = access.date_end and access.date_end <= now
                access.state = 'over' if is_over else 'running'

    @api.depends(lambda self: ['customer_ids', *self._get_condition_fields()])
    @api.depends_context('lang')
    def _compute_conditions(self):
        for access in self:
            names = [
                format_list(self.env, access[name].mapped('display_name'), 'or')
                for name in self._get_condition_fields()
                if access[name]
            ]
            if access.customer_ids:
                names.append(self.env._("%(count)s by hand", count=len(access.customer_ids)))
            access.conditions = ' · '.join(names)

    @api.depends(lambda self: ['company_id', 'customer_ids', *self._get_condition_fields()])
    @api.depends_context('lang', 'uid')
    def _compute_preview(self):
        for access in self:
            domain = access._get_preview_domain()
            partners = self.env['res.partner'].search(domain, limit=3)
            count = len(partners) if len(partners) < 3 else partners.search_count(domain)
            access.customer_count = count
            access.preview = access._describe_customers(count, partners.mapped('display_name'))

    @api.depends('agent_ids')
    @api.depends_context('lang')
    def _compute_needless_agents(self):
        for access in self:
            # sudo: res.users - managers may know what their agents may see
            needless = access.agent_ids._origin.filtered(
                lambda agent: not agent.user_id.sudo()._is_limited_to_own_customers()
            )
            access.needless_agents = False
            if needless:
                access.needless_agents = self.env._(
                    "No effect for %(agents)s, who are not limited to own customers. Give their "
                    "users the right “Agent: own customers” if they should be.",
                    agents=format_list(self.env, needless.mapped('name')),
                )

    # === ACTION METHODS === #

    def action_view_customers(self):
        """Open the customers the authorisation opens."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Customers: %(authorisation)s", authorisation=self.name),
            'res_model': 'res.partner',
            'view_mode': 'list,kanban,form',
            'domain': list(self._get_preview_domain()),
            'context': {'create': False},
        }

    # === BUSINESS METHODS === #

    def _describe_customers(self, count, names):
        """Say in one line how many customers the authorisation opens, and name some."""
        if self._get_preview_domain().is_false():
            return self.env._("Fill in a condition to see which customers it opens.")
        if not count:
            return self.env._("No customer at present.")
        if count == 1:
            return self.env._("1 customer: %(name)s", name=names[0])
        return self.env._(
            "%(count)s customers: %(names)s",
            count=formatLang(self.env, count, digits=0),
            names=format_list(self.env, [*names, "…"] if count > len(names) else names),
        )

    def _get_preview_domain(self):
        """Return the customers, without their contacts; also before the authorisation is saved."""
        domain = self._get_condition_domain() & self._get_commercial_domain()
        return domain | Domain('id', 'in', self.customer_ids.ids) if self.customer_ids else domain
