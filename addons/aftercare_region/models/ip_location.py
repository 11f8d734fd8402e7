from odoo import api, models


class IpLocation(models.AbstractModel):
    """Where in the world an IP address is used."""

    _name = 'ip.location'
    _description = "IP Location"

    @api.model
    def locate(self, ip):
        """Locate an address.

        :param str ip: IPv4 or IPv6 address; anything else is unknown, never an error
        :return: dict ``country_code``, ``state_code`` (ISO 3166-2 letters), ``source``;
            None where unknown
        """
        return {'country_code': None, 'state_code': None, 'source': None}

    @api.model
    def _get_country_state(self, ip):
        """Return ``(res.country, res.country.state)`` of an address, empty where unknown."""
        return self.env['res.country'], self.env['res.country.state']
