from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models

from ..tools.dates import format_day

# Fields whose change by hand takes the row out of the hands of the import.
OWN_FIELDS = {'name', 'date_from', 'date_to', 'calendar_id', 'resource_id'}


class ResourceCalendarLeaves(models.Model):
    """Adds to a public holiday the official list it came from."""

    _inherit = 'resource.calendar.leaves'

    holiday_date = fields.Date(readonly=True, copy=False)
    holiday_source = fields.Char(
        string="Source",
        readonly=True,
        copy=False,
        help="The official list the holiday was imported from.",
    )
    days_text = fields.Char(string="Days", compute='_compute_days_text')

    _holiday_unique = models.UniqueIndex(
        '(calendar_id, holiday_source, holiday_date) WHERE holiday_source IS NOT NULL',
        "This public holiday was imported already.",
    )

    # === COMPUTE METHODS === #
    @api.depends('date_from', 'date_to', 'calendar_id.tz', 'company_id')
    @api.depends_context('lang')
    def _compute_days_text(self):
        for leave in self:
            if not leave.date_from or not leave.date_to:
                leave.days_text = False
                continue
            calendar = leave.calendar_id or leave.company_id.resource_calendar_id
            tz = calendar.tz or self.env.user.tz or 'UTC'
            start, stop = (
                utc.localize(moment).astimezone(timezone(tz))
                for moment in (leave.date_from, leave.date_to)
            )
            days = [format_day(self.env, day) for day in dict.fromkeys((start.date(), stop.date()))]
            leave.days_text = ' – '.join(days)
            if start.time() != time.min or stop.time() < time(23, 59):
                leave.days_text += f' ({start:%H:%M}–{stop:%H:%M})'

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._get_changed_calendars()._on_working_time_changed()
        return leaves

    def write(self, vals):
        if OWN_FIELDS & vals.keys() and not self.env.context.get('holiday_import'):
            imported = self.filtered('holiday_source')
            if imported:
                imported._skip_holidays()
                vals = {**vals, 'holiday_source': False}
        calendars = self._get_changed_calendars()
        result = super().write(vals)
        (calendars | self._get_changed_calendars())._on_working_time_changed()
        return result

    def unlink(self):
        if not self.env.context.get('holiday_import'):
            self.filtered('holiday_source')._skip_holidays()
        calendars = self._get_changed_calendars()
        result = super().unlink()
        calendars._on_working_time_changed()
        return result

    # === BUSINESS METHODS === #
    def _skip_holidays(self):
        for calendar, leaves in self.grouped('calendar_id').items():
            calendar._skip_holidays(leaves.mapped('holiday_date'))

    def _get_changed_calendars(self):
        """The calendars whose working time these public holidays change; none for a personal leave."""
        public = self.filtered(lambda leave: not leave.resource_id)
        calendars = public.calendar_id
        general = public.filtered(lambda leave: not leave.calendar_id)
        if general:
            calendars |= calendars.search([('company_id', 'in', general.company_id.ids)])
        return calendars

    def _move_to_timezone(self, tz_name):
        """Keep imported holidays on their dates when the calendar moves to another time zone."""
        for leave in self.with_context(holiday_import=True):
            leave.write(self._prepare_day(leave.holiday_date, tz_name))

    @api.model
    def _prepare_day(self, day, tz_name):
        """Values for a leave of one whole local day."""
        tz = timezone(tz_name or 'UTC')
        start = tz.localize(datetime.combine(day, time.min))
        stop = tz.localize(datetime.combine(day + timedelta(days=1), time.min))
        # Core's convention for the end of a day is 23:59:59.
        stop = stop.astimezone(utc).replace(tzinfo=None) - timedelta(seconds=1)
        return {'date_from': start.astimezone(utc).replace(tzinfo=None), 'date_to': stop}
