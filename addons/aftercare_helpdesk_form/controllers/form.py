import json

import pytz

from odoo import fields
from odoo.addons.aftercare_helpdesk_website.controllers.form import HelpdeskForm
from odoo.http import request

from .. import utils
from ..conditions import get_applicable_names, is_filled


class HelpdeskPropertyForm(HelpdeskForm):
    """The public form with the extra fields the team asks its customers for."""

    def _prepare_form(self, team_sudo, post):
        """Override of `aftercare_helpdesk_website`: what was typed into the extra fields."""
        form = super()._prepare_form(team_sudo, post)
        asked = team_sudo._get_asked_properties()
        if request.httprequest.method == 'POST':
            sent = request.httprequest.form
            form['properties'] = {
                definition['name']: utils.clean(
                    definition, sent.getlist(f'property_{definition["name"]}')
                )
                for definition in asked
            }
        else:
            form['properties'] = {
                definition['name']: self._get_default_property(definition) for definition in asked
            }
        return form

    def _get_default_property(self, definition):
        """Return the default of a field as the form shows it."""
        value = definition.get('default')
        if definition['type'] == 'datetime' and value:
            zone = pytz.timezone(self._get_time_zone())
            moment = pytz.utc.localize(fields.Datetime.to_datetime(value)).astimezone(zone)
            return moment.strftime('%Y-%m-%dT%H:%M')
        return value

    def _render_form(self, team_sudo, form, errors=None, status=200):
        """Override of `aftercare_helpdesk_website`: the extra fields, and when they apply."""
        response = super()._render_form(team_sudo, form, errors, status)
        rules, values = team_sudo._get_website_property_rules()
        asked = team_sudo._get_asked_properties()
        for definition in asked:
            rule = definition.pop('rule')
            conditions = ('type_ids', 'category_ids', 'channel_ids', 'parent')
            definition['is_unconditional'] = not any(rule[name] for name in conditions)
        # Nothing but the conditions: what else the team has set is not the visitor's business
        rules = [
            {name: value for name, value in rule.items() if name not in ('required', 'access')}
            for rule in rules
        ]
        response.qcontext.update(
            asked_properties=asked,
            property_rules=json.dumps(
                {'rules': rules, 'values': values, 'channel': self._get_web_channel_id()}
            ),
        )
        return response

    def _check_fields(self, team_sudo, form):
        """Override of `aftercare_helpdesk_website`: check the extra fields that apply."""
        values, errors = super()._check_fields(team_sudo, form)
        asked = team_sudo._get_asked_properties()
        if not asked:
            return values, errors
        rules, stored = team_sudo._get_website_property_rules()
        found = self._parse_properties(asked, form, stored)
        applicable = get_applicable_names(
            rules,
            stored,
            type_id=values.get('type_id', False),
            category_id=values.get('category_id', False),
            channel_id=self._get_web_channel_id(),
        )
        properties = {}
        for definition in asked:
            name = definition['name']
            if name not in applicable:
                continue
            properties[name] = stored[name]
            if name in found:
                errors[f'property_{name}'] = found[name]
            elif definition['is_required'] and not is_filled(definition['type'], stored[name]):
                errors[f'property_{name}'] = request.env._("Please fill this in.")
        return {**values, 'properties': properties}, errors

    def _parse_properties(self, asked, form, stored):
        """Read what was typed into the extra fields.

        :param dict stored: gets the values as a ticket stores them
        :return: the errors by name of the field
        """
        zone = self._get_time_zone()
        errors = {}
        for definition in asked:
            name = definition['name']
            value = form['properties'][name]
            try:
                stored[name] = utils.parse(definition, value, zone)
            except utils.BadValue as error:
                errors[name] = request.env._(error.args[0])
                # Something was chosen: what depends on it must not vanish with the mistake
                stored[name] = value
        return errors

    def _get_web_channel_id(self):
        """Return the channel tickets of the form come in by."""
        channel = request.env.ref(
            'helpdesk_mgmt.helpdesk_ticket_channel_web', raise_if_not_found=False
        )
        return channel.id if channel else False

    def _get_time_zone(self):
        """Return the time zone the visitor's moments are meant in."""
        # sudo: res.company - where the company is; the cookie is set by the website's scripts
        company_sudo = request.env.company.sudo()
        names = (request.env.user.tz, request.cookies.get('tz'), company_sudo.partner_id.tz)
        return next((name for name in names if name in pytz.all_timezones_set), 'UTC')
