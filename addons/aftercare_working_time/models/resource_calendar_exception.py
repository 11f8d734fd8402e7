from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_duration
from odoo.tools.date_utils import float_to_time

# Fields whose change by hand takes the row out of the hands of the import.
OWN_FIELDS = {
    'name',
    'date',
    'calendar_id',
    'hours_like',
    'dayofweek',
    'hour_from',
    'hour_to',
    'break_from',
    'break_to',
}


class ResourceCalendarException(models.Model):
    """A make-up workday: one date that is worked although the week's pattern says otherwise."""

    _name = 'resource.calendar.exception'
    _description = "Make-up Workday"
    _order = 'date desc, id desc'
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("Make-up workday"))
    date = fields.Date(required=True, index=True)
    calendar_id = fields.Many2one(
        'resource.calendar',
        string="Working Schedule",
        index='btree_not_null',
        ondelete='cascade',
        check_company=True,
        help="Leave empty for every working schedule of the company.",
    )
    company_id = fields.Many2one(
        'res.company',
        compute='_compute_company_id',
        store=True,
        readonly=False,
        precompute=True,
        help="Leave empty for every company.",
    )
    hours_like = fields.Selection(
        [('weekday', "Those of a weekday"), ('own', "Own hours")],
        string="Working Hours",
        required=True,
        default='weekday',
    )
    dayofweek = fields.Selection(
        [
            ('0', "Monday"),
            ('1', "Tuesday"),
            ('2', "Wednesday"),
            ('3', "Thursday"),
            ('4', "Friday"),
            ('5', "Saturday"),
            ('6', "Sunday"),
        ],
        string="Works Like",
        default='0',
        help="The working hours of this weekday apply on the make-up workday.",
    )
    hour_from = fields.Float(string="From", default=9)
    hour_to = fields.Float(string="To", default=18)
    break_from = fields.Float(string="Break From", default=12)
    break_to = fields.Float(string="Break To", default=13)
    replaces_date = fields.Date(
        string="In Return For", help="The day off that this workday makes up for."
    )
    source = fields.Char(
        readonly=True, copy=False, help="The official list the day was imported from."
    )
    hours_text = fields.Char(string="Hours", compute='_compute_hours_text')
    active = fields.Boolean(default=True)

    _unique_date = models.UniqueIndex(
        '(date, COALESCE(calendar_id, 0), COALESCE(company_id, 0)) WHERE active',
        "There is already a make-up workday on this date.",
    )
    _hours = models.Constraint(
        "CHECK (hours_like != 'own' OR (hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24))",
        "The working hours must end after they start, between 0:00 and 24:00.",
    )
    _break = models.Constraint(
        "CHECK (hours_like != 'own' OR break_from >= break_to"
        " OR (break_from >= hour_from AND break_to <= hour_to))",
        "The break must lie within the working hours.",
    )

    # === COMPUTE METHODS === #
    @api.depends('calendar_id.company_id')
    def _compute_company_id(self):
        for exception in self:
            if exception.calendar_id:
                exception.company_id = exception.calendar_id.company_id
            elif not exception.company_id:
                exception.company_id = self.env.company

    @api.depends(
        'hours_like',
        'dayofweek',
        'date',
        'hour_from',
        'hour_to',
        'break_from',
        'break_to',
        'calendar_id.attendance_ids.hour_from',
        'calendar_id.attendance_ids.hour_to',
    )
    def _compute_hours_text(self):
        weekdays = dict(self._fields['dayofweek']._description_selection(self.env))
        for exception in self:
            if not exception.calendar_id and exception.hours_like == 'weekday':
                exception.hours_text = self.env._(
                    "As on %(weekday)s", weekday=weekdays.get(exception.dayofweek, '')
                )
                continue
            hours = exception._get_hours(exception.calendar_id) if exception.date else []
            exception.hours_text = ', '.join(
                f'{format_duration(start)}–{format_duration(stop)}'
                for start, stop, _attendance in hours
            ) or self.env._("No working hours")

    # === CONSTRAINT METHODS === #
    @api.constrains('hours_like', 'dayofweek')
    def _check_dayofweek(self):
        if self.filtered(lambda e: e.hours_like == 'weekday' and not e.dayofweek):
            raise ValidationError(self.env._("Say which weekday the make-up workday works like."))

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        exceptions = super().create(vals_list)
        self.env.registry.clear_cache()
        exceptions._get_calendars()._on_working_time_changed()
        return exceptions

    def write(self, vals):
        if OWN_FIELDS & vals.keys() and not self.env.context.get('holiday_import'):
            imported = self.filtered('source')
            imported.calendar_id._skip_holidays(imported.mapped('date'))
            vals = {**vals, 'source': False}
        calendars = self._get_calendars()
        result = super().write(vals)
        self.env.registry.clear_cache()
        (calendars | self._get_calendars())._on_working_time_changed()
        return result

    def unlink(self):
        if not self.env.context.get('holiday_import'):
            for calendar, exceptions in self.filtered('source').grouped('calendar_id').items():
                calendar._skip_holidays(exceptions.mapped('date'))
        calendars = self._get_calendars()
        result = super().unlink()
        self.env.registry.clear_cache()
        calendars._on_working_time_changed()
        return result

    # === BUSINESS METHODS === #
    def _get_hours(self, calendar, lunch=False, domain=None):
        """The working hours (or the breaks) of the day as a calendar works it.

        :return: list of (hour from, hour to, resource.calendar.attendance), hours as floats in
            local time; empty when the calendar does not work on the weekday that is copied
        """
        self.ensure_one()
        if self.hours_like == 'own':
            return self._get_own_hours(calendar, lunch)
        if calendar.flexible_hours:
            if lunch:
                return []
            half = calendar.hours_per_day / 2
            return [(12 - half, 12 + half, self._new_attendance(calendar, 2 * half, 1))]
        attendances = calendar.attendance_ids.filtered(
            lambda a: not a.display_type and a.dayofweek == self.dayofweek
        )
        if calendar.two_weeks_calendar:
            week_type = str(attendances.get_week_type(self.date))
            attendances = attendances.filtered(lambda a: a.week_type == week_type) or attendances
        if domain:
            attendances = attendances.filtered_domain(domain)
        return [
            (attendance.hour_from, attendance.hour_to, attendance)
            for attendance in attendances.sorted('hour_from')
            if (attendance.day_period == 'lunch') == lunch
        ]

    def _get_own_hours(self, calendar, lunch):
        has_break = self.break_from < self.break_to
        if lunch:
            spans = [(self.break_from, self.break_to)] if has_break else []
        elif has_break:
            spans = [(self.hour_from, self.break_from), (self.break_to, self.hour_to)]
        else:
            spans = [(self.hour_from, self.hour_to)]
        spans = [(start, stop) for start, stop in spans if start < stop]
        return [
            (start, stop, self._new_attendance(calendar, stop - start, 1 / len(spans)))
            for start, stop in spans
        ]

    def _new_attendance(self, calendar, hours, days):
        # Core reads the duration in days and hours from the payload of an interval.
        return self.env['resource.calendar.attendance'].new(
            {'calendar_id': calendar.id, 'duration_hours': hours, 'duration_days': days}
        )

    def _get_intervals(self, calendar, tz, lunch=False, domain=None):
        """The hours of the day as aware datetimes in a time zone, with their attendance."""
        return [
            (
                tz.localize(datetime.combine(self.date, float_to_time(start))),
                tz.localize(datetime.combine(self.date, float_to_time(stop))),
                attendance,
            )
            for start, stop, attendance in self._get_hours(calendar, lunch, domain)
        ]

    def _get_window(self, tz):
        """The whole day in a time zone, from midnight to midnight."""
        midnight = datetime.combine(self.date, time.min)
        return tz.localize(midnight), tz.localize(midnight + timedelta(days=1))

    def _get_calendars(self):
        """The calendars whose hours these days change."""
        calendars = self.calendar_id
        general = self.filtered(lambda e: not e.calendar_id)
        if general:
            everywhere = general.filtered(lambda e: not e.company_id)
            domain = (
                Domain.TRUE if everywhere else Domain('company_id', 'in', general.company_id.ids)
            )
            calendars |= self.env['resource.calendar'].search(domain)
        return calendars
