from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column

GROUP = 'helpdesk_mgmt.group_helpdesk_user_own'


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    use_timesheets = fields.Boolean(related='team_id.allow_timesheets', string="Keeps Time")
    timesheet_ids = fields.One2many(
        comodel_name='account.analytic.line',
        inverse_name='ticket_id',
        string="Timesheets",
        groups=GROUP,
    )
    hours_spent = fields.Float(
        string="Time Spent",
        compute='_compute_hours_spent',
        store=True,
        # A new ticket has no time: there is nothing to look up.
        precompute=True,
        copy=False,
        groups=GROUP,
    )
    timer_start = fields.Datetime(
        string="Timer Since",
        compute='_compute_timer',
        groups=GROUP,
        help="When you have started the timer of this ticket.",
    )
    timer_ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket',
        string="Your Timer Runs On",
        compute='_compute_timer',
        groups=GROUP,
    )
    can_log_time = fields.Boolean(compute='_compute_can_log_time', groups=GROUP)

    # === COMPUTE METHODS === #

    @api.depends('timesheet_ids.unit_amount')
    def _compute_hours_spent(self):
        hours = (
            dict(
                self.env['account.analytic.line']._read_group(
                    [('ticket_id', 'in', self.ids)], ['ticket_id'], ['unit_amount:sum']
                )
            )
            if self.ids
            else {}
        )
        for ticket in self:
            ticket.hours_spent = hours.get(ticket._origin, 0)

    @api.depends_context('uid')
    def _compute_timer(self):
        timer = self._get_own_timer()
        for ticket in self:
            is_mine = bool(timer) and timer.ticket_id == ticket._origin
            ticket.timer_start = is_mine and timer.date_start
            ticket.timer_ticket_id = not is_mine and timer.ticket_id

    @api.depends_context('uid', 'company')
    def _compute_can_log_time(self):
        """Time belongs to employees: say so before somebody has typed in vain."""
        self.can_log_time = bool(self.env.user.employee_id)

    # === CRUD METHODS === #

    def _auto_init(self):
        """Override: when this is installed there is no time yet, so nothing to compute."""
        if not column_exists(self.env.cr, self._table, 'hours_spent'):
            create_column(self.env.cr, self._table, 'hours_spent', 'float8')
        return super()._auto_init()

    # === ACTION METHODS === #

    def action_timer_start(self):
        """Start the user's timer. If it runs on another ticket, stop it there first."""
        self.ensure_one()
        timer = self._get_own_timer()
        if timer.ticket_id == self:
            return True
        self._check_can_log_time()
        if timer:
            return self._open_timer_stop(timer, next_ticket=self)
        return self._start_timer()

    def action_timer_stop(self):
        """Ask what was done, then log the time."""
        self.ensure_one()
        timer = self._get_own_timer()
        if timer.ticket_id != self:
            raise UserError(self.env._("Your timer does not run on this ticket."))
        return self._open_timer_stop(timer)

    def action_view_timer_ticket(self):
        """Open the ticket the user's timer runs on."""
        self.ensure_one()
        ticket = self._get_own_timer().ticket_id
        if not ticket:
            return True
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'view_mode': 'form',
            'res_id': ticket.id,
        }

    def action_view_timesheets(self):
        """List the time spent on the ticket."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_helpdesk_timesheet.account_analytic_line_action_ticket_list'
        )
        return {
            **action,
            'domain': [('ticket_id', '=', self.id)],
            'context': {'default_ticket_id': self.id, 'is_timesheet': 1},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_belongings(self):
        """Override of `aftercare_helpdesk`: the time spent goes along."""
        return {**super()._get_belongings(), 'account.analytic.line': 'ticket_id'}

    @api.model
    def _get_own_timer(self):
        """Return the timer of the user, empty if none runs."""
        # sudo: helpdesk.timer - his own, also on a ticket he has lost sight of
        return self.env['helpdesk.timer'].sudo().search([('user_id', '=', self.env.uid)], limit=1)

    def _start_timer(self):
        """Let the user's timer run on the ticket."""
        self.ensure_one()
        self._check_can_log_time()
        # sudo: helpdesk.timer - the user may write to the ticket, as was checked
        self.env['helpdesk.timer'].sudo().create({'ticket_id': self.id, 'user_id': self.env.uid})
        self.invalidate_recordset(['timer_start', 'timer_ticket_id'])
        return True

    def _open_timer_stop(self, timer, next_ticket=None):
        """Return the dialog that asks what was done.

        :param timer: ``helpdesk.timer`` of the user
        :param next_ticket: ticket on which the timer goes on afterwards
        """
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Time on %(number)s", number=timer.ticket_id.number),
            'res_model': 'helpdesk.timer.stop',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_timer_id': timer.id,
                'default_next_ticket_id': next_ticket and next_ticket.id,
                'dialog_size': 'medium',
            },
        }

    def _check_can_log_time(self):
        """Refuse time the user may not log on the ticket, and say why.

        :raises UserError: if the team keeps no time or the user is no employee
        """
        self.ensure_one()
        self.check_access('write')
        # sudo: helpdesk.ticket.team - the switch holds for everybody
        if not self.team_id.sudo().allow_timesheets:
            raise UserError(self.env._("The team of the ticket keeps no timesheets."))
        if not self.env.user.employee_id:
            raise UserError(
                self.env._(
                    "Time belongs to employees, and you are none yet in this company. "
                    "Please ask your administrator."
                )
            )
