from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL

STAFF = 'base.group_user'


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    complaint_ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket',
        string="About the Ticket",
        index='btree_not_null',
        ondelete='set null',
        domain="[('id', '!=', id), ('ticket_kind', '!=', 'complaint'),"
        " ('commercial_partner_id', '=', commercial_partner_id)]",
        help="The ticket of the same customer whose handling is complained about.",
    )
    complaint_agent_ids = fields.Many2many(
        comodel_name='res.users',
        relation='helpdesk_ticket_complaint_agent_rel',
        string="Agents Concerned",
        domain="[('share', '=', False)]",
        tracking=True,
        groups=STAFF,
        help="Whose work is complained about. They do not see the complaint and cannot handle it.",
    )
    complaint_cause_id = fields.Many2one(
        comodel_name='helpdesk.complaint.cause',
        string="Cause",
        index='btree_not_null',
        ondelete='restrict',
        tracking=True,
        groups=STAFF,
    )
    complaint_finding = fields.Selection(
        selection=[
            ('justified', "Justified"),
            ('partly', "Partly justified"),
            ('unjustified', "Not justified"),
        ],
        string="Finding",
        copy=False,
        tracking=True,
        groups=STAFF,
        help="Whether the customer was right to complain.",
    )
    complaint_justified = fields.Float(
        string="Justified Share",
        compute='_compute_complaint_justified',
        store=True,
        precompute=True,
        copy=False,
        aggregator='avg',
        groups=STAFF,
        help="Share of the complaints with a finding that were justified, wholly or partly.",
    )
    complaint_found = fields.Html(string="What Was Found", copy=False, groups=STAFF)
    complaint_measure = fields.Text(
        string="Measure",
        copy=False,
        groups=STAFF,
        help="What is done so that it does not happen again. The customer does not see it.",
    )
    complaint_compensation = fields.Text(
        string="Compensation Offered",
        copy=False,
        groups=STAFF,
        help="Told to the customer with the answer.",
    )
    complaint_answer = fields.Text(
        string="Answer to the Customer",
        copy=False,
        groups=STAFF,
        help="Mailed to the customer and shown on the complaint's page once it is closed.",
    )
    complaint_date_promised = fields.Date(
        string="Answer Promised For",
        compute='_compute_complaint_date_promised',
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        tracking=True,
        help="From the receipt on, the working days of the type of complaint.",
    )
    is_complaint_overdue = fields.Boolean(
        string="Overdue",
        compute='_compute_is_complaint_overdue',
        search='_search_is_complaint_overdue',
    )
    complaint_is_withdrawn = fields.Boolean(
        string="Withdrawn by the Customer", copy=False, readonly=True
    )
    complaint_count = fields.Integer(string="Complaints", compute='_compute_complaint_count')

    # === COMPUTE METHODS === #

    @api.depends('complaint_finding')
    def _compute_complaint_justified(self):
        for ticket in self:
            ticket.complaint_justified = ticket.complaint_finding in ('justified', 'partly')

    @api.depends('ticket_kind')
    def _compute_complaint_date_promised(self):
        for ticket in self:
            date = ticket.complaint_date_promised
            if not date and ticket.ticket_kind == 'complaint':
                date = ticket._get_promised_date()
            ticket.complaint_date_promised = date

    @api.depends('ticket_kind', 'complaint_date_promised', 'closed')
    def _compute_is_complaint_overdue(self):
        today = fields.Date.context_today(self)
        for ticket in self:
            date = ticket.complaint_date_promised
            ticket.is_complaint_overdue = bool(
                ticket.ticket_kind == 'complaint' and not ticket.closed and date and date < today
            )

    def _search_is_complaint_overdue(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return (
            Domain('ticket_kind', '=', 'complaint')
            & Domain('closed', '=', False)
            & Domain('complaint_date_promised', '<', fields.Date.context_today(self))
        )

    @api.depends_context('uid')
    def _compute_complaint_count(self):
        """Count those about a ticket which the reader may see: not the agent concerned."""
        counts = dict(
            self._read_group(
                [('complaint_ticket_id', 'in', self.ids), ('ticket_kind', '=', 'complaint')],
                ['complaint_ticket_id'],
                ['__count'],
            )
            if self.ids
            else ()
        )
        for ticket in self:
            ticket.complaint_count = counts.get(ticket._origin, 0)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Override of `aftercare_helpdesk`: the share of those about which something was found."""
        if aggregate_spec == 'complaint_justified:avg':
            return SQL(
                'AVG(%s) FILTER (WHERE %s IS NOT NULL)',
                self._field_to_sql(self._table, 'complaint_justified', query),
                self._field_to_sql(self._table, 'complaint_finding', query),
            )
        return super()._read_group_select(aggregate_spec, query)

    # === CONSTRAINT METHODS === #

    @api.constrains('complaint_ticket_id', 'partner_id')
    def _check_complaint_ticket_id(self):
        for ticket in self.sudo():
            about = ticket.complaint_ticket_id
            if about and about.commercial_partner_id != ticket.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(number)s belongs to another customer: choose a ticket of the customer"
                        " who complains.",
                        number=about.number,
                    )
                )

    # === ONCHANGE METHODS === #

    @api.onchange('complaint_ticket_id')
    def _onchange_complaint_ticket_id(self):
        """Propose the ticket's agent as the one concerned."""
        about = self.complaint_ticket_id
        if about and not self.complaint_agent_ids:
            self.complaint_agent_ids = about.user_id
        if about and not self.partner_id:
            self.partner_id = about.partner_id

    @api.onchange('complaint_agent_ids', 'type_id')
    def _onchange_complaint_agent_ids(self):
        """Take the complaint from the agent concerned; the rule finds somebody else."""
        if (
            self.ticket_kind == 'complaint'
            and self.user_id._origin in self.complaint_agent_ids._origin
        ):
            self.user_id = False

    # === ACTION METHODS === #

    def action_view_complaints(self):
        """List the complaints about the ticket."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_helpdesk_complaint.helpdesk_complaint_action'
        )
        return {
            **action,
            'domain': [('complaint_ticket_id', '=', self.id), ('ticket_kind', '=', 'complaint')],
            'context': {},
        }

    def action_register_complaint(self):
        """Open a new complaint about the ticket, for a customer who is on the telephone."""
        self.ensure_one()
        team = self.team_id._get_complaint_team() if self.team_id else self.team_id
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Complaint about %(number)s", number=self.number),
            'res_model': self._name,
            'view_mode': 'form',
            'context': {
                'default_name': self.env._("Complaint about %(number)s", number=self.number),
                'default_type_id': self.env['helpdesk.ticket.type']
                ._find_of_kind('complaint', team)
                .id,
                'default_team_id': team.id,
                'default_user_id': False,
                'default_partner_id': self.partner_id.id,
                'default_complaint_ticket_id': self.id,
                'default_complaint_agent_ids': self.user_id.ids,
            },
        }

    # === BUSINESS METHODS === #

    def _get_promised_date(self):
        """Return the day until which the customer is promised an answer."""
        self.ensure_one()
        # sudo: helpdesk.ticket.type, resource.calendar - the promise does not depend on who asks
        ticket_sudo = self.sudo()
        calendar = ticket_sudo._get_working_calendar()
        days = ticket_sudo.type_id.complaint_days
        zone = pytz.timezone(calendar.tz or self.env.user.tz or 'UTC')
        received = self.create_date or fields.Datetime.now()
        day = pytz.utc.localize(received).astimezone(zone).date()
        if not days:
            return day
        # The day on which it comes in does not count.
        start = zone.localize(datetime.combine(day + timedelta(days=1), time()))
        leaves = Domain('time_type', '=', 'leave') & Domain(
            'company_id', 'in', [False, ticket_sudo.company_id.id]
        )
        end = calendar and calendar.plan_days(days, start, compute_leaves=True, domain=leaves)
        return end.date() if end else day + timedelta(days=days)

    @api.model
    def _prepare_complaint_vals(self, vals, ticket_type):
        """Add to the values of a new complaint who is concerned and who handles it.

        :param dict vals: changed in place
        :param ticket_type: the ``helpdesk.ticket.type``, sudoed
        :raises UserError: if the user complains about himself
        """
        if vals.get('complaint_ticket_id') and 'complaint_agent_ids' not in vals:
            # sudo: helpdesk.ticket - who had the ticket, whoever complains about it
            about_sudo = self.sudo().browse(vals['complaint_ticket_id'])
            vals['complaint_agent_ids'] = [Command.set(about_sudo.user_id.ids)]
        concerned = self._get_concerned_from_values(vals)
        if self.env.user in concerned and not self.env.su:
            raise UserError(
                self.env._(
                    "The complaint is about your own work, so you could not see it any more."
                    " Please ask a colleague to register it."
                )
            )
        officer = ticket_type.complaint_officer_id.filtered(
            lambda user: user.active and vals['company_id'] in user.company_ids.ids
        )
        if officer and officer not in concerned and not vals['user_id']:
            now = self.env.cr.now()
            vals.update(user_id=officer.id, assigned_date=now, first_assigned_date=now)

    def _prepare_follow_up(self):
        """Override of `aftercare_helpdesk`: who comes back still complains about the same."""
        values = super()._prepare_follow_up()
        if self.ticket_kind == 'complaint':
            ticket_sudo = self.sudo()
            values.update(
                complaint_ticket_id=ticket_sudo.complaint_ticket_id.id,
                complaint_agent_ids=[Command.set(ticket_sudo.complaint_agent_ids.ids)],
                complaint_cause_id=ticket_sudo.complaint_cause_id.id,
            )
        return values
