from collections import namedtuple
from contextlib import contextmanager

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools import divisions

# Ids of regions by the id of the place they name: a state, a country, one of several countries
RegionIndex = namedtuple('RegionIndex', ('states', 'countries', 'areas'))


class ServiceRegion(models.Model):
    """A part of the world served by the same people."""

    _name = 'service.region'
    _description = "Service Region"
    _parent_store = True
    _order = 'sort_key, id'
    _rec_names_search = ['name', 'code']

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(compute='_compute_complete_name', recursive=True)
    tree_name = fields.Char(string="Region", compute='_compute_tree_name')
    coverage = fields.Char(compute='_compute_coverage')
    code = fields.Char(
        index='btree_not_null',
        copy=False,
        help="Short name for imports and for other programs.",
    )
    parent_id = fields.Many2one('service.region', string="Part of", index=True, ondelete='restrict')
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many('service.region', 'parent_id', string="Sub-regions")
    country_id = fields.Many2one(
        'res.country',
        index='btree_not_null',
        help="The region is this country, or the states of it named below.",
    )
    state_ids = fields.Many2many(
        'res.country.state',
        string="States",
        domain="[('country_id', '=', country_id)] if country_id else []",
    )
    country_ids = fields.Many2many(
        'res.country',
        string="Countries",
        help="For a region of several countries, like a continent. A region of a single country "
        "comes before it.",
    )
    sequence = fields.Integer(default=10)
    sort_key = fields.Char(compute='_compute_sort_key', store=True, recursive=True, index=True)
    active = fields.Boolean(default=True)
    note = fields.Text(string="Notes")
    partner_count = fields.Integer(
        string="Customers",
        compute='_compute_partner_count',
        help="Customers of this region and of its sub-regions.",
    )

    _code_uniq = models.Constraint('UNIQUE(code)', "The code of a region must be unique.")

    # === COMPUTE METHODS === #

    @api.depends('name', 'parent_id.complete_name')
    @api.depends_context('lang')
    def _compute_complete_name(self):
        for region in self:
            names = filter(None, (region.parent_id.complete_name, region.name))
            region.complete_name = ' / '.join(names)

    @api.depends('name', 'parent_path')
    @api.depends_context('lang')
    def _compute_tree_name(self):
        """Indent the name by the depth in the tree, for lists in the order of the tree."""
        for region in self:
            depth = max(0, (region.parent_path or '').count('/') - 1)
            region.tree_name = '\N{EM SPACE}' * 2 * depth + (region.name or '')

    @api.depends('country_id', 'country_ids', 'state_ids')
    @api.depends_context('lang')
    def _compute_coverage(self):
        """Say in one line which places belong to the region."""
        for region in self:
            if region.state_ids:
                region.coverage = ", ".join(region.state_ids.mapped('name'))
            elif region.country_id:
                region.coverage = region.country_id.name
            elif region.country_ids:
                region.coverage = self.env._("%(count)s countries", count=len(region.country_ids))
            else:
                region.coverage = False

    @api.depends('sequence', 'parent_id.sort_key')
    def _compute_sort_key(self):
        """Order the regions like a tree: each one after its parent, brothers by sequence."""
        for region in self:
            own_key = f'{max(0, region.sequence):06d}-{region._origin.id or 0:08d}'
            region.sort_key = f'{region.parent_id.sort_key or ""}/{own_key}'

    def _compute_partner_count(self):
        counts = dict(
            self.env['res.partner']._read_group(
                [('region_id', 'child_of', self.ids)], ['region_id'], ['__count']
            )
        )
        paths = [(region.parent_path, count) for region, count in counts.items()]
        for region in self:
            path = region.parent_path
            region.partner_count = path and sum(n for p, n in paths if p.startswith(path))

    # === CONSTRAINT METHODS === #

    @api.constrains('country_id', 'state_ids')
    def _check_state_ids(self):
        for region in self:
            if region.country_id and region.state_ids.country_id - region.country_id:
                raise ValidationError(
                    self.env._(
                        "All states of the region %(region)s must lie in %(country)s.",
                        region=region.name,
                        country=region.country_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        with self._partners_follow():
            return super().create(vals_list)

    def write(self, vals):
        if vals.keys().isdisjoint(self._get_matching_fields()):
            return super().write(vals)
        with self._partners_follow():
            return super().write(vals)

    def unlink(self):
        # sudo: res.partner - all customers of the region get another one, whoever may see them
        partners_sudo = self.env['res.partner'].sudo().with_context(active_test=False)
        partners_sudo = partners_sudo.search([('region_id', 'in', self.ids)])
        result = super().unlink()
        self.env.registry.clear_cache()
        self.env.add_to_compute(partners_sudo._fields['region_id'], partners_sudo)
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if 'name' in (default or {}):
            return vals_list
        return [
            dict(vals, name=self.env._("%s (copy)", region.name))
            for region, vals in zip(self, vals_list, strict=True)
        ]

    # === ACTION METHODS === #

    def action_view_partners(self):
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('contacts.action_contacts')
        return action | {
            'name': self.env._("Customers of %(region)s", region=self.name),
            'domain': [('region_id', 'child_of', self.id)],
            'context': {'default_region_id': self.id},
            'path': False,
        }

    # === BUSINESS METHODS === #

    @api.model
    def find_by_ip(self, ip):
        """Find the region of an IP address.

        :param str ip: IPv4 or IPv6 address; anything else is unknown, never an error
        :return: the most specific region; the default region of the settings where none matches;
            empty without one
        """
        location = self.env['ip.location'].locate(ip)
        region = self._find_by_location(location['country_code'], location['state_code'])
        return region or self._get_default()

    @api.model
    def _find_by_location(self, country_code, state_code=None):
        """Find the region of a place.

        :param str country_code: ISO 3166-1 letters
        :param str state_code: ISO 3166-2 code without the country
        :return: the most specific region, empty when none matches
        """
        country, states = self.env['res.country']._find_place(country_code, state_code)
        return self.browse(self._match(country.id, states.ids)[0])

    @api.model
    def _find_by_partner(self, partner):
        """Find the region that serves a partner.

        :return: the region of the partner, of his company, or the default region; else empty
        """
        # sudo: res.partner, service.region - whoever opens a ticket gets a region
        partner_sudo = partner.sudo()
        region = partner_sudo.region_id or partner_sudo.commercial_partner_id.region_id
        return self.browse(region.filtered('active').id) or self._get_default()

    @api.model
    def _get_default(self):
        """Return the region for those whom no region matches, empty when none is set."""
        # sudo: ir.config_parameter, service.region - visitors get a region as well
        parameters_sudo = self.env['ir.config_parameter'].sudo()
        value = parameters_sudo.get_param('aftercare_region.default_region_id', '')
        if not value.isdecimal():
            return self.browse()
        return self.browse(self.sudo().search([('id', '=', int(value))]).id)

    def _is_part_of(self, region):
        """Tell whether this region is the other one or lies in it."""
        return bool(self and region and (self.parent_path or '').startswith(region.parent_path))

    @api.model
    def _load_iran_regions(self):
        """Create the start set for Iran, with as many of the provinces as there are states."""
        State = self.env['res.country.state']
        State._load_iran_provinces()
        iran = self.env.ref('base.ir')
        data_list = []
        for suffix, name, code, provinces in divisions.IRAN_REGIONS:
            places = [
                State._find_division(iran.id, province, divisions.IRAN[province][0])[1]
                for province in provinces
            ]
            if state_ids := [state_id for ids in places for state_id in ids]:
                values = {
                    'name': name,
                    'code': code,
                    'sequence': 10 * (len(data_list) + 1),
                    'parent_id': self.env.ref('aftercare_region.service_region_ir').id,
                    'country_id': iran.id,
                    'state_ids': state_ids,
                }
                xmlid = f'aftercare_region.service_region_ir_{suffix}'
                data_list.append({'xml_id': xmlid, 'values': values, 'noupdate': True})
        self._load_records(data_list)

    # --- Matching --- #

    @api.model
    def _get_matching_fields(self):
        """Return the fields that decide which places belong to a region."""
        return {
            'active', 'country_id', 'country_ids', 'state_ids', 'parent_id', 'sequence'
        }  # fmt: skip

    @api.model
    def _match(self, country_id, state_ids=(), index=None):
        """Find the most specific region of a place.

        :param int country_id: id of the country
        :param state_ids: ids of states of it; when they belong to different regions, the region
            of the country is the answer
        :param RegionIndex index: the regions to choose from, by default those of the database
        :return: id of the region, False when none matches; and whether it names the 'state', the
            'country' or several countries ('area')
        :rtype: tuple(int, str)
        """
        index = index or self._get_index()
        matches = {self._match_one(country_id, state_id, index) for state_id in state_ids}
        if len(matches) == 1:
            return matches.pop()
        return self._match_one(country_id, False, index)

    @api.model
    def _match_one(self, country_id, state_id, index):
        states, countries = self._get_same_places(country_id, state_id)
        for ids, regions, how in (
            (states, index.states, 'state'),
            (countries, index.countries, 'country'),
            (countries, index.areas, 'area'),
        ):
            for place_id in ids:
                if place_id in regions:
                    return regions[place_id], how
        return False, None

    @api.model
    def _get_same_places(self, country_id, state_id):
        """Return the ids of states and countries that stand for a place, the best first.

        Hong Kong, Macao and Taiwan are states of China and countries: an address may use either
        form, a region too.
        """
        country_ids = self.env['res.country']._get_province_country_ids()
        if state_id in country_ids:
            return [state_id], [country_ids[state_id], country_id]
        twins = [province for province, twin in country_ids.items() if twin == country_id]
        return [*filter(None, [state_id]), *twins], [country_id]

    @api.model
    @tools.ormcache()
    def _get_index(self):
        """Return which region each place belongs to.

        Where several regions name the same place, the one deeper in the tree comes first.
        """
        # sudo: service.region - visitors get a region without reading the list of regions
        regions_sudo = (
            self.sudo()
            .search([('active', '=', True)])
            .sorted(lambda r: -(r.parent_path or '').count('/'))
        )
        index = RegionIndex({}, {}, {})
        for region in regions_sudo:
            for state in region.state_ids:
                index.states.setdefault(state.id, region.id)
            if region.country_id and not region.state_ids:
                index.countries.setdefault(region.country_id.id, region.id)
            for country in region.country_ids:
                index.areas.setdefault(country.id, region.id)
        return index

    # --- Partners --- #

    @contextmanager
    def _partners_follow(self):
        """Move the partners whose address belongs to another region after a change.

        A region that was chosen by hand differs from the one that the address had before, and
        stays.
        """
        before = self._get_index()
        yield
        self.env.flush_all()
        self.env.registry.clear_cache()
        after = self._get_index()
        if before == after:
            return
        # sudo: res.partner - all customers follow, whoever may see them
        Partner = self.env['res.partner'].sudo().with_context(active_test=False)
        groups = Partner._read_group(
            [('country_id', 'in', self._get_changed_country_ids(before, after))],
            ['country_id', 'state_id', 'region_id'],
        )
        for country, state, region in groups:
            old_id = self._match(country.id, state.ids, before)[0]
            new_id = self._match(country.id, state.ids, after)[0]
            if old_id != new_id and region.id == old_id:
                partners = Partner.search(
                    [
                        ('country_id', '=', country.id),
                        ('state_id', '=', state.id),
                        ('region_id', '=', region.id),
                    ]
                )
                partners.region_id = new_id

    @api.model
    def _get_changed_country_ids(self, before, after):
        """Return the ids of the countries in which some place has another region now."""
        changed = [
            {
                place_id
                for place_id in old.keys() | new.keys()
                if old.get(place_id) != new.get(place_id)
            }
            for old, new in zip(before, after, strict=True)
        ]
        state_ids, *country_ids = changed
        states = self.env['res.country.state'].browse(state_ids).exists()
        twins = self.env['res.country']._get_province_country_ids()
        country_ids = set().union(*country_ids, states.country_id.ids)
        # what happens to Hong Kong concerns addresses that write it as a state of China, and back
        for province, twin_id in twins.items():
            china_id = states.browse(province).country_id.id
            if twin_id in country_ids or province in state_ids:
                country_ids |= {twin_id, china_id}
        return list(country_ids)
