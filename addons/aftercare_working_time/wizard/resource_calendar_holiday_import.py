from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..tools import holiday_list

MAX_YEARS = 10
CHANGING = ('new', 'changed', 'gone')


class ResourceCalendarHolidayImport(models.TransientModel):
    """Shows what an official list of public holidays would change, then applies it."""

    _name = 'resource.calendar.holiday.import'
    _description = "Import Public Holidays"

    calendar_id = fields.Many2one(
        'resource.calendar',
        string="Working Schedule",
        required=True,
        default=lambda self: self.env.company.resource_calendar_id,
    )
    country_id = fields.Many2one(
        'res.country',
        compute='_compute_country',
        store=True,
        readonly=False,
        required=True,
        domain=lambda self: [('code', 'in', list(holiday_list.get_supported_countries()))],
    )
    subdivision = fields.Char(
        string="Part of the Country", compute='_compute_country', store=True, readonly=False
    )
    subdivision_choices = fields.Json(compute='_compute_choices')
    language = fields.Char(
        string="Language of the Names", compute='_compute_language', store=True, readonly=False
    )
    language_choices = fields.Json(compute='_compute_choices')
    year_from = fields.Integer(
        string="From Year",
        required=True,
        default=lambda self: fields.Date.context_today(self).year,
    )
    year_to = fields.Integer(
        string="To Year",
        required=True,
        default=lambda self: fields.Date.context_today(self).year + 1,
    )
    renew = fields.Boolean(string="Renew Every Year", default=True)
    incomplete_years = fields.Char(compute='_compute_incomplete_years')
    line_ids = fields.One2many(
        'resource.calendar.holiday.import.line',
        'import_id',
        compute='_compute_line_ids',
        store=True,
        readonly=False,
    )

    # === COMPUTE METHODS === #
    @api.depends('calendar_id')
    def _compute_country(self):
        for wizard in self:
            calendar = wizard.calendar_id
            country = calendar.holiday_country_id or calendar.company_id.country_id
            if country.code in holiday_list.get_supported_countries():
                wizard.country_id = country
            wizard.subdivision = calendar.holiday_subdivision

    @api.depends('country_id', 'calendar_id')
    def _compute_language(self):
        for wizard in self:
            wizard.language = (
                wizard.calendar_id.holiday_language
                if wizard.calendar_id.holiday_country_id == wizard.country_id
                else False
            ) or holiday_list.choose_language(wizard.country_id.code, self.env.lang)

    @api.depends('country_id')
    def _compute_choices(self):
        names = dict(
            self.env['res.lang']
            .with_context(active_test=False)
            .search([])
            .mapped(lambda lang: (lang.code, lang.name.split(' / ')[-1]))
        )
        short = {code.split('_')[0]: name.split(' (')[0] for code, name in names.items()}
        for wizard in self:
            code = wizard.country_id.code
            wizard.subdivision_choices = holiday_list.get_subdivisions(code)
            wizard.language_choices = [
                (lang, names.get(lang) or short.get(lang.split('_')[0]) or lang)
                for lang in holiday_list.get_languages(code)
            ]

    @api.depends('country_id', 'year_from', 'year_to')
    def _compute_incomplete_years(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            wizard.incomplete_years = ', '.join(
                str(year)
                for year in wizard._get_years()
                if not holiday_list.is_complete(wizard.country_id.code, year, today)
            )

    @api.depends('calendar_id', 'country_id', 'subdivision', 'language', 'year_from', 'year_to')
    def _compute_line_ids(self):
        for wizard in self:
            lines = [wizard._prepare_line(change) for change in wizard._get_changes()]
            lines.sort(key=lambda vals: vals['sequence'])
            wizard.line_ids = [Command.clear(), *map(Command.create, lines)]

    # === ONCHANGE METHODS === #
    @api.onchange('country_id')
    def _onchange_country_id(self):
        codes = dict(holiday_list.get_subdivisions(self.country_id.code))
        if self.subdivision not in codes:
            self.subdivision = False

    # === ACTION METHODS === #
    def action_apply(self):
        """Apply the selected lines and keep the list for the yearly renewal."""
        self.ensure_one()
        years = self._get_years()
        if not years:
            raise UserError(self.env._("Choose between one and %(count)s years.", count=MAX_YEARS))
        calendar = self.calendar_id
        selected = {(line.kind, line.date): line.selected for line in self.line_ids}
        calendar.write(self._prepare_calendar())
        dates = [day for (_kind, day), is_on in selected.items() if is_on]
        calendar._unskip_holidays(dates)
        changes = [
            # Selected although somebody decided by hand: the list takes over again.
            change._replace(status='changed') if change.status == 'skipped' else change
            for change in self._get_changes()
            if selected.get((change.kind, change.date), True)
        ]
        calendar._apply_holiday_import(changes, self.country_id, self.subdivision)
        calendar._skip_holidays(
            line.date
            for line in self.line_ids
            if not line.selected and line.status in ('new', 'skipped')
        )
        calendar._remind_of_incomplete_list()
        if self.env.context.get('default_calendar_id'):
            # Opened from the calendar, which is still behind the dialog.
            return {'type': 'ir.actions.act_window_close'}
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'resource.calendar',
            'res_id': calendar.id,
            'views': [(False, 'form')],
        }

    # === BUSINESS METHODS === #
    def _get_years(self):
        if not 0 <= self.year_to - self.year_from < MAX_YEARS or self.year_from < 2000:
            return []
        return list(range(self.year_from, self.year_to + 1))

    def _get_changes(self):
        self.ensure_one()
        years = self._get_years()
        known = holiday_list.get_supported_countries().get(self.country_id.code)
        if not self.calendar_id or known is None or not years:
            return []
        if self.subdivision and self.subdivision not in known:
            return []
        return self.calendar_id._origin._plan_holiday_import(
            self.country_id._origin, years, self.subdivision, self.language
        )

    def _prepare_line(self, change):
        return {
            'date': change.date,
            'kind': change.kind,
            'name': change.name,
            'status': change.status,
            'selected': change.status in CHANGING,
            # What changes comes first.
            'sequence': 0 if change.status in CHANGING else 1,
        }

    def _prepare_calendar(self):
        return {
            'holiday_country_id': self.country_id.id,
            'holiday_subdivision': self.subdivision,
            'holiday_language': self.language,
            'holiday_renew': self.renew,
            'holiday_user_id': self.calendar_id.holiday_user_id.id or self.env.uid,
        }


class ResourceCalendarHolidayImportLine(models.TransientModel):
    """One date of the preview."""

    _name = 'resource.calendar.holiday.import.line'
    _description = "Public Holiday to Import"
    _order = 'sequence, date, kind'

    sequence = fields.Integer()
    import_id = fields.Many2one(
        'resource.calendar.holiday.import', required=True, ondelete='cascade', index=True
    )
    date = fields.Date(required=True)
    weekday = fields.Char(compute='_compute_weekday')
    kind = fields.Selection(
        [('holiday', "Public holiday"), ('makeup', "Make-up workday")], required=True
    )
    name = fields.Char()
    status = fields.Selection(
        [
            ('new', "New"),
            ('changed', "Changed"),
            ('same', "Unchanged"),
            ('gone', "Dropped"),
            ('skipped', "Decided by hand"),
        ],
        required=True,
    )
    selected = fields.Boolean(string="Apply")

    @api.depends('date')
    def _compute_weekday(self):
        for line in self:
            line.weekday = line.date and format_date(self.env, line.date, date_format='EEEE')
