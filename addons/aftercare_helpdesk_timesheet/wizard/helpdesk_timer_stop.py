from math import ceil

from odoo import api, fields, models
from odoo.exceptions import UserError

# A timer that has run for longer was probably forgotten.
LONG_HOURS = 8


class HelpdeskTimerStop(models.TransientModel):
    """What was done while the timer ran."""

    _name = 'helpdesk.timer.stop'
    _description = "Stop the Timer"

    timer_id = fields.Many2one(
        comodel_name='helpdesk.timer', required=True, readonly=True, ondelete='cascade'
    )
    ticket_id = fields.Many2one(related='timer_id.ticket_id')
    date_start = fields.Datetime(related='timer_id.date_start')
    next_ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket',
        string="Then Start On",
        readonly=True,
        help="The ticket on which the timer goes on afterwards.",
    )
    name = fields.Char(string="Description")
    hours = fields.Float(
        string="Time Spent",
        compute='_compute_hours',
        store=True,
        readonly=False,
        precompute=True,
    )
    date = fields.Date(
        compute='_compute_date', store=True, readonly=False, precompute=True, required=True
    )
    is_long = fields.Boolean(compute='_compute_is_long')

    # === COMPUTE METHODS === #

    @api.depends('timer_id')
    def _compute_hours(self):
        """Whole minutes, and at least one."""
        now = fields.Datetime.now()
        for wizard in self:
            seconds = (now - wizard.timer_id.date_start).total_seconds() if wizard.timer_id else 0
            wizard.hours = max(1, ceil(seconds / 60)) / 60

    @api.depends('timer_id')
    def _compute_date(self):
        for wizard in self:
            start = wizard.timer_id.date_start or fields.Datetime.now()
            wizard.date = fields.Datetime.context_timestamp(wizard, start).date()

    @api.depends('hours')
    def _compute_is_long(self):
        for wizard in self:
            wizard.is_long = wizard.hours > LONG_HOURS

    # === ACTION METHODS === #

    def action_log(self):
        """Log the time and stop the timer."""
        self.ensure_one()
        timer_sudo = self._get_timer()
        if self.hours <= 0:
            raise UserError(self.env._("Enter the time you have spent."))
        self.env['account.analytic.line'].create(self._prepare_line(timer_sudo))
        return self._finish(timer_sudo)

    def action_discard(self):
        """Stop the timer without logging anything."""
        self.ensure_one()
        return self._finish(self._get_timer())

    # === BUSINESS METHODS === #

    def _get_timer(self):
        """Return the timer of the user, by superuser rights."""
        timer_sudo = self.env['helpdesk.ticket']._get_own_timer()
        if self.timer_id.id != timer_sudo.id:
            raise UserError(self.env._("This timer does not run any more."))
        return timer_sudo

    def _prepare_line(self, timer_sudo):
        """Return the values of the time to log."""
        ticket_sudo = timer_sudo.ticket_id
        # sudo: res.company - the unit in which its time is kept
        company_sudo = (ticket_sudo.company_id or self.env.company).sudo()
        hour = self.env.ref('uom.product_uom_hour')
        return {
            'ticket_id': ticket_sudo.id,
            'name': self.name,
            'date': self.date,
            'unit_amount': hour._compute_quantity(
                self.hours, company_sudo.project_time_mode_id, round=False, raise_if_failure=False
            ),
        }

    def _finish(self, timer_sudo):
        """Stop the timer, and go on with the next ticket, if there is one."""
        next_ticket = self.next_ticket_id
        timer_sudo.unlink()
        if next_ticket:
            next_ticket._start_timer()
        return {'type': 'ir.actions.act_window_close'}
