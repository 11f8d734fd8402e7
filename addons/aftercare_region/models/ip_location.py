import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.http import GeoIP, request

from ..tools import ip_table
from ..tools.ip_files import Location

_logger = logging.getLogger(__name__)


class IpLocation(models.AbstractModel):
    """Where in the world an IP address is used."""

    _name = 'ip.location'
    _description = "IP Location"

    # === BUSINESS METHODS === #

    @api.model
    def locate(self, ip):
        """Locate an address.

        The first source that knows the country decides it; a later one may add the state when it
        agrees about the country.

        :param str ip: IPv4 or IPv6 address; anything else is unknown, never an error
        :return: dict ``country_code`` (ISO 3166-1 letters), ``state_code`` (ISO 3166-2 code
            without the country) and ``source`` (codes of the sources, joined by +); None where
            unknown
        """
        country_code, state_code, used = self._locate(ip)
        return {
            'country_code': country_code,
            'state_code': state_code,
            'source': '+'.join(used) or None,
        }

    @api.model
    def _locate(self, ip):
        """Return the country code, the state code and the list of the sources they come from."""
        country_code = state_code = None
        used = []
        for answer in self._ask_sources(ip):
            if not answer['country_code']:
                continue
            if not country_code:
                country_code = answer['country_code']
                used.append(answer['source'])
                state_code = answer['state_code']
            elif country_code == answer['country_code'] and answer['state_code']:
                used.append(answer['source'])
                state_code = answer['state_code']
            if state_code:
                break
        return country_code, state_code, used

    @api.model
    def _get_country_state(self, ip):
        """Return ``(res.country, res.country.state)`` of an address, empty where unknown."""
        location = self.locate(ip)
        country, states = self.env['res.country']._find_place(
            location['country_code'], location['state_code']
        )
        return country, states if len(states) == 1 else states.browse()

    @api.model
    def _ask_sources(self, ip):
        """Ask one source after the other about an address, lazily.

        :return: generator of dicts ``source``, ``country_code``, ``state_code``, ``error`` (text)
        """
        address = ip_table.parse(ip)
        if address is None:
            return
        for source, find in self._get_sources():
            country_code = state_code = error_text = None
            try:
                country_code, state_code = find(address)
            except Exception as error:  # a broken file must not stop a registration
                _logger.debug("IP source %s failed", source, exc_info=True)
                error_text = str(error) or type(error).__name__
            yield {
                'source': source,
                'country_code': country_code,
                'state_code': state_code,
                'error': error_text,
            }

    @api.model
    def _get_sources(self):
        """Return the sources in the order in which they are asked.

        :return: list of tuples: name, function from an ``ipaddress`` object to
            ``(country code, state code)``
        """
        return [
            *self.env['ip.location.source']._get_finders(),
            ('bundled', ip_table.lookup_address),
            ('geoip', self._find_in_geoip),
        ]

    @api.model
    def _get_source_label(self, source):
        """Return the name for people of a source; that of a file is its label already."""
        if source == 'bundled':
            return self.env._("Bundled table")
        if source == 'geoip':
            return self.env._("Odoo's GeoIP database")
        return source

    @api.model
    def _find_in_geoip(self, address):
        geoip = GeoIP(str(address))
        divisions = [(part.iso_code, part.name) for part in geoip.subdivisions]
        return self._get_codes(Location(geoip.country.iso_code, divisions))

    @api.model
    def _get_codes(self, location):
        """Return the codes of a `Location`, the state that of the smallest division Odoo knows.

        A division that Odoo does not know counts by its code, if the source gives one.
        """
        if not location or not location.country_code:
            return None, None
        country = self.env['res.country']._find_place(location.country_code)[0]
        State = self.env['res.country.state']
        for code, name in reversed(location.divisions):
            iso_code, state_ids = State._find_division(country.id, code, name)
            if state_ids:
                return location.country_code, iso_code
        codes = [code for code, _name in location.divisions if code]
        return location.country_code, codes[-1] if codes else None

    @api.model
    def _get_request_ip(self):
        """Return the address of the visitor, None outside of a request.

        Behind a proxy Odoo's ``proxy_mode`` decides whose word counts; without it a header such
        as ``X-Forwarded-For`` is not believed.
        """
        return request.httprequest.remote_addr if request else None

    @api.model
    def _get_attributions(self):
        """Return the credits to show beside results, as a list of ``(text, address)``."""
        credits = [
            *self.env['ip.location.source']._get_attributions(),
            (self.env._("IP data by NRO (CC BY 4.0)"), 'https://www.nro.net'),
            ("ip2region", 'https://github.com/lionsoul2014/ip2region'),
        ]
        return list(dict.fromkeys(credits))

    # --- Retention --- #

    @api.model
    def _get_retention_days(self):
        """Return for how many days records keep the IP address of a person; 0 is for ever."""
        # sudo: ir.config_parameter - a number of days, needed by scheduled actions of any addon
        parameters_sudo = self.env['ir.config_parameter'].sudo()
        value = parameters_sudo.get_param('aftercare_region.ip_retention_days')
        try:
            return max(0, int(value))
        except (TypeError, ValueError):
            return 0

    @api.model
    def _get_retention_date(self):
        """Return the time (naive UTC) before which IP addresses are erased, False for never."""
        days = self._get_retention_days()
        return days and fields.Datetime.now() - timedelta(days=days)
