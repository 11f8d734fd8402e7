import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.sla_clock import LIVE_STATES, RoundTheClock, SlaClock

_logger = logging.getLogger(__name__)

BATCH_SIZE = 500
# A record that cannot be processed is tried again this much later.
RETRY_AFTER = timedelta(hours=1)


class SlaStatus(models.Model):
    """The clock of one promise on one record."""

    _name = 'sla.status'
    _description = "SLA Status"
    _order = 'deadline, id'

    policy_id = fields.Many2one(
        'sla.policy', string="Policy", required=True, ondelete='restrict', index=True, readonly=True
    )
    company_id = fields.Many2one(
        related='policy_id.company_id', store=True, precompute=True, index=True
    )
    target = fields.Selection(related='policy_id.target')
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field='res_model', required=True, readonly=True
    )
    user_id = fields.Many2one(
        'res.users',
        string="Responsible",
        readonly=True,
        index='btree_not_null',
        help="Who was responsible when the clock ended, or is now.",
    )
    partner_id = fields.Many2one(
        'res.partner', string="Customer", readonly=True, index='btree_not_null'
    )
    calendar_id = fields.Many2one(
        'resource.calendar', string="Working Schedule", readonly=True, index='btree_not_null'
    )
    time_basis = fields.Selection(
        [('working', "Working hours"), ('elapsed', "Around the clock")], readonly=True
    )
    state = fields.Selection(
        [
            ('ongoing', "Ongoing"),
            ('paused', "Paused"),
            ('reached', "Reached"),
            ('failed', "Failed"),
            ('cancelled', "Cancelled"),
        ],
        required=True,
        default='ongoing',
        readonly=True,
    )
    cancel_reason = fields.Selection(
        [
            ('not_applicable', "The policy no longer applies"),
            ('record_cancelled', "The record was cancelled"),
            ('record_closed', "The record was closed before"),
            ('no_working_time', "There is no working time"),
        ],
        string="Reason",
        readonly=True,
    )
    start_date = fields.Datetime(string="Started", required=True, readonly=True)
    deadline = fields.Datetime(readonly=True)
    warning_date = fields.Datetime(string="Warn At", readonly=True)
    reached_date = fields.Datetime(string="Reached On", readonly=True)
    failed_date = fields.Datetime(string="Missed On", readonly=True)
    end_date = fields.Datetime(string="Ended", readonly=True)
    # The clock: what it had counted at which moment, and whether it runs since.
    clock_date = fields.Datetime(readonly=True)
    is_running = fields.Boolean(default=True, readonly=True)
    is_warned = fields.Boolean(string="Due Soon", readonly=True)
    target_seconds = fields.Integer(readonly=True)
    warning_seconds = fields.Integer(readonly=True)
    worked_seconds = fields.Integer(readonly=True)
    log_position = fields.Integer(readonly=True)
    next_check = fields.Datetime(readonly=True, index='btree_not_null')
    target_hours = fields.Float(
        string="Hours Promised",
        compute='_compute_hours',
        store=True,
        precompute=True,
        aggregator='avg',
    )
    worked_hours = fields.Float(
        string="Hours Used",
        compute='_compute_hours',
        store=True,
        precompute=True,
        aggregator='avg',
    )
    exceeded_hours = fields.Float(
        string="Hours Exceeded",
        compute='_compute_hours',
        store=True,
        precompute=True,
        aggregator='avg',
    )
    success_rate = fields.Float(
        compute='_compute_success_rate', store=True, precompute=True, aggregator='avg'
    )
    event_ids = fields.One2many('sla.status.event', 'status_id', string="Timeline", readonly=True)

    _record_idx = models.Index('(res_id, res_model)')
    _live_unique = models.UniqueIndex(
        "(policy_id, res_id) WHERE state != 'cancelled'",
        "The policy runs on this record already.",
    )

    # === COMPUTE METHODS === #
    @api.depends('policy_id.name', 'state')
    def _compute_display_name(self):
        states = dict(self._fields['state']._description_selection(self.env))
        for status in self:
            status.display_name = f'{status.policy_id.name} · {states.get(status.state, "")}'

    @api.depends('target_seconds', 'worked_seconds', 'state')
    def _compute_hours(self):
        for status in self:
            exceeded = status.worked_seconds - status.target_seconds
            status.target_hours = status.target_seconds / 3600
            status.worked_hours = status.worked_seconds / 3600
            status.exceeded_hours = max(0, exceeded) / 3600 if status.state == 'failed' else 0

    @api.depends('state')
    def _compute_success_rate(self):
        for status in self:
            status.success_rate = 1 if status.state == 'reached' else 0

    # === CRUD METHODS === #
    def _get_record(self):
        """The record the promise is about; empty when it is gone."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).exists()

    # === ACTION METHODS === #
    def action_open_record(self):
        """Open the record the promise is about."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': self.res_model,
            'res_id': self.res_id,
            'views': [(False, 'form')],
        }

    # === BUSINESS METHODS: THE CLOCK === #
    def _get_clock(self, timelines):
        """The clock of the status as a SlaClock.

        :param timelines: dict that keeps the working time of calendars, shared between statuses
        """
        self.ensure_one()
        return SlaClock(
            timeline=self._get_timeline(timelines, self.calendar_id, self.time_basis),
            target=self.target_seconds,
            warning=self.warning_seconds,
            date=self.clock_date,
            worked=self.worked_seconds,
            running=self.is_running,
            warned=self.is_warned,
            state=self.state,
            reason=self.cancel_reason or '',
            reached=self.reached_date or None,
            failed=self.failed_date or None,
            ended=self.end_date or None,
        )

    @api.model
    def _get_timeline(self, timelines, calendar, basis):
        if basis == 'elapsed':
            calendar = calendar.browse()
        if calendar.id not in timelines:
            timelines[calendar.id] = calendar._get_work_timeline() if calendar else RoundTheClock()
        return timelines[calendar.id]

    @api.model
    def _prepare_clock(self, clock):
        """The values of a status whose clock was run."""
        return {
            'state': clock.state,
            'cancel_reason': (clock.state == 'cancelled' and clock.reason) or False,
            'deadline': clock.deadline or False,
            'warning_date': (not clock.warned and clock.warning_date) or False,
            'next_check': clock.next_check or False,
            'reached_date': clock.reached or False,
            'failed_date': clock.failed or False,
            'end_date': clock.ended or False,
            'clock_date': clock.date,
            'is_running': clock.running,
            'is_warned': clock.warned,
            'worked_seconds': clock.worked,
        }

    def _write_changes(self, vals):
        """Write what differs, so that an unchanged clock costs nothing."""
        self.ensure_one()
        changes = {
            name: value
            for name, value in vals.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changes:
            self.write(changes)

    def _record_events(self, clocks):
        """Add to the timelines what happened to the clocks."""
        self.env['sla.status.event'].sudo().create(
            [
                {
                    'status_id': status.id,
                    'date': event.date,
                    'kind': event.kind,
                    'worked_seconds': event.worked,
                    'note': event.note,
                }
                for status, clock in zip(self, clocks, strict=True)
                for event in clock.events
            ]
        )

    @api.model
    def _request_check(self, domain):
        """Have the clocks of some statuses looked at as soon as the scheduled action runs.

        One statement whatever their number: a schedule may carry a hundred thousand open promises.
        """
        now = fields.Datetime.now()
        # Those that are due anyway, or were asked for already, need no second request.
        query = self._search(Domain(domain) & Domain('next_check', '>', now))
        self.flush_model(['next_check'])
        self.env.cr.execute(
            SQL(
                "UPDATE sla_status SET next_check = %s WHERE id IN %s",
                now - timedelta(seconds=1),
                query.subselect(),
            )
        )
        requested = self.env.cr.rowcount
        self.invalidate_model(['next_check'])
        if requested:
            self.env.ref('aftercare_sla.ir_cron_run')._trigger()

    # === BUSINESS METHODS: DUE === #
    @api.model
    def _cron_run(self, batch_size=BATCH_SIZE):
        """Warn of near deadlines and fail missed ones, each exactly once.

        The statuses are found by one indexed query per batch, whatever the number of open records.
        """
        now = fields.Datetime.now()
        tried = set()
        while True:
            due = self.search(
                Domain('next_check', '<', now) & Domain('id', 'not in', list(tried)),
                order='next_check, id',
                limit=batch_size,
            )
            locked = due.try_lock_for_update()
            if due:
                tried.update((due - locked).ids)
                tried.update(locked._run_due_safely(now).ids)
            remaining = len(due) == batch_size
            if not self.env['ir.cron']._commit_progress(len(locked), remaining=int(remaining)):
                break
            if not remaining:
                break

    def _run_due_safely(self, now):
        """Run the clocks; one bad record does not hold up the others.

        :return: the statuses that could not be processed
        """
        try:
            with self.env.cr.savepoint():
                self._run_due(now)
            return self.browse()
        except Exception:
            if len(self) == 1:
                _logger.exception("SLA status %s could not be processed", self.id)
                self._postpone()
                return self
        # Outside of the handler, so that the transaction is clean again.
        self.env.invalidate_all()
        failed = self.browse()
        for status in self:
            failed += status._run_due_safely(now)
        return failed

    def _postpone(self):
        try:
            with self.env.cr.savepoint():
                self.next_check = fields.Datetime.now() + RETRY_AFTER
                self.flush_recordset(['next_check'])
        except Exception:
            _logger.warning("SLA status %s could not be postponed", self.id, exc_info=True)

    def _run_due(self, now):
        timelines = {}
        clocks = []
        for status in self:
            clock = status._get_clock(timelines)
            before = (clock.state, clock.warned)
            if status.policy_id.active:
                clock.advance([], now)
            else:
                clock.cancel(now, 'not_applicable')
            if (clock.state, clock.warned) == before and status.deadline != clock.deadline:
                note = f'{status.deadline} → {clock.deadline} UTC'
                clock.note('adjusted', now, note)
            clocks.append(clock)
        self._settle(clocks)

    def _settle(self, clocks, fire=True):
        """Store the clocks and fire what they ask for, once."""
        events = [{event.kind for event in clock.events} for clock in clocks]
        for status, clock in zip(self, clocks, strict=True):
            status._write_changes(self._prepare_clock(clock))
        self._record_events(clocks)
        if not fire:
            return
        for hook, kind in (('_sla_on_warning', 'warned'), ('_sla_on_failed', 'failed')):
            fired = self.browse(
                status.id
                for status, kinds in zip(self, events, strict=True)
                # A promise that was missed before anybody could be warned is only missed.
                if kind in kinds and not (kind == 'warned' and 'failed' in kinds)
            )
            fired._fire(hook)

    def _fire(self, hook):
        """Call a hook of the records concerned; what goes wrong is noted in the timeline."""
        for res_model, statuses in self.grouped('res_model').items():
            records = self.env[res_model].browse(statuses.mapped('res_id')).exists()
            statuses = statuses.filtered(lambda status, ids=set(records.ids): status.res_id in ids)
            try:
                with self.env.cr.savepoint():
                    getattr(records, hook)(statuses)
                    self.env.flush_all()
                continue
            except Exception as error:
                if len(statuses) <= 1:
                    _logger.exception("%s of SLA status %s failed", hook, statuses.ids)
                    statuses._note_error(error)
                    continue
            self.env.invalidate_all()
            for status in statuses:
                status._fire(hook)

    def _note_error(self, error):
        self.env['sla.status.event'].create(
            [
                {
                    'status_id': status.id,
                    'date': fields.Datetime.now(),
                    'kind': 'error',
                    'worked_seconds': status.worked_seconds,
                    'note': str(error)[:200],
                }
                for status in self
            ]
        )

    # === BUSINESS METHODS: WORDS === #
    def _is_live(self):
        """Whether something can still happen: a failed promise waits for its late fulfilment."""
        self.ensure_one()
        return self.state in LIVE_STATES or (self.state == 'failed' and not self.reached_date)

    def _has_been_unfit(self, policy):
        """Whether one of the statuses says already that a policy has no working time."""
        return any(
            status.policy_id == policy and status.cancel_reason == 'no_working_time'
            for status in self
        )

    def _get_light(self):
        """What the status means to who works on the record: its state, or that it is due soon."""
        self.ensure_one()
        return 'warning' if self.state == 'ongoing' and self.is_warned else self.state

    def _get_most_urgent(self):
        """The status that says most about a record: a missed one that is still open before one that is
        due, before a paused one; when all is over, a missed one before a reached one."""
        ranks = ('failed', 'warning', 'ongoing', 'paused', 'reached')
        distant = fields.Datetime.to_datetime('9999-12-31')
        statuses = self.filtered(lambda status: status.state != 'cancelled')
        return statuses.sorted(
            lambda status: (
                bool(status.end_date),
                ranks.index(status._get_light()),
                status.deadline or distant,
                status.id,
            )
        )[:1]

    def _get_overall_state(self):
        """The colour of a record with these statuses."""
        urgent = self._get_most_urgent()
        return urgent and urgent._get_light()

    def _get_remaining(self, now, timeline):
        """Seconds of the clock's own time left until the deadline, negative when it has passed."""
        if not self.is_running or self.end_date:
            return self.target_seconds - self.worked_seconds
        if self.deadline and self.deadline > now:
            return timeline.measure(now, self.deadline)
        return self.target_seconds - self.worked_seconds - timeline.measure(self.clock_date, now)

    def _describe_clock(self, now, timelines):
        """The clock as the countdown on the screen needs it; False without a status."""
        if not self:
            return False
        timeline = self._get_timeline(timelines, self.calendar_id, self.time_basis)
        return {
            'state': self._get_light(),
            'ended': bool(self.end_date),
            'policy': self.policy_id.sudo().name,
            'deadline': fields.Datetime.to_string(self.deadline),
            'remaining': self._get_remaining(now, timeline),
            'ticking': self.is_running and not self.end_date and timeline.is_open(now),
        }

    def _describe_timeline(self, now, timelines):
        """The clock with the rows that explain it."""
        kinds = dict(self.event_ids._fields['kind']._description_selection(self.env))
        reasons = dict(self._fields['cancel_reason']._description_selection(self.env))
        policy = self.policy_id
        return {
            **self._describe_clock(now, timelines),
            'id': self.id,
            'promise': policy._get_promise_text(),
            'criteria': policy.criteria_text,
            'calendar': self.time_basis == 'working' and self.calendar_id.name,
            'reason': reasons.get(self.cancel_reason, ''),
            'target': self.target_seconds,
            'rows': [
                {
                    'id': event.id,
                    'date': fields.Datetime.to_string(event.date),
                    'kind': event.kind,
                    'label': kinds[event.kind],
                    'worked': event.worked_text,
                    'note': event.note or '',
                    'user': event.user_id.name if event.user_id._is_internal() else '',
                }
                for event in self.event_ids
            ],
        }

    def _get_deadline_text(self):
        """The promise and its deadline for a note."""
        self.ensure_one()
        deadline = fields.Datetime.context_timestamp(
            self.with_context(tz=self.calendar_id.tz or self.env.user.tz), self.deadline
        )
        return Markup("<strong>%s</strong>, %s") % (
            self.policy_id.name,
            f'{deadline:%Y-%m-%d %H:%M %Z}',
        )
