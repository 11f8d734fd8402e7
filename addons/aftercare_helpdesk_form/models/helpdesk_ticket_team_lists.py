from odoo import api, models
from odoo.fields import Domain

ACTION = 'aftercare_helpdesk_form.helpdesk_ticket_action_team'


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_views(self):
        # sudo: ir.embedded.actions - the views of a team go with it, whoever has made them
        views = self.env['ir.embedded.actions'].sudo()
        views.search(
            [('parent_res_model', '=', self._name), ('parent_res_id', 'in', self.ids)]
        ).unlink()

    # === ACTION METHODS === #

    def action_view_open_tickets(self):
        """Override of `aftercare_helpdesk`: the tickets come with the bar of the team's lists."""
        self.ensure_one()
        return self._bind_action(ACTION)

    def action_view_overdue_tickets(self):
        """List what is late: by the service levels, else customers waiting for more than a day."""
        self.ensure_one()
        action = self._bind_action('aftercare_helpdesk_form.helpdesk_ticket_action_team_overdue')
        return {**action, 'domain': action['domain'] + list(self._get_overdue_domain())}

    def action_view_desk(self):
        """Open the desk of this team."""
        self.ensure_one()
        action = self.env['ir.actions.client']._for_xml_id(
            'aftercare_helpdesk.helpdesk_desk_action'
        )
        title = self.env._("Desk of %(team)s", team=self.name)
        return {
            **action,
            'name': title,
            'display_name': title,
            'params': {'team_id': self.id},
            'context': {},
        }

    # === BUSINESS METHODS === #

    def _bind_action(self, xml_id):
        """Return an action with this team as the one its domain and its context speak of."""
        context = {'active_id': self.id, 'active_ids': self.ids, 'active_model': self._name}
        action = self.env['ir.actions.act_window'].with_context(**context)._for_xml_id(xml_id)
        return {
            **action,
            'domain': [('team_id', '=', self.id)],
            'context': {**context, 'default_team_id': self.id, 'search_default_open': 1},
        }

    @api.model
    def _get_overdue_domain(self):
        """Return which open tickets are late. Service levels know better than one day."""
        if 'sla_deadline' in self.env['helpdesk.ticket']._fields:
            return Domain('sla_deadline', '<', 'now')
        return Domain('waiting_since', '<', '-1d')

    def _can_share_views(self):
        """Tell whether the user may make or change lists for everybody in the team."""
        self.ensure_one()
        user = self.env.user
        return (
            self.env.su
            or self.user_id == user
            or user.has_group('helpdesk_mgmt.group_helpdesk_manager')
        )
