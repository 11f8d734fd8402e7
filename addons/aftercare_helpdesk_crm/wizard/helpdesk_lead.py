from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty, plaintext2html

SALESPERSON = 'sales_team.group_sale_salesman'


class HelpdeskLead(models.TransientModel):
    """An agent tells the sales teams what the customer of a ticket wants."""

    _name = 'helpdesk.lead'
    _description = "Submit Lead"

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket', required=True, readonly=True, ondelete='cascade'
    )
    company_id = fields.Many2one(related='ticket_id.company_id')
    partner_id = fields.Many2one(related='ticket_id.partner_id')
    name = fields.Char(string="What does the customer want?", required=True)
    note = fields.Text()
    team_id = fields.Many2one(
        comodel_name='crm.team',
        string="Sales Team",
        domain="[('company_id', 'in', (company_id, False))]",
    )
    user_id = fields.Many2one(
        comodel_name='res.users',
        string="Salesperson",
        domain="[('id', 'in', available_user_ids)]",
    )
    available_user_ids = fields.Many2many(
        comodel_name='res.users', compute='_compute_available_user_ids'
    )
    contact = fields.Char(compute='_compute_contact')
    open_lead = fields.Char(compute='_compute_open_lead')

    # === COMPUTE METHODS === #

    @api.depends('ticket_id', 'team_id')
    def _compute_available_user_ids(self):
        """Salespeople of the company, and of the team if one is chosen."""
        # sudo: res.groups - who sells is no secret from colleagues
        sellers = self.env.ref(SALESPERSON).sudo().all_user_ids
        for wizard in self:
            company = wizard.ticket_id.company_id
            wizard.available_user_ids = sellers.filtered(
                lambda user, company=company: (
                    not user.share and (not company or company in user.company_ids)
                )
            )

    @api.depends('ticket_id')
    def _compute_contact(self):
        for wizard in self:
            ticket = wizard.ticket_id
            # sudo: res.partner - the customer of a ticket the agent works on
            partner = ticket.partner_id.sudo()
            wizard.contact = ' · '.join(
                filter(
                    None,
                    (
                        partner.display_name or ticket.partner_name,
                        partner.email or ticket.partner_email,
                        partner.phone,
                    ),
                )
            )

    @api.depends('ticket_id')
    def _compute_open_lead(self):
        for wizard in self:
            lead_sudo = wizard.ticket_id._get_open_lead() if wizard.ticket_id else None
            wizard.open_lead = (
                self.env._(
                    "%(name)s (%(stage)s)",
                    name=lead_sudo.name,
                    stage=lead_sudo._get_ticket_state()[0],
                )
                if lead_sudo
                else False
            )

    # === ACTION METHODS === #

    def action_submit(self):
        """Create the lead and tell both sides where the other is. The ticket stays as it is."""
        self.ensure_one()
        ticket = self.ticket_id
        ticket._check_submit_lead()
        if self.user_id and self.user_id not in self.available_user_ids:
            raise UserError(self.env._("Choose a salesperson of the company."))
        # sudo: crm.lead - agents may submit leads without any right in the CRM
        lead_sudo = (
            self.env['crm.lead']
            .sudo()
            .with_context(mail_create_nosubscribe=True)
            .create(self._prepare_lead())
        )
        lead_sudo._assign_userless_lead_in_team(self.env._("a ticket"))
        self._post_notes(lead_sudo)
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'message': self.env._("Sales has the lead. The ticket stays open."),
                'type': 'success',
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    # === BUSINESS METHODS === #

    def _prepare_lead(self):
        """Return the values of the lead."""
        self.ensure_one()
        ticket = self.ticket_id
        source = self.env.ref('aftercare_helpdesk_crm.utm_source_helpdesk', False)
        values = {
            'name': self.name,
            'ticket_id': ticket.id,
            'partner_id': ticket.partner_id.id,
            'company_id': ticket.company_id.id,
            'description': self._get_description(),
            'referred': self.env.user.name,
            'source_id': source.id if source else False,
            'team_id': self.team_id.id,
            'user_id': self.user_id.id,
        }
        if not ticket.partner_id:
            values['contact_name'] = ticket.partner_name
            values['email_from'] = ticket.partner_email
        if self.team_id:
            values['type'] = 'lead' if self.team_id.use_leads else 'opportunity'
        return values

    def _get_description(self):
        """Return what the salesperson reads first: the agent's words, then the customer's."""
        parts = [plaintext2html(self.note)] if self.note else []
        if not is_html_empty(self.ticket_id.description):
            parts.append(
                Markup('<p><strong>%s</strong></p><blockquote>%s</blockquote>')
                % (
                    self.env._("Ticket %(number)s", number=self.ticket_id.number),
                    self.ticket_id.description,
                )
            )
        return Markup().join(parts)

    def _post_notes(self, lead_sudo):
        """Leave a note with a link on both sides."""
        self.ticket_id.message_post(
            body=Markup('<p>%s %s</p>')
            % (self.env._("Submitted to sales as a lead:"), lead_sudo._get_html_link()),
            subtype_xmlid='mail.mt_note',
        )
        lead_sudo.message_post(
            body=Markup('<p>%s %s</p>')
            % (
                self.env._("Submitted by %(agent)s from the ticket", agent=self.env.user.name),
                self.ticket_id._get_html_link(),
            ),
            subtype_xmlid='mail.mt_note',
        )
