import base64
import json
import random

from odoo import Command, api, fields, models
from odoo.tools import file_open

SEED = 19


class AftercareDemo(models.AbstractModel):
    """Builds the demo company: a software house with agents on shifts, members and tickets."""

    _name = 'aftercare.demo'
    _description = "Demo Company"

    @api.model
    def _populate(self):
        """Create everything; called once, when the suite is installed with demo data."""
        facts = json.loads(self._read('company.json'))
        dice = random.Random(SEED)
        demo = self.with_context(
            mail_notify_force_send=False, mail_create_nosubscribe=True, no_reset_password=True
        )
        demo._set_company(facts)
        calendars = demo._create_calendars(facts)
        agents = demo._create_staff(facts, calendars)
        teams = demo._create_teams(facts, agents)
        demo._create_policies(facts)
        demo._translate(
            {
                'service.skill': 'name',
                'helpdesk.ticket.type': 'name',
                'helpdesk.ticket.team': 'name',
                'sla.policy': 'name',
            }
        )
        demo._translate_introductions(facts)
        setup = {
            **teams,
            'products': demo._create_products(),
            'supervisor': agents['supervisor_user'],
        }
        demo._set_up_money(setup)
        members = demo._read_members(facts)
        demo._tell_story(dice, setup, members)
        demo._sell_today(setup, members)
        demo._work_together(setup)
        demo._count_checks(dice)
        demo._set_presence(facts, agents)
        demo._create_portal_users(facts)
        demo._let_customers_speak(setup)
        demo._note_logins(facts)

    # === READING === #
    @api.model
    def _read(self, name):
        with file_open(f'aftercare/demo/{name}') as file:
            return file.read()

    @api.model
    def _read_rows(self, name, columns):
        lines = self._read(name).splitlines()
        rows = [line.split('|') for line in lines if line and not line.startswith('#')]
        return [dict(zip(columns, row, strict=True)) for row in rows]

    @api.model
    def _read_members(self, facts):
        """Return the partner values and registration IP of each member."""
        columns = ('name', 'company', 'lang', 'country', 'state', 'city', 'phone', 'ip')
        members = []
        for number, row in enumerate(self._read_rows('members.txt', columns), 1):
            country, state = self._find_place(row['country'], row['state'])
            login = facts['customers'].get(row['name'])
            members.append(
                {
                    'ip': row['ip'],
                    'login': login,
                    'values': {
                        'name': row['name'],
                        'company_name': row['company'],
                        'lang': row['lang'],
                        'country_id': country.id,
                        'state_id': state.id,
                        'city': row['city'],
                        'phone': row['phone'],
                        'email': f'{login or f"member{number}"}@customer.example',
                    },
                }
            )
        return members

    @api.model
    def _find_place(self, country_code, state_code):
        country = self.env['res.country'].search([('code', '=', country_code)])
        state = self.env['res.country.state']
        if state_code:
            # China's states carry a character as code, the ISO letters are in the XML id
            xmlid = f'base.state_{country_code.lower()}_{state_code}'
            state = self.env.ref(xmlid, raise_if_not_found=False) or state.search(
                [('country_id', '=', country.id), ('code', '=', state_code)], limit=1
            )
        return country, state

    # === SETTING UP === #
    @api.model
    def _set_company(self, facts):
        country, state = self._find_place(facts['country'], facts['state'])
        company = self.env.ref('base.main_company')
        company.write(
            {
                name: facts[name]
                for name in ('name', 'street', 'city', 'zip', 'phone', 'email', 'website')
            }
            | {
                'country_id': country.id,
                'state_id': state.id,
                'sms_gateway': 'log',
                'currency_id': self._find_currency(facts['currency']).id,
            }
        )
        # The list was made before the company had its currency.
        self.env['product.pricelist'].search([]).currency_id = company.currency_id
        with file_open('aftercare/demo/logo.png', 'rb') as file:
            logo = base64.b64encode(file.read())
        company.logo = logo
        website = self.env['website'].search([], limit=1)
        website.write({'name': facts['name'], 'logo': logo})
        self._replace_samples(website, facts)

    @api.model
    def _replace_samples(self, website, facts):
        """Put the company's own address where the website has a sample of one."""
        samples = {
            '+1 555-555-5556': facts['phone'],
            'info@yourcompany.example.com': facts['email'],
            'Company name': facts['name'],
            'Shipping: 2-3 Business Days': 'The licence is there the moment you have paid',
        }
        for sample in samples:
            for view in self.env['ir.ui.view'].search(
                [('key', '=like', 'website%'), ('arch_db', 'like', sample)]
            ):
                arch = view.arch_db
                for old, new in samples.items():
                    arch = arch.replace(old, new)
                view.with_context(website_id=website.id).arch_db = arch

    @api.model
    def _find_currency(self, name):
        currency = self.env['res.currency'].with_context(active_test=False)
        currency = currency.search([('name', '=', name)])
        currency.active = True
        return currency

    @api.model
    def _create_calendars(self, facts):
        calendars = {}
        year = fields.Date.today().year
        for row in facts['calendars']:
            calendar = self.env['resource.calendar'].create(
                {
                    'name': row['name'],
                    'tz': row['tz'],
                    'attendance_ids': self._prepare_attendances(row),
                }
            )
            country = self.env['res.country'].search([('code', '=', row['country'])])
            calendar._import_holidays(
                country, [year, year + 1], row.get('subdivision'), row.get('language')
            )
            calendars[row['key']] = calendar
        self.env.company.resource_calendar_id = calendars['china_early']
        return calendars

    @api.model
    def _prepare_attendances(self, row):
        def line(day, span, period):
            return Command.create(
                {
                    'name': period,
                    'dayofweek': str(day),
                    'hour_from': span[0],
                    'hour_to': span[1],
                    'day_period': period,
                }
            )

        lines = [Command.clear()]
        for day in row['days']:
            for number, span in enumerate(row['hours']):
                lines.append(line(day, span, 'afternoon' if number else 'morning'))
            lines += [line(day, span, 'lunch') for span in row['breaks']]
        return lines

    @api.model
    def _create_staff(self, facts, calendars):
        skills = {
            name: self.env['service.skill'].create({'name': name}) for name in facts['skills']
        }
        agents = {}
        for row in facts['staff']:
            manager = row.get('manager')
            groups = [
                'helpdesk_mgmt.group_helpdesk_manager'
                if manager
                else 'helpdesk_mgmt.group_helpdesk_user_team'
            ]
            if {'Billing', 'Installation'} & set(row.get('skills', ())):
                groups.append('aftercare_license.aftercare_license_group_user')
            user = self.env['res.users'].create(
                {
                    'name': row['name'],
                    'login': row['login'],
                    'password': row['login'],
                    'email': f'{row["login"]}@lotus-software.example',
                    'lang': row['lang'],
                    'tz': row['tz'],
                    'group_ids': [Command.link(self.env.ref(group).id) for group in groups],
                }
            )
            if manager:
                agents['supervisor_user'] = user
                continue
            agents[row['login']] = self._create_agent(row, user, calendars, skills)
        return agents

    @api.model
    def _create_agent(self, row, user, calendars, skills):
        regions = self.env['service.region'].search([('code', 'in', row['region_codes'])])
        return self.env['service.agent'].create(
            {
                'user_id': user.id,
                'resource_calendar_id': calendars[row['calendar']].id,
                'tz': row['tz'],
                'region_ids': [Command.set(regions.ids)],
                'skill_ids': [Command.link(skills[name].id) for name in row['skills']],
                'presence': 'available',
                'max_open_tickets': row['limit'],
                'is_default': row.get('default', False),
            }
        )

    @api.model
    def _create_teams(self, facts, agents):
        types = {}
        for row in facts['types']:
            skills = self.env['service.skill'].search([('name', 'in', row.get('skills', []))])
            types[row['key']] = self.env['helpdesk.ticket.type'].create(
                {'name': row['name'], 'skill_ids': [Command.set(skills.ids)]}
            )
        teams = {}
        for row in facts['teams']:
            users = self.env['res.users'].union(
                *(agents[login].user_id for login in row['members'])
            )
            teams[row['key']] = self.env['helpdesk.ticket.team'].create(
                {
                    'name': row['name'],
                    'assignment_method': row['method'],
                    'assign_own_agent': row.get('own', False),
                    'assign_region': row.get('region', False),
                    'assign_skills': row.get('skills', False),
                    'visibility': 'portal',
                    'user_id': agents['supervisor_user'].id,
                    'user_ids': [Command.set(users.ids)],
                    'type_ids': [Command.set([types[key].id for key in row['types']])],
                    'alias_name': f'{row["key"]}',
                    'website_slug': row['key'],
                    'is_website_form': True,
                    'website_description': f'<p>{row["intro"]}</p>',
                }
            )
        return {'teams': teams, 'types': types}

    @api.model
    def _create_policies(self, facts):
        solved = self.env['helpdesk.ticket.stage'].search(
            [('closed', '=', True), ('is_cancelled', '=', False)], limit=1
        )
        for row in facts['policies']:
            self.env['sla.policy'].create(
                {
                    'name': row['name'],
                    'res_model': 'helpdesk.ticket',
                    'target': row['target'],
                    'target_stage_id': solved.id if row['target'] == 'stage' else False,
                    'duration_hours': row['hours'],
                    'warning_hours': row['warning'],
                    **self._prepare_policy_criteria(row),
                }
            )

    @api.model
    def _prepare_policy_criteria(self, row):
        return {f'priority_{word}': True for word in row.get('priorities', [])}

    # === LANGUAGES === #
    @api.model
    def _translate(self, fields_by_model):
        """Give the records whose English text is known their name in the other languages."""
        translations = self._read_translations()
        for model, field in fields_by_model.items():
            for record in self.env[model].search([(field, 'in', list(translations))]):
                record.update_field_translations(field, translations[record[field]])

    @api.model
    def _translate_introductions(self, facts):
        """The website's introductions are translated text by text."""
        translations = self._read_translations()
        teams = self.env['helpdesk.ticket.team']
        for row in facts['teams']:
            team = teams.search([('website_slug', '=', row['key'])])
            texts = translations[row['intro']]
            team.update_field_translations(
                'website_description',
                {lang: {row['intro']: text} for lang, text in texts.items()},
            )

    @api.model
    def _read_translations(self):
        """Return {English text: {language: text}} of the languages that are installed."""
        installed = {code for code, _name in self.env['res.lang'].get_installed()}
        return {
            source: {lang: text for lang, text in texts.items() if lang in installed}
            for source, texts in json.loads(self._read('translations.json')).items()
        }

    # === TODAY === #
    @api.model
    def _set_presence(self, facts, agents):
        for row in facts['staff']:
            if row['login'] in agents:
                agents[row['login']].presence = row['presence']

    @api.model
    def _create_portal_users(self, facts):
        portal = self.env.ref('base.group_portal')
        for name, login in facts['customers'].items():
            partner = self.env['res.partner'].search([('name', '=', name)], limit=1)
            self.env['res.users'].create(
                {
                    'partner_id': partner.id,
                    'login': login,
                    'password': login,
                    'tz': facts['zones'].get(partner.country_id.code, 'UTC'),
                    'group_ids': [Command.set(portal.ids)],
                }
            )

    @api.model
    def _note_logins(self, facts):
        """Keep what ./setup/run prints."""
        rows = [
            ('Administrator', 'admin'),
            ('Supervisor (English)', 'supervisor'),
            ('Agent, East China (English)', 'chen'),
            ('Agent, South China (中文)', 'huang'),
            ('Agent, Spain (español)', 'laura'),
            ('Agent, Iran (فارسی)', 'reza'),
            ('Customer (中文)', 'customer'),
            ('Customer (English)', 'emily'),
        ]
        text = '\n'.join(f'  {role:<30} {login} / {login}' for role, login in rows)
        self.env['ir.config_parameter'].sudo().set_param('aftercare.demo_logins', text)
