from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

GROUP = 'helpdesk_mgmt.group_helpdesk_user_own'
ROW = Markup(
    '<div class="d-flex flex-wrap align-items-center gap-2 border rounded px-3 py-2 mb-2">'
    '<span class="fw-bold text-break">%(name)s</span>'
    '<span class="badge rounded-pill text-bg-%(tone)s">%(state)s</span>'
    '<span class="ms-auto text-muted text-nowrap">%(date)s</span></div>'
)


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    can_submit_lead = fields.Boolean(related='team_id.can_submit_lead', string="Leads to Sales")
    lead_count = fields.Integer(string="Leads", compute='_compute_leads', groups=GROUP)
    lead_state = fields.Char(
        string="State of the Newest Lead", compute='_compute_leads', groups=GROUP
    )
    lead_summary = fields.Html(
        string="Lead Summary", compute='_compute_leads', sanitize=False, groups=GROUP
    )

    # === COMPUTE METHODS === #

    @api.depends_context('uid', 'lang')
    def _compute_leads(self):
        leads = self._get_leads()
        for ticket in self:
            mine_sudo = leads[ticket._origin]
            ticket.lead_count = len(mine_sudo)
            ticket.lead_state = mine_sudo[0]._get_ticket_state()[0] if mine_sudo else False
            ticket.lead_summary = Markup().join(
                self._render_lead(lead_sudo) for lead_sudo in mine_sudo
            )

    # === ACTION METHODS === #

    def action_submit_lead(self):
        """Ask what the customer wants, for the sales teams."""
        self.ensure_one()
        self._check_submit_lead()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Submit Lead"),
            'res_model': 'helpdesk.lead',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_ticket_id': self.id},
        }

    def action_view_leads(self):
        """Open the leads, or say how far they are to whom has no right to see more."""
        self.ensure_one()
        self.check_access('read')
        if not self.env.user.has_group(GROUP):
            raise AccessError(self.env._("Leads are the business of the helpdesk."))
        leads_sudo = self._get_leads()[self]
        leads = leads_sudo.sudo(False)._filtered_access('read')
        if leads:
            action = {
                'type': 'ir.actions.act_window',
                'name': self.env._("Leads of %(number)s", number=self.number),
                'res_model': 'crm.lead',
                'context': {'create': False, 'active_test': False},
            }
            if len(leads) == 1:
                return {**action, 'view_mode': 'form', 'res_id': leads.id}
            return {**action, 'view_mode': 'list,form', 'domain': [('id', 'in', leads.ids)]}
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'title': self.env._("Sales goes on with it"),
                'message': '\n'.join(
                    f'{lead_sudo.name}: {lead_sudo._get_ticket_state()[0]}'
                    for lead_sudo in leads_sudo
                ),
                'type': 'info',
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_belongings(self):
        """Override of `aftercare_helpdesk`: leads go along."""
        return {**super()._get_belongings(), 'crm.lead': 'ticket_id'}

    def _get_leads(self):
        """Return the leads of the tickets, the newest first, lost ones too.

        :return: dict of ticket → ``crm.lead`` by superuser rights
        """
        # sudo: crm.lead - who works on the ticket may know name and stage of what came of it
        Lead = self.env['crm.lead'].sudo().with_context(active_test=False)
        tickets = self._origin
        found = (
            Lead.search([('ticket_id', 'in', tickets.ids)], order='id desc') if tickets else Lead
        ).grouped('ticket_id')
        return {ticket._origin: found.get(ticket._origin, Lead) for ticket in self}

    def _get_open_lead(self):
        """Return the newest lead sales still works on, by superuser rights."""
        self.ensure_one()
        leads_sudo = self._get_leads()[self._origin]
        return leads_sudo.filtered(lambda lead: lead._is_lead_open())[:1]

    def _check_submit_lead(self):
        """Refuse a lead the ticket or its team does not allow, and say why.

        :raises UserError: if it is refused
        """
        self.ensure_one()
        self.check_access('write')
        # sudo: helpdesk.ticket.team - the switch holds for everybody
        if not self.team_id.sudo().can_submit_lead:
            raise UserError(self.env._("The team of the ticket does not submit leads."))

    @api.model
    def _render_lead(self, lead_sudo):
        """Return the line the helpdesk sees of a lead."""
        state, tone = lead_sudo._get_ticket_state()
        return ROW % {
            'name': lead_sudo.name,
            'state': state,
            'tone': tone,
            'date': format_date(self.env, lead_sudo.create_date),
        }
