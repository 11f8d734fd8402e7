from odoo import api, fields, models
from odoo.tools import SQL

# What has not happened yet has taken no time: it must not count as zero hours in an average.
HAPPENED = {
    'assign_hours': 'first_assigned_date',
    'first_response_hours': 'first_response_date',
    'response_hours': 'last_agent_message_date',
    'close_hours': 'closed_date',
}


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    reply_state = fields.Selection(
        selection=[('us', "Needs answer"), ('customer', "Customer's turn")],
        string="Turn",
        copy=False,
        readonly=True,
        help="Whose turn it is while the ticket is open.",
    )
    waiting_since = fields.Datetime(string="Customer Waits Since", copy=False, readonly=True)
    last_customer_message_date = fields.Datetime(
        string="Last Message of the Customer", copy=False, readonly=True
    )
    last_agent_message_date = fields.Datetime(
        string="Last Message of an Agent", copy=False, readonly=True
    )
    last_message_date = fields.Datetime(
        string="Last Message", copy=False, readonly=True, index=True
    )
    first_assigned_date = fields.Datetime(string="First Assignment", copy=False, readonly=True)
    first_response_date = fields.Datetime(string="First Response", copy=False, readonly=True)
    assign_hours = fields.Float(
        string="Hours to Assign",
        compute='_compute_assign_hours',
        store=True,
        precompute=True,
        copy=False,
        aggregator='avg',
        help="Working time from the arrival to the first assignment.",
    )
    first_response_hours = fields.Float(
        string="Hours to First Response",
        compute='_compute_first_response_hours',
        store=True,
        precompute=True,
        copy=False,
        aggregator='avg',
        help="Working time from the arrival to the first answer of an agent.",
    )
    response_count = fields.Integer(string="Answers", copy=False, readonly=True)
    response_hours = fields.Float(
        string="Average Hours to Respond",
        copy=False,
        readonly=True,
        aggregator='avg',
        help="Working time a customer's message waited for an agent's answer, on average.",
    )
    close_hours = fields.Float(
        string="Hours to Close",
        compute='_compute_close_hours',
        store=True,
        precompute=True,
        copy=False,
        aggregator='avg',
        help="Working time from the arrival to the closing.",
    )

    _waiting_since_idx = models.Index(
        "(waiting_since) WHERE closed IS NOT TRUE AND waiting_since IS NOT NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends('first_assigned_date')
    def _compute_assign_hours(self):
        for ticket in self:
            ticket.assign_hours = ticket._get_working_hours(
                ticket.create_date, ticket.first_assigned_date
            )

    @api.depends('first_response_date')
    def _compute_first_response_hours(self):
        for ticket in self:
            ticket.first_response_hours = ticket._get_working_hours(
                ticket.create_date, ticket.first_response_date
            )

    @api.depends('closed_date')
    def _compute_close_hours(self):
        for ticket in self:
            ticket.close_hours = ticket._get_working_hours(ticket.create_date, ticket.closed_date)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Override of `base`: average over the tickets to which it has happened."""
        name, _colon, function = aggregate_spec.partition(':')
        if function == 'avg' and name in HAPPENED:
            return SQL(
                'AVG(%s) FILTER (WHERE %s IS NOT NULL)',
                self._field_to_sql(self._table, name, query),
                self._field_to_sql(self._table, HAPPENED[name], query),
            )
        return super()._read_group_select(aggregate_spec, query)

    # === BUSINESS METHODS === #

    def _get_working_calendar(self):
        """Return the calendar in which the ticket's times are counted, possibly none."""
        self.ensure_one()
        return self.team_id.resource_calendar_id or self.company_id.resource_calendar_id

    def _get_working_hours(self, start, end):
        """Return the working hours between two moments; all hours without a calendar.

        :param start: naive UTC datetime or False
        :param end: naive UTC datetime or False
        """
        if not start or not end or end <= start:
            return 0.0
        calendar = self._get_working_calendar()
        if not calendar:
            return (end - start).total_seconds() / 3600
        return calendar._get_work_seconds(start, end) / 3600

    @api.model
    def _get_initial_measures(self, is_closed, has_user):
        """Return the measures a new ticket starts with: it waits for us, unless it is closed."""
        # The creation date to be: no time passes until then.
        now = self.env.cr.now()
        return {
            'last_customer_message_date': now,
            'last_message_date': now,
            'first_assigned_date': now if has_user else False,
            'reply_state': False if is_closed else 'us',
            'waiting_since': False if is_closed else now,
        }

    def _stop_measures(self):
        self._set_measures({'reply_state': False, 'waiting_since': False})

    def _resume_measures(self):
        self._set_measures({'reply_state': 'us', 'waiting_since': fields.Datetime.now()})

    def _measure_assignment(self):
        self.filtered(lambda ticket: not ticket.first_assigned_date)._set_measures(
            {'first_assigned_date': fields.Datetime.now()}
        )

    def _measure_agent_message(self):
        """An agent has answered: the first response, and how long the customer has waited."""
        now = fields.Datetime.now()
        for ticket in self:
            values = {'last_agent_message_date': now, 'last_message_date': now}
            if not ticket.first_response_date:
                values['first_response_date'] = now
            if ticket.waiting_since:
                hours = ticket._get_working_hours(ticket.waiting_since, now)
                count = ticket.response_count + 1
                values['response_count'] = count
                values['response_hours'] = (
                    ticket.response_hours + (hours - ticket.response_hours) / count
                )
            if not ticket.closed:
                values.update(reply_state='customer', waiting_since=False)
            ticket._set_measures(values)

    def _measure_customer_message(self):
        """The customer has written: he waits, if he did not wait already."""
        now = fields.Datetime.now()
        for ticket in self:
            values = {'last_customer_message_date': now, 'last_message_date': now}
            if not ticket.closed:
                values.update(reply_state='us', waiting_since=ticket.waiting_since or now)
            ticket._set_measures(values)

    def _set_measures(self, values):
        """Write without tracking or rules: measures follow what happened, they cause nothing."""
        # sudo: helpdesk.ticket - a customer's answer is measured too
        return self.sudo().with_context(tracking_disable=True).write(values)
