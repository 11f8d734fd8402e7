import logging
from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, fields, models

from ..tools import holiday_list
from ..tools.dates import format_day

_logger = logging.getLogger(__name__)

# From this month on, next year's holidays are taken over and an incomplete list is worth a warning:
# earlier nobody expects it to be published.
NEXT_YEAR_FROM_MONTH = 10


class HolidayChange(NamedTuple):
    """What an import would do to one date of a calendar.

    `status`: new, changed, same, gone (no longer in the list), skipped (changed or deleted by hand);
    `record`: the holiday or make-up workday that exists already, else an empty recordset.
    """

    status: str
    kind: str
    date: date
    name: str
    replaces: date | None
    record: models.BaseModel


class ResourceCalendar(models.Model):
    """Public holidays and make-up workdays come from the official lists and renew themselves."""

    _inherit = 'resource.calendar'

    holiday_country_id = fields.Many2one('res.country', string="Holidays of", readonly=True)
    holiday_subdivision = fields.Char(string="Part of the Country", readonly=True)
    holiday_language = fields.Char(string="Language of the Names", readonly=True)
    holiday_renew = fields.Boolean(
        string="Renew Every Year",
        default=True,
        help="Take over the holidays of the next year by themselves, and corrections to this year's.",
    )
    holiday_user_id = fields.Many2one(
        'res.users',
        string="Watched By",
        domain=[('share', '=', False)],
        help="Is reminded when next year's official list is not complete yet.",
    )
    holiday_skip = fields.Json(readonly=True, copy=False)
    holiday_label = fields.Char(string="Official List", compute='_compute_holiday_label')
    holiday_incomplete_year = fields.Integer(compute='_compute_holiday_incomplete_year')

    # === COMPUTE METHODS === #
    @api.depends('holiday_country_id', 'holiday_subdivision')
    def _compute_holiday_label(self):
        for calendar in self:
            country = calendar.holiday_country_id
            parts = dict(holiday_list.get_subdivisions(country.code)) if country else {}
            names = [country.name, parts.get(calendar.holiday_subdivision)]
            calendar.holiday_label = ' · '.join(name for name in names if name)

    @api.depends('holiday_country_id')
    def _compute_holiday_incomplete_year(self):
        today = fields.Date.context_today(self)
        for calendar in self:
            calendar.holiday_incomplete_year = next(
                (
                    year
                    for year in calendar._get_renewed_years(today)
                    if calendar.holiday_country_id
                    and not holiday_list.is_complete(calendar.holiday_country_id.code, year, today)
                ),
                0,
            )

    # === ACTION METHODS === #
    def action_import_holidays(self):
        """Open the import of public holidays for this calendar."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_working_time.resource_calendar_holiday_import_action'
        )
        return {**action, 'context': {'default_calendar_id': self.id}}

    # === BUSINESS METHODS === #
    def _import_holidays(self, country, years, subdivision=None, language=None, since=None):
        """Bring holidays and make-up workdays of some years in line with the official list.

        Running it again changes nothing. Rows entered, changed or deleted by hand are left alone.

        :param country: res.country
        :param years: iterable of years
        :param subdivision: code of a part of the country with own holidays
        :param language: language of the names
        :param since: leave dates before this one alone
        :return: the list of HolidayChange that was applied
        :raises NotImplementedError: when there is no list for the country
        """
        self.ensure_one()
        changes = self._plan_holiday_import(country, years, subdivision, language, since)
        self._apply_holiday_import(changes, country, subdivision)
        return changes

    def _plan_holiday_import(self, country, years, subdivision=None, language=None, since=None):
        """What `_import_holidays` would do, as a list of HolidayChange sorted by date."""
        self.ensure_one()
        years = set(years)
        low = max(since or date.min, date(min(years), 1, 1))
        high = date(max(years), 12, 31)
        leaves = self.env['resource.calendar.leaves'].search(
            [
                ('calendar_id', '=', self.id),
                ('holiday_source', '!=', False),
                ('holiday_date', '>=', low),
                ('holiday_date', '<=', high),
            ]
        )
        exceptions = self.exception_ids.with_context(active_test=False).search(
            [('calendar_id', '=', self.id), ('date', '>=', low), ('date', '<=', high)]
        )
        existing = {('holiday', leave.holiday_date): leave for leave in leaves}
        existing.update({('makeup', exception.date): exception for exception in exceptions})
        source = self._get_holiday_source(country, subdivision)
        skipped = set(self.holiday_skip or ())
        changes = []
        for day in holiday_list.get_days(country.code, subdivision, years, language):
            if day.date < low:
                continue
            record = existing.pop((day.kind, day.date), None)
            if record is None:
                record = leaves.browse() if day.kind == 'holiday' else exceptions.browse()
            name = day.name if day.kind == 'holiday' else self._get_makeup_name(day, language)
            if record and not self._is_imported(record):
                status = 'skipped'
            elif not record:
                status = 'skipped' if day.date.isoformat() in skipped else 'new'
            else:
                status = 'same' if self._is_same_day(record, day, source) else 'changed'
            changes.append(HolidayChange(status, day.kind, day.date, name, day.replaces, record))
        changes += [
            HolidayChange('gone', kind, day, record.name, None, record)
            for (kind, day), record in existing.items()
            if self._is_imported(record) and day.year in years
        ]
        return sorted(changes, key=lambda change: (change.date, change.kind))

    def _apply_holiday_import(self, changes, country, subdivision=None):
        """Create, update and remove holidays and make-up workdays as planned."""
        self.ensure_one()
        self = self.with_context(holiday_import=True)
        source = self._get_holiday_source(country, subdivision)
        new = {'holiday': [], 'makeup': []}
        for change in changes:
            if change.status in ('new', 'changed'):
                vals = self._prepare_holiday(change, source)
                if change.record:
                    change.record.with_env(self.env).write(vals)
                else:
                    new[change.kind].append(vals)
        for kind, model in self._get_holiday_models().items():
            gone = [c.record.id for c in changes if c.kind == kind and c.status == 'gone']
            self.env[model].browse(gone).unlink()
            self.env[model].create(new[kind])

    @api.model
    def _get_holiday_models(self):
        return {'holiday': 'resource.calendar.leaves', 'makeup': 'resource.calendar.exception'}

    def _prepare_holiday(self, change, source):
        """Values of the row for one date of the list."""
        if change.kind == 'holiday':
            return {
                'name': change.name,
                'calendar_id': self.id,
                'resource_id': False,
                'time_type': 'leave',
                'holiday_source': source,
                'holiday_date': change.date,
                **self.env['resource.calendar.leaves']._prepare_day(change.date, self.tz),
            }
        return {
            'name': change.name,
            'calendar_id': self.id,
            'active': True,
            'date': change.date,
            'hours_like': 'weekday',
            'dayofweek': self._get_makeup_weekday(change),
            'replaces_date': change.replaces,
            'source': source,
        }

    def _is_same_day(self, record, day, source):
        if day.kind == 'holiday':
            span = record._prepare_day(day.date, self.tz)
            return (
                record.name == day.name
                and record.holiday_source == source
                and record.date_from == span['date_from']
                and record.date_to == span['date_to']
            )
        return (
            record.replaces_date == (day.replaces or False)
            and record.source == source
            and record.dayofweek == self._get_makeup_weekday(day)
        )

    @api.model
    def _is_imported(self, record):
        if record._name == 'resource.calendar.leaves':
            return bool(record.holiday_source)
        return bool(record.source) and record.active

    def _get_makeup_name(self, day, language):
        self = self.with_context(lang=language or self.env.lang)
        if not day.replaces:
            return self.env._("Make-up workday")
        return self.env._(
            "Make-up workday for %(date)s",
            date=format_day(self.env, day.replaces, 'MMMMd', language),
        )

    def _get_makeup_weekday(self, day):
        """The weekday whose hours are worked: the one of the day off that is paid for, or the nearest
        working day before it."""
        worked = set(self._get_global_attendances().mapped('dayofweek'))
        weekday = (day.replaces or day.date).weekday()
        candidates = [str((weekday - n) % 7) for n in range(7)]
        if day.replaces:
            return candidates[0]
        return next((c for c in candidates if c in worked), candidates[0])

    @api.model
    def _get_holiday_source(self, country, subdivision=None):
        return f'{country.code}-{subdivision}' if subdivision else country.code

    def _skip_holidays(self, dates):
        """Remember dates that someone changed by hand, so that no import touches them again."""
        for calendar in self:
            skip = {*(calendar.holiday_skip or ()), *(day.isoformat() for day in dates if day)}
            calendar.holiday_skip = sorted(skip)

    def _unskip_holidays(self, dates):
        """Let the import manage these dates again."""
        self.ensure_one()
        skip = set(self.holiday_skip or ()) - {day.isoformat() for day in dates}
        self.holiday_skip = sorted(skip)

    # === BUSINESS METHODS: RENEWAL === #
    @api.model
    def _get_renewed_years(self, today):
        """The years that the scheduled action keeps up to date."""
        has_next = today.month >= NEXT_YEAR_FROM_MONTH
        return [today.year, today.year + 1] if has_next else [today.year]

    @api.model
    def _cron_renew_holidays(self):
        """Take over next year's holidays and corrections to this year's; past days stay as they are."""
        calendars = self.search([('holiday_renew', '=', True), ('holiday_country_id', '!=', False)])
        for done, calendar in enumerate(calendars, start=1):
            try:
                with self.env.cr.savepoint():
                    calendar._renew_holidays()
            except Exception:
                # One calendar with a list the library dropped must not stop the others.
                _logger.exception("Holidays of working schedule %s not renewed", calendar.id)
            if not self.env['ir.cron']._commit_progress(1, remaining=len(calendars) - done):
                break

    def _renew_holidays(self):
        self.ensure_one()
        today = fields.Date.context_today(self.with_context(tz=self.tz))
        self._import_holidays(
            self.holiday_country_id,
            self._get_renewed_years(today),
            self.holiday_subdivision,
            self.holiday_language,
            since=today,
        )
        self._remind_of_incomplete_list()

    def _remind_of_incomplete_list(self):
        """One to-do per calendar while next year's list is incomplete; it closes itself afterwards."""
        self.ensure_one()
        xmlid = 'aftercare_working_time.mail_activity_type_holiday_list'
        user = self.holiday_user_id
        year = self.holiday_incomplete_year
        if not year:
            self.activity_feedback(
                [xmlid], feedback=self.env._("The official list is complete now.")
            )
            return
        if not user or self.activity_search([xmlid]):
            return
        self.activity_schedule(
            xmlid,
            date_deadline=date(year, 1, 1) - timedelta(days=14),
            summary=self.env._("Check the public holidays of %(year)s", year=year),
            note=self._get_incomplete_text(),
            user_id=user.id,
        )

    def _get_incomplete_text(self):
        self.ensure_one()
        return self.env._(
            "%(country)s has not announced the make-up workdays of %(year)s in the lists installed here. "
            "Only the days fixed by law are known. Update the Python package “holidays” or enter the"
            " announced days by hand.",
            country=self.holiday_country_id.name,
            year=str(self.holiday_incomplete_year),
        )
