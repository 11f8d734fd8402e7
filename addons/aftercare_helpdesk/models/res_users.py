from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = 'res.users'

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `base`: record rules remember the teams of each user."""
        result = super().write(vals)
        if 'helpdesk_team_ids' in vals:
            self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    def _get_team_visibility_domain(self):
        """Return which tickets the user may see as far as their teams decide, for a record rule.

        Evaluated once per user and remembered until a team changes, so that the database is not
        asked about teams for each list.
        """
        self.ensure_one()
        # sudo: helpdesk.ticket.team - the rule is about teams the user does not see
        teams = self.env['helpdesk.ticket.team'].sudo().with_context(active_test=False)
        if self.share:
            hidden = teams.search([('visibility', '!=', 'portal')])
            return list(Domain('team_id', 'not in', hidden.ids)) if hidden else list(Domain.TRUE)
        if self.has_group('helpdesk_mgmt.group_helpdesk_manager'):
            return list(Domain.TRUE)
        hidden = teams.search(
            [
                ('visibility', '=', 'invited'),
                ('user_ids', 'not in', self.ids),
                '|',
                ('user_id', '=', False),
                ('user_id', '!=', self.id),
            ]
        )
        if not hidden:
            return list(Domain.TRUE)
        return list(Domain('team_id', 'not in', hidden.ids) | self._get_personal_ticket_domain())

    def _get_own_customers_domain(self):
        """Return which tickets an agent may see who sees own customers only, for a record rule.

        Those of the customers an authorisation opens belong to them: whether the agent may change
        the customer says nothing of the tickets, which other rights decide.
        """
        self.ensure_one()
        if not self._is_limited_to_own_customers():
            return list(Domain.TRUE)
        accesses = self._get_customer_accesses()
        # By two paths and not by "partner_id any": each of them is answered by an index.
        return list(
            self._get_personal_ticket_domain()
            | Domain('partner_id.agent_id.user_id', '=', self.id)
            | Domain('commercial_partner_id.agent_id.user_id', '=', self.id)
            | Domain('commercial_partner_id', 'any', accesses._get_customer_domain())
            | Domain('partner_id.customer_access_ids', 'in', accesses.ids)
        )

    def _get_personal_ticket_domain(self):
        """Return the tickets the user has, has sent or was invited to."""
        self.ensure_one()
        return Domain.OR(
            [
                Domain('user_id', '=', self.id),
                Domain('partner_id', '=', self.partner_id.id),
                Domain('message_partner_ids', 'in', self.partner_id.ids),
            ]
        )

    def _get_readable_ticket_domain(self, company_ids):
        """Return which tickets the user may read, for record rules of what belongs to tickets.

        :param list company_ids: the companies the user works in at the moment
        """
        self.ensure_one()
        # Record rules are evaluated by the superuser; these are those of the user himself.
        user = self.with_user(self).with_context(allowed_company_ids=company_ids)
        return list(user.env['ir.rule']._compute_domain('helpdesk.ticket', 'read'))
