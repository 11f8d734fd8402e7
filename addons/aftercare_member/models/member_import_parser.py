import re
from datetime import datetime

from babel import Locale

from odoo import api, models
from odoo.addons.phone_validation.tools.phone_validation import phone_format
from odoo.exceptions import UserError
from odoo.tools import email_normalize, plaintext2html
from odoo.tools.misc import get_lang

from ..const import COUNTRY_NAME_LOCALES, FALSE_WORDS, IMPORT_COLUMNS, TRUE_WORDS

MAX_LENGTH = 256
DATE_PATTERN = re.compile(r'^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?$')
PUNCTUATION = re.compile(r'[\s_\-./()（）\[\]:：*#]+')


class MemberImportParser(models.AbstractModel):
    """Understands the headers and the cells of a file of members."""

    _name = 'member.import.parser'
    _description = "Parser of Imported Members"

    # === BUSINESS METHODS: headers === #

    @api.model
    def _get_columns(self):
        """Return ``{column: (label, further names separated by commas)}`` in template order.

        An addon that adds a column also adds ``_parse_<column>(text, vals, lookups)``.
        """
        return IMPORT_COLUMNS

    @api.model
    def _map_header(self, header):
        """Match the headers of a file with the columns.

        :param list header: texts
        :return: ``({index: column}, [headers that are not understood], [columns met twice])``
        """
        names = {}
        for column, (label, aliases) in self._get_columns().items():
            for name in (column, str(label), self.env._(label), *aliases.split(',')):
                names.setdefault(self._to_key(name), column)
        mapping, ignored, repeated = {}, [], []
        for index, text in enumerate(header):
            column = names.get(self._to_key(text))
            if not column:
                ignored += [text] if text else []
            elif column in mapping.values():
                repeated.append(text)
            else:
                mapping[index] = column
        return mapping, ignored, repeated

    @api.model
    def _to_key(self, text):
        return PUNCTUATION.sub('', str(text)).casefold()

    @api.model
    def _to_name(self, text):
        return ' '.join((text or '').casefold().split())

    # === BUSINESS METHODS: cells === #

    @api.model
    def _parse_row(self, cells, lookups):
        """Turn the cells of a row into values.

        :param dict cells: column → text, without empty ones
        :param dict lookups: of :meth:`_prepare_lookups`
        :return: ``(vals, [(column, text, message)])``; besides fields of ``res.partner``, vals
            may hold ``reference``
        """
        vals, problems = {}, []
        # in the order of the columns: phone and state need the country, which stands before
        for column in sorted(cells, key=lambda column: column not in ('country', 'is_company')):
            text = cells[column]
            try:
                if len(text) > MAX_LENGTH and column != 'comment':
                    raise UserError(
                        self.env._("Longer than %(count)s characters.", count=MAX_LENGTH)
                    )
                getattr(self, f'_parse_{column}')(text, vals, lookups)
            except UserError as error:
                problems.append((column, text, str(error)))
        return vals, problems

    @api.model
    def _prepare_lookups(self, default_country):
        """Read once what the cells of all rows are compared with."""
        return {
            'default_country': default_country,
            'countries': self._prepare_countries(),
            'langs': self._prepare_langs(),
            'levels': self._prepare_levels(),
            'agents': self._prepare_agents(),
        }

    def _parse_reference(self, text, vals, lookups):
        vals['reference'] = text

    def _parse_member_number(self, text, vals, lookups):
        vals['member_number'] = text

    def _parse_name(self, text, vals, lookups):
        vals['name'] = text

    def _parse_company_name(self, text, vals, lookups):
        vals['company_name'] = text

    def _parse_city(self, text, vals, lookups):
        vals['city'] = text

    def _parse_street(self, text, vals, lookups):
        vals['street'] = text

    def _parse_zip(self, text, vals, lookups):
        vals['zip'] = text

    def _parse_comment(self, text, vals, lookups):
        vals['comment'] = plaintext2html(text)

    def _parse_is_company(self, text, vals, lookups):
        word = text.casefold()
        if word not in TRUE_WORDS | FALSE_WORDS:
            raise UserError(self.env._("Neither yes nor no."))
        vals['is_company'] = word in TRUE_WORDS

    def _parse_email(self, text, vals, lookups):
        email = email_normalize(text)
        if not email:
            raise UserError(self.env._("Not an e-mail address."))
        vals['email'] = email

    def _parse_phone(self, text, vals, lookups):
        country = self.env['res.country'].browse(vals.get('country_id'))
        country = country or lookups['default_country']
        try:
            vals['phone'] = phone_format(
                text, country.code, country.phone_code, force_format='INTERNATIONAL'
            )
        except UserError:
            if country:
                raise UserError(
                    self.env._("Not a valid phone number of %(country)s.", country=country.name)
                ) from None
            raise UserError(
                self.env._(
                    "Not a valid phone number. Give the country, or begin with + and its code."
                )
            ) from None

    def _parse_country(self, text, vals, lookups):
        country_id = lookups['countries'].get(self._to_key(text))
        if not country_id:
            raise UserError(self.env._("Unknown country."))
        vals['country_id'] = country_id

    def _parse_state(self, text, vals, lookups):
        country_id = vals.get('country_id') or lookups['default_country'].id
        if not country_id:
            raise UserError(self.env._("A state needs its country."))
        _code, state_ids = self.env['res.country.state']._find_division(country_id, text, text)
        if len(state_ids) != 1:
            raise UserError(self.env._("Unknown state of this country."))
        vals['state_id'] = state_ids[0]

    def _parse_lang(self, text, vals, lookups):
        code = lookups['langs'].get(self._to_key(text))
        if not code:
            raise UserError(self.env._("This language is not installed."))
        vals['lang'] = code

    def _parse_level(self, text, vals, lookups):
        vals['grade_id'] = self._find_one(lookups['levels'], text, self.env._("Unknown level."))

    def _parse_agent(self, text, vals, lookups):
        vals['agent_id'] = self._find_one(lookups['agents'], text, self.env._("Unknown agent."))

    def _parse_member_since(self, text, vals, lookups):
        match = DATE_PATTERN.match(text)
        try:
            # noon: the same day in every time zone the date will be shown in
            vals['member_since'] = datetime(*map(int, match.groups()), 12)
        except (AttributeError, ValueError):
            raise UserError(self.env._("Not a date. Write it like 2025-12-31.")) from None

    @api.model
    def _find_one(self, lookup, text, message):
        """Return the only id behind a name; ``message`` is the complaint when there is none."""
        found = lookup.get(self._to_name(text), set())
        if len(found) > 1:
            raise UserError(self.env._("More than one has this name."))
        if not found:
            raise UserError(message)
        return next(iter(found))

    # === BUSINESS METHODS: lookups === #

    @api.model
    def _get_installed_langs(self):
        return [code for code, _name in self.env['res.lang'].get_installed()]

    @api.model
    def _prepare_countries(self):
        """Countries by code and by name in every language of the interface."""
        countries = self.env['res.country'].search_fetch([], ['code', 'name'])
        keys = {}
        for lang in self._get_installed_langs():
            for country in countries.with_context(lang=lang):
                keys.setdefault(self._to_key(country.name), country.id)
        by_code = {country.code: country.id for country in countries}
        for locale in COUNTRY_NAME_LOCALES:
            for code, name in Locale.parse(locale).territories.items():
                if code in by_code:
                    keys.setdefault(self._to_key(name), by_code[code])
        return keys | {self._to_key(code): id_ for code, id_ in by_code.items()}

    @api.model
    def _prepare_langs(self):
        """Languages by code, by the first half of the code and by name."""
        keys = {}
        for lang in self.env['res.lang'].search([]):
            name = lang.name.split('/')[-1]
            for key in (lang.code, lang.iso_code, lang.url_code, lang.name, name):
                keys.setdefault(self._to_key(key), lang.code)
        for code in sorted(keys.values(), key=lambda code: code != get_lang(self.env).code):
            keys.setdefault(self._to_key(code.split('_')[0]), code)
        return keys

    @api.model
    def _prepare_levels(self):
        """Levels by name in every language."""
        keys = {}
        levels = self.env['res.partner.grade'].search([])
        for lang in self._get_installed_langs():
            for level in levels.with_context(lang=lang):
                keys.setdefault(self._to_name(level.name), set()).add(level.id)
        return keys

    @api.model
    def _prepare_agents(self):
        """Agents by login, e-mail and name."""
        keys = {}
        # sudo: res.users - an agent is named by his login
        for agent in self.env['service.agent'].search([]):
            user_sudo = agent.user_id.sudo()
            for name in {user_sudo.login, user_sudo.email, user_sudo.name, agent.name}:
                if name:
                    keys.setdefault(self._to_name(name), set()).add(agent.id)
        return keys
