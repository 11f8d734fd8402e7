from collections import defaultdict
from datetime import date, datetime, time, timedelta

from pytz import timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.date_utils import localized


class ResourceCalendar(models.Model):
    """The year of a calendar as a picture."""

    _inherit = 'resource.calendar'

    @api.readonly
    def get_year_overview(self, year):
        """What each day of a year is, for people who would rather look than read.

        :param year: between 1970 and 2100
        :return: dict with `days` (date → kind, hours, text), `totals` and `today`; a kind is one of
            work, short (closed for a part of the day), makeup, holiday, off
        """
        self.ensure_one()
        year = min(max(int(year), 1970), 2100)
        tz = timezone(self.tz or 'UTC')
        start = tz.localize(datetime(year, 1, 1))
        end = tz.localize(datetime(year + 1, 1, 1))
        pattern = self._attendance_intervals_batch(start, end, tz=tz)[False]
        closed = self._leave_intervals_batch(start, end, tz=tz)[False]
        planned = self._group_by_day(pattern)
        worked = self._group_by_day(pattern - closed)
        holidays = self._get_holidays_by_day(closed, tz)
        exceptions = {e.date: e for e in self._get_exceptions(start, end) if e._get_hours(self)}
        days = {}
        for offset in range((date(year, 12, 31) - date(year, 1, 1)).days + 1):
            day = date(year, 1, 1) + timedelta(days=offset)
            days[day.isoformat()] = self._describe_day(
                planned[day], worked[day], holidays.get(day), exceptions.get(day)
            )
        return {
            'year': year,
            'days': days,
            'totals': self._get_year_totals(days.values()),
            'today': datetime.now(tz).date().isoformat(),
            'can_edit': self.has_access('write'),
        }

    def action_open_day(self, day):
        """What a click on a day of the year opens: its make-up workday or holiday, or a new one."""
        self.ensure_one()
        day = fields.Date.to_date(day)
        tz = timezone(self.tz or 'UTC')
        if not self.has_access('write'):
            raise AccessError(self.env._("Only service managers may change working time."))
        exception_id = self._get_exception_ids().get(day)
        start = tz.localize(datetime.combine(day, time.min))
        end = start + timedelta(hours=23)
        closed = self._leave_intervals_batch(start, end, tz=tz)[False]
        leave = next((leaves[:1] for _start, _stop, leaves in closed), False)
        if exception_id or (not leave and not self._is_worked(day, tz)):
            return self._open_dialog(
                self.env._("Make-up Workday"),
                'resource.calendar.exception',
                exception_id,
                default_date=fields.Date.to_string(day),
                default_calendar_id=self.id,
            )
        span = self.env['resource.calendar.leaves']._prepare_day(day, self.tz)
        return self._open_dialog(
            self.env._("Public Holiday"),
            'resource.calendar.leaves',
            leave and leave.id,
            'aftercare_working_time.resource_calendar_leaves_view_form',
            default_calendar_id=self.id,
            **{f'default_{name}': fields.Datetime.to_string(dt) for name, dt in span.items()},
        )

    def _open_dialog(self, name, model, res_id, view=None, **context):
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': model,
            'res_id': res_id,
            'views': [(view and self.env.ref(view).id, 'form')],
            'target': 'new',
            'context': context,
        }

    def _is_worked(self, day, tz):
        start = tz.localize(datetime.combine(day, time.min))
        end = tz.localize(datetime.combine(day + timedelta(days=1), time.min))
        return bool(self._attendance_intervals_batch(start, end, tz=tz)[False])

    @api.model
    def _group_by_day(self, intervals):
        result = defaultdict(list)
        for start, stop, _payload in intervals:
            result[start.date()].append((start, stop))
        return result

    @api.model
    def _get_holidays_by_day(self, closed, tz):
        """Names of the public holidays of each day; a multi-day closure counts on each of its days."""
        result = defaultdict(list)
        for start, stop, leaves in closed:
            for leave in leaves:
                low = max(start, localized(leave.date_from).astimezone(tz)).date()
                high = min(stop, localized(leave.date_to).astimezone(tz)).date()
                for offset in range((high - low).days + 1):
                    name = leave.name or self.env._("Closed")
                    if name not in result[low + timedelta(days=offset)]:
                        result[low + timedelta(days=offset)].append(name)
        return result

    def _describe_day(self, planned, worked, holiday_names, exception):
        hours = self._sum_hours(worked)
        if exception and worked:
            kind = 'makeup'
        elif holiday_names and not worked:
            kind = 'holiday'
        elif not worked:
            kind = 'off'
        else:
            kind = 'short' if hours < self._sum_hours(planned) else 'work'
        spans = ', '.join(f'{start:%H:%M}–{stop:%H:%M}' for start, stop in worked)
        names = [exception.name] if exception else []
        names += holiday_names or []
        return {
            'kind': kind,
            'hours': round(hours, 2),
            'text': ' · '.join(filter(None, [*names, spans])),
        }

    @api.model
    def _sum_hours(self, spans):
        return sum((stop - start).total_seconds() for start, stop in spans) / 3600

    @api.model
    def _get_year_totals(self, days):
        days = list(days)
        kinds = [day['kind'] for day in days]
        return {
            'work': kinds.count('work') + kinds.count('short') + kinds.count('makeup'),
            'makeup': kinds.count('makeup'),
            'holiday': kinds.count('holiday'),
            'off': kinds.count('off'),
            'hours': round(sum(day['hours'] for day in days), 1),
        }
