from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list
from odoo.tools.misc import format_datetime

GROUP_OWN = 'aftercare_agent.aftercare_agent_group_own'
GROUP_ALL = 'aftercare_agent.aftercare_agent_group_all'


class ServiceCustomerAccessExplain(models.TransientModel):
    """Says which agents see a customer, and why."""

    _name = 'service.customer.access.explain'
    _description = "Who sees a customer"

    partner_id = fields.Many2one('res.partner', required=True, readonly=True, ondelete='cascade')
    explanation = fields.Html(compute='_compute_explanation', sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends('partner_id')
    @api.depends_context('lang', 'tz')
    def _compute_explanation(self):
        for explain in self:
            explain.explanation = self.env['ir.qweb']._render(
                'aftercare_agent.service_customer_access_explanation',
                explain._prepare_explanation_values(),
            )

    # === BUSINESS METHODS === #

    def _prepare_explanation_values(self):
        """Return what the template shows: limited agents with their reasons, and all the others."""
        self.ensure_one()
        partner = self.partner_id._origin
        partner.check_access('read')
        # sudo: service.agent, res.users, res.partner - managers may know what everybody sees
        partner_sudo = partner.sudo()
        if not partner_sudo.partner_share or partner_sudo.ref_company_ids:
            note = self.env._("A colleague or one of your own companies: everybody inside sees it.")
            return {'rows': [], 'changers': set(), 'notes': [('fa-eye', note)]}
        limited_sudo = self._search_users(GROUP_OWN) - self._search_users(GROUP_ALL)
        reasons = self._get_reasons(partner_sudo)
        rows = [(user, reasons[user]) for user in limited_sudo if user in reasons]
        return {
            'rows': rows,
            'changers': {user.id for user, texts in rows if any(may for _text, may in texts)},
            'notes': self._get_notes(len(limited_sudo) - len(rows)),
            'is_hidden': not rows,
        }

    @api.model
    def _search_users(self, group=None):
        """Return the internal users, or those of a group."""
        domain = Domain('share', '=', False)
        if group:
            domain &= Domain('all_group_ids', 'in', self.env.ref(group).ids)
        # sudo: res.users - managers may know who sees which customers
        return self.env['res.users'].sudo().search(domain, order='name')

    @api.model
    def _get_notes(self, hidden_count):
        """Return sentences on who else sees the customer or does not, each with its icon."""
        notes = []
        if hidden_count:
            text = self.env._("Hidden from %(count)s other limited agents.", count=hidden_count)
            notes.append(('fa-eye-slash', text))
        names = self._search_users(GROUP_ALL).mapped('name')
        if len(names) > 8:
            names = [*names[:8], self.env._("%(count)s more", count=len(names) - 8)]
        if names:
            text = self.env._("See all customers: %(users)s.", users=format_list(self.env, names))
            notes.append(('fa-eye', text))
        if others := len(self._search_users() - self._search_users(GROUP_OWN)):
            text = self.env._(
                "%(count)s other employees are not limited to own customers: they see what their "
                "other rights allow.",
                count=others,
            )
            notes.append(('fa-users', text))
        return notes

    @api.model
    def _get_reasons(self, partner_sudo):
        """Return why users see a customer; addons that open more customers add theirs.

        :return: dict of user → list of (text, whether the user may change the customer)
        """
        reasons = {}
        agent_sudo = partner_sudo.agent_id
        if agent_sudo:
            reasons[agent_sudo.user_id] = [(self.env._("The customer's own agent"), True)]
        elif region := partner_sudo.region_id:
            text = self.env._(
                "Serves the region %(region)s; the customer has no agent yet",
                region=region.display_name,
            )
            regional_sudo = agent_sudo.with_context(active_test=False).search(
                [('region_ids', 'parent_of', region.ids)]
            )
            for user in regional_sudo.user_id:
                reasons.setdefault(user, []).append((text, True))
        for access in self._get_accesses(partner_sudo):
            for user in access._get_agents().user_id:
                reasons.setdefault(user, []).append(
                    (self._describe(access), access.mode == 'write')
                )
        return reasons

    @api.model
    def _get_accesses(self, partner_sudo):
        """Return the authorisations in force that open a customer."""
        Access_sudo = partner_sudo.env['service.customer.access']
        partner_sudo = partner_sudo.with_context(active_test=False)
        return Access_sudo.search(Access_sudo._get_running_domain()).filtered(
            lambda access: partner_sudo.filtered_domain(access._get_partner_domain())
        )

    @api.model
    def _describe(self, access):
        if access.date_end:
            return self.env._(
                "Authorisation “%(name)s” until %(date)s",
                name=access.name,
                date=format_datetime(self.env, access.date_end, dt_format='short'),
            )
        return self.env._("Authorisation “%(name)s”", name=access.name)
