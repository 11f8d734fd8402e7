from odoo import api, models, tools

from ..tools import divisions


class ResCountry(models.Model):
    _inherit = 'res.country'

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache()
    def _get_ids_by_code(self):
        # sudo: res.country - visitors are located too, and nothing here is secret
        return {country.code: country.id for country in self.sudo().search_fetch([], ['code'])}

    @api.model
    def _find_place(self, country_code, state_code=None):
        """Return the country and states of ISO codes, empty where unknown.

        Several states are meant where the code is that of a group of states, as the communities
        of Spain are.

        :param str country_code: ISO 3166-1 letters
        :param str state_code: ISO 3166-2 code, with or without the country in front
        :rtype: tuple(res.country, res.country.state)
        """
        country = self.browse(self._get_ids_by_code().get((country_code or '').upper()))
        states = self.env['res.country.state']
        if country and state_code:
            states = states.browse(states._find_division(country.id, code=state_code)[1])
        return country, states

    @api.model
    @tools.ormcache()
    def _get_province_country_ids(self):
        """Return the countries that are states of China in Odoo, by the ids of these states."""
        ids_by_code = self._get_ids_by_code()
        State = self.env['res.country.state']
        return {
            state_id: ids_by_code[code]
            for code in divisions.CHINA_COUNTRIES
            if code in ids_by_code
            for state_id in State._find_division(ids_by_code.get('CN'), code=code)[1]
        }

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if 'code' in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
