from odoo import api, fields, models


class ServiceRegion(models.Model):
    """A part of the world served by the same people."""

    _name = 'service.region'
    _description = "Service Region"
    _parent_store = True
    _order = 'sequence, name, id'
    _rec_names_search = ['name', 'code']

    name = fields.Char(required=True, translate=True)
    code = fields.Char(index='btree_not_null')
    parent_id = fields.Many2one('service.region', index=True, ondelete='restrict')
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many('service.region', 'parent_id', string="Sub-regions")
    country_id = fields.Many2one('res.country', index='btree_not_null')
    state_ids = fields.Many2many('res.country.state', string="States")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    # === BUSINESS METHODS === #

    @api.model
    def find_by_ip(self, ip):
        """Return the most specific region of an IP address, empty when none matches."""
        location = self.env['ip.location'].locate(ip)
        return self._find_by_location(location['country_code'], location['state_code'])

    @api.model
    def _find_by_location(self, country_code, state_code=None):
        """Return the most specific region of a place, empty when none matches.

        :param str country_code: ISO 3166-1 letters
        :param str state_code: ISO 3166-2 letters without the country
        """
        return self.browse()

    @api.model
    def _find_by_partner(self, partner):
        """Return the region that serves a partner, empty when none matches."""
        return partner.region_id or partner.commercial_partner_id.region_id
