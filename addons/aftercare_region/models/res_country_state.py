from odoo import api, models, tools

from ..tools import divisions


class ResCountryState(models.Model):
    _inherit = 'res.country.state'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & {'code', 'name', 'country_id'}:
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _load_iran_provinces(self):
        """Create the provinces of Iran, which Odoo lacks, unless somebody has entered states.

        They have no XML id: addresses use them, so they stay when this addon goes.
        """
        iran = self.env.ref('base.ir')
        if not self.search_count([('country_id', '=', iran.id)], limit=1):
            self.create(
                [
                    {'country_id': iran.id, 'code': code, 'name': names[0]}
                    for code, names in divisions.IRAN.items()
                ]
            )

    @api.model
    def _find_division(self, country_id, code=None, name=None):
        """Find a subdivision of a country by what IP databases call it.

        :param int country_id: id of the country
        :param str code: ISO 3166-2 code, with or without the country in front
        :param str name: in English, the country's language or Chinese
        :return: ISO 3166-2 code without country and ids of the states it covers (several for a
            community of Spain); ``(None, ())`` when unknown
        :rtype: tuple(str, tuple)
        """
        if not country_id:
            return None, ()
        index = self._get_divisions(country_id)
        found = code and index.get(_code_key(code))
        if not found and name:
            exact, loose = divisions.name_keys(name)
            found = next((index[key] for key in (*exact, *loose) if key in index), None)
        return found or (None, ())

    @api.model
    @tools.ormcache('country_id')
    def _get_divisions(self, country_id):
        """Return ``{key: (ISO code, ids of states)}`` for the codes and names of a country."""
        # sudo: res.country.state - visitors are located too, and nothing here is secret
        country_sudo = self.env['res.country'].sudo().browse(country_id)
        states_sudo = self.sudo().search_fetch([('country_id', '=', country_id)], ['code', 'name'])
        country_code = country_sudo.code
        iso_codes = states_sudo._get_iso_codes(country_code)
        places = {state.id: (iso_codes[state.id], (state.id,)) for state in states_sudo}
        further_names = divisions.NAMES.get(country_code, {})
        exact, loose = {}, {}

        def add(place, codes, names):
            for code in codes:
                exact.setdefault(_code_key(code), place)
            for name in names:
                exact_keys, loose_keys = divisions.name_keys(name)
                for key in exact_keys:
                    exact.setdefault(key, place)
                for key in loose_keys:
                    loose.setdefault(key, set()).add(place)

        for state in states_sudo:
            add(places[state.id], [iso_codes[state.id], state.code], [state.name])
        for state in states_sudo:
            if country_code == 'CN' and iso_codes[state.id] in divisions.CHINA:
                number, *names = divisions.CHINA[iso_codes[state.id]]
                add(places[state.id], [number], names)
            add(places[state.id], [], further_names.get(iso_codes[state.id], ()))
        id_by_code = {state.code: state.id for state in states_sudo}
        for code, (names, members) in divisions.GROUPS.get(country_code, {}).items():
            ids = tuple(id_by_code[member] for member in members if member in id_by_code)
            if ids:
                add((code, ids), [code], names)
        unambiguous = {key: places.pop() for key, places in loose.items() if len(places) == 1}
        return unambiguous | exact

    def _get_iso_codes(self, country_code):
        """Return the ISO 3166-2 codes of states of one country, without the country, by id."""
        letters = self._get_china_letters() if country_code == 'CN' else {}
        renamed = divisions.ISO_CODES.get(country_code, {})
        prefix = f'{country_code}-'
        return {
            state.id: letters.get(state.id)
            or renamed.get(state.code)
            or state.code.upper().removeprefix(prefix)
            for state in self
        }

    def _get_china_letters(self):
        """Return the ISO letters of provinces by id; in Odoo the XML id alone has them."""
        # sudo: ir.model.data - the XML ids of public data
        xmlids_sudo = (
            self.env['ir.model.data']
            .sudo()
            .search_fetch(
                [
                    ('module', '=', 'base'),
                    ('model', '=', 'res.country.state'),
                    ('name', '=like', r'state\_cn\_%'),
                ],
                ['name', 'res_id'],
            )
        )
        letters = {xmlid.res_id: xmlid.name.removeprefix('state_cn_') for xmlid in xmlids_sudo}
        return {
            state.id: letters.get(state.id) or divisions.china_letters(state.name) for state in self
        }


def _code_key(code):
    return '#' + code.upper().rpartition('-')[2]
