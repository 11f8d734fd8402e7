from datetime import timedelta

from pytz import timezone

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import ormcache
from odoo.tools.date_utils import localized
from odoo.tools.intervals import Intervals

from ..tools.work_timeline import WorkTimeline


class ResourceCalendar(models.Model):
    """Working calendars know make-up workdays and the travel around visits."""

    _name = 'resource.calendar'
    _inherit = ['resource.calendar', 'mail.thread', 'mail.activity.mixin']

    name = fields.Char(tracking=True)
    tz = fields.Selection(tracking=True)
    exception_ids = fields.One2many(
        'resource.calendar.exception', 'calendar_id', string="Make-up Workdays", copy=True
    )
    travel_before_minutes = fields.Integer(
        string="Travel Before a Visit",
        help="Minutes kept free before an on-site visit, to get there.",
    )
    travel_after_minutes = fields.Integer(
        string="Travel After a Visit",
        help="Minutes kept free after an on-site visit, to get back.",
    )

    _travel_positive = models.Constraint(
        'CHECK (travel_before_minutes >= 0 AND travel_after_minutes >= 0)',
        "Travel time cannot be negative.",
    )

    # === CRUD METHODS === #
    def write(self, vals):
        moved = self.filtered(lambda c: c.tz != vals['tz']) if 'tz' in vals else self.browse()
        result = super().write(vals)
        if moved:
            moved.leave_ids.filtered('holiday_source')._move_to_timezone(vals['tz'])
            moved._on_working_time_changed()
        # Whatever else decides about the hours: the cached ones below are forgotten.
        self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS: WORKING TIME === #
    def _get_work_seconds(self, start, end):
        """Working time between two moments.

        :param start: naive UTC datetime
        :param end: naive UTC datetime
        :return: whole seconds; 0 when the end is not after the start
        """
        return self._get_work_timeline().measure(start, end)

    def _plan_seconds(self, seconds, start):
        """The moment at which so many working seconds have passed.

        :param start: naive UTC datetime
        :return: naive UTC datetime, or False when the calendar has no (or too little) working time
        """
        return self._get_work_timeline().plan(start, seconds)

    def _is_open_at(self, at):
        """Whether a moment (naive UTC datetime) lies in working time."""
        return self._get_work_timeline().is_open(at)

    def _get_next_opening(self, at):
        """The moment itself when in working time, else when work starts next; False for never."""
        return self._get_work_timeline().next_opening(at)

    def _get_work_timeline(self):
        """The working time of the calendar for many questions with few queries.

        It answers as of now: ask for a new one after the calendar has changed.
        """
        self.ensure_one()
        if not self._origin:
            return WorkTimeline(self._load_work_intervals, self.tz)
        return WorkTimeline(self._origin._get_work_intervals, self._origin._get_timezone())

    @ormcache('self.id')
    def _get_timezone(self):
        # sudo: resource.calendar - opening hours are no secret
        return self.sudo().tz

    @ormcache('self.id', 'start', 'end')
    def _get_work_intervals(self, start, end):
        """The working time between two aware datetimes, remembered until working time changes."""
        return self._load_work_intervals(start, end)

    def _load_work_intervals(self, start, end):
        # Portal visitors and mail gateways need deadlines too, and core looks at the leaves of every
        # company when it computes a calendar.
        # sudo: resource.calendar - opening hours are no secret
        calendar_sudo = self.sudo()
        domain = Domain('time_type', '=', 'leave') & Domain('resource_id', '=', False)
        if calendar_sudo.company_id:
            domain &= Domain('company_id', 'in', (calendar_sudo.company_id.id, False))
        intervals = calendar_sudo._work_intervals_batch(start, end, domain=domain)[False]
        return tuple((low, high) for low, high, _attendance in intervals)

    @ormcache('self.id')
    def _has_working_time(self):
        """Whether the calendar has any working hours at all."""
        self.ensure_one()
        return self.flexible_hours or bool(self._get_global_attendances())

    def _on_working_time_changed(self):
        """Hook: hours, holidays, make-up workdays or time zone of these calendars changed."""
        # Core keeps the weekdays of a calendar in this cache and does not drop them itself.
        self.env.registry.clear_cache()

    # === BUSINESS METHODS: TRAVEL === #
    def _reserve_travel(self, start, stop):
        """The span to keep free for a visit, with the way there and back.

        :param start: start of the visit, aware or naive datetime
        :param stop: end of the visit
        :return: (start, stop) in the same form as given
        """
        self.ensure_one()
        return (
            start - timedelta(minutes=self.travel_before_minutes),
            stop + timedelta(minutes=self.travel_after_minutes),
        )

    def _can_visit(self, start, stop):
        """Whether a visit (naive UTC datetimes) with its travel fits into working time."""
        start, stop = self._reserve_travel(start, stop)
        seconds = round((stop - start).total_seconds())
        return self._get_work_seconds(start, stop) == seconds

    # === BUSINESS METHODS: MAKE-UP WORKDAYS === #
    def _get_exceptions(self, start_dt, end_dt):
        """The make-up workdays of the calendar that touch a span, in any time zone."""
        if len(self) != 1 or not self._origin:
            return self.env['resource.calendar.exception']
        low = (start_dt - timedelta(days=1)).date()
        high = (end_dt + timedelta(days=1)).date()
        ids = [
            exception_id
            for day, exception_id in self._origin._get_exception_ids().items()
            if low <= day <= high
        ]
        # sudo: resource.calendar.exception - opening hours are no secret
        return self.env['resource.calendar.exception'].sudo().browse(ids)

    @ormcache('self.id')
    def _get_exception_ids(self):
        """The make-up workday of each date; the calendar's own beats the company's, that the general."""
        self.ensure_one()
        # sudo: resource.calendar.exception - opening hours are no secret
        exceptions = (
            self.env['resource.calendar.exception']
            .sudo()
            .search(
                Domain('calendar_id', '=', self.id)
                | Domain('calendar_id', '=', False)
                & Domain('company_id', 'in', (self.sudo().company_id.id, False))
            )
        )
        ranked = exceptions.sorted(lambda e: (bool(e.calendar_id), bool(e.company_id)))
        return {exception.date: exception.id for exception in ranked}

    def _attendance_intervals_batch(
        self, start_dt, end_dt, resources=None, domain=None, tz=None, lunch=False
    ):
        """Override of `resource`: a make-up workday has its own hours instead of the pattern's."""
        result = super()._attendance_intervals_batch(
            start_dt, end_dt, resources=resources, domain=domain, tz=tz, lunch=lunch
        )
        exceptions = self._get_exceptions(start_dt, end_dt)
        if not exceptions:
            return result
        nobody = self.env['resource.resource']
        by_id = {resource.id: resource for resource in resources or nobody}
        for resource_id, intervals in result.items():
            resource = by_id.get(resource_id, nobody)
            if resource and resource._is_fully_flexible():
                continue
            zone = tz or timezone((resource or self).tz)
            added, windows = [], []
            for exception in exceptions:
                hours = exception._get_intervals(self, zone, lunch, domain)
                if hours or exception._get_hours(self):
                    windows.append((*exception._get_window(zone), self.attendance_ids.browse()))
                    added += [
                        (max(start, start_dt), min(stop, end_dt), attendance)
                        for start, stop, attendance in hours
                    ]
            kept = intervals - Intervals(windows, keep_distinct=True)
            result[resource_id] = Intervals([*kept, *added], keep_distinct=True)
        return result

    def _leave_intervals_batch(self, start_dt, end_dt, resources=None, domain=None, tz=None):
        """Override of `resource`: who declares a workday means it, so a make-up workday beats a public
        holiday that covers the whole day. Shorter closures and personal leaves still count."""
        result = super()._leave_intervals_batch(
            start_dt, end_dt, resources=resources, domain=domain, tz=tz
        )
        exceptions = self._get_exceptions(start_dt, end_dt)
        if not exceptions:
            return result
        by_id = {resource.id: resource for resource in resources or ()}
        for resource_id, intervals in result.items():
            zone = tz or timezone((by_id.get(resource_id) or self).tz)
            windows = [exception._get_window(zone) for exception in exceptions]
            rebuilt = []
            for start, stop, leaves in intervals:
                public = leaves.filtered(lambda leave: not leave.resource_id)
                if not any(window[0] < stop and start < window[1] for window in windows):
                    rebuilt.append((start, stop, leaves))
                    continue
                for leave in leaves:
                    low, high = localized(leave.date_from), localized(leave.date_to)
                    if leave not in public and leave.resource_id._is_fully_flexible():
                        low, high = self._handle_flexible_leave_interval(
                            low.astimezone(zone), high.astimezone(zone), leave
                        )
                    beaten = [
                        (*window, leave)
                        for window in windows
                        if leave in public
                        and low <= window[0]
                        and high >= window[1] - timedelta(minutes=1)
                    ]
                    span = (max(low, start_dt).astimezone(zone), min(high, end_dt).astimezone(zone))
                    rebuilt += Intervals([(*span, leave)]) - Intervals(beaten)
            result[resource_id] = Intervals(rebuilt)
        return result

    def _works_on_date(self, date):
        """Override of `resource` to know make-up workdays."""
        exception_id = self._origin and self._origin._get_exception_ids().get(date)
        if exception_id:
            exception_sudo = self.env['resource.calendar.exception'].sudo().browse(exception_id)
            if exception_sudo._get_hours(self):
                return True
        return super()._works_on_date(date)

    def _get_hours_for_date(self, target_date, day_period=None):
        """Override of `resource` to give a make-up workday its own hours."""
        exception_id = self._origin and self._origin._get_exception_ids().get(target_date)
        if exception_id:
            exception_sudo = self.env['resource.calendar.exception'].sudo().browse(exception_id)
            spans = [(start, stop) for start, stop, _a in exception_sudo._get_hours(self)]
            if day_period == 'morning':
                spans = [(start, min(stop, 12)) for start, stop in spans if start < 12] or spans
            elif day_period == 'afternoon':
                spans = [(max(start, 12), stop) for start, stop in spans if stop > 12] or spans
            if spans:
                return (min(span[0] for span in spans), max(span[1] for span in spans))
        return super()._get_hours_for_date(target_date, day_period=day_period)
