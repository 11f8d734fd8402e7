from odoo import fields, models
from odoo.addons.aftercare_license.exceptions import LicenseError


class ProductProduct(models.Model):
    _inherit = 'product.product'

    # === BUSINESS METHODS === #
    def _has_renewal_price(self):
        """Tell whether the price asked for is that of one more term."""
        self.ensure_one()
        return self.product_tmpl_id._has_renewal_price()

    def _price_compute(self, price_type, uom=None, currency=None, company=None, date=False):
        """Override of `product` to start from the renewal price where one is asked for."""
        prices = super()._price_compute(
            price_type, uom=uom, currency=currency, company=company, date=date
        )
        if price_type != 'list_price':
            return prices
        company = company or self.env.company
        date = date or fields.Date.context_today(self)
        for product in self.with_company(company):
            if not product._has_renewal_price():
                continue
            price = product.renewal_price
            if uom:
                price = product.uom_id._compute_price(price, uom)
            if currency:
                price = product.currency_id._convert(price, currency, company, date)
            prices[product.id] = price
        return prices

    # === BUSINESS METHODS: DOMAIN === #
    def _parse_license_domains(self, text, units=1):
        """Return the hosts that somebody typed for licences of the product, one per line.

        :param str text: as typed
        :param int units: how many licences are bought
        :raises UserError: says in plain words what is wrong
        """
        self.ensure_one()
        lines = [line.strip() for line in (text or '').splitlines() if line.strip()]
        hosts = [self.license_policy_id._normalize_host(line) for line in lines]
        if len(hosts) > max(units, 1):
            raise LicenseError(
                self.env._(
                    "%(product)s: %(domains)s domains were entered for %(units)s licences.",
                    product=self.display_name,
                    domains=len(hosts),
                    units=units,
                ),
                'TOO_MANY_DOMAINS',
            )
        return hosts

    def _preview_license_domains(self, text, units, partner):
        """Tell what buying licences for these domains would mean.

        :return: dict fit for JSON: ``hosts`` (list of ``{'name', 'display'}``), ``warnings`` (list
            of messages), ``error`` (message or None)
        """
        self.ensure_one()
        preview = {'hosts': [], 'warnings': [], 'error': None}
        policy = self.license_policy_id
        if not policy or not policy._takes_domain():
            return preview
        try:
            hosts = self._parse_license_domains(text, units)
            self._check_license_domains_free(hosts, partner, self.env['software.license'])
        except LicenseError as error:
            return preview | {'error': str(error)}
        messages = [message for host in hosts for _code, message in policy._get_host_warnings(host)]
        return preview | {
            'hosts': [{'name': host.name, 'display': host.display} for host in hosts],
            'warnings': list(dict.fromkeys(messages)),
        }

    def _find_taken_domains(self, names):
        """Return which domains have a licence already: set of (product id, name)."""
        if not names:
            return set()
        # sudo: software.license.domain - a domain is taken whoever asks
        hosts_sudo = (
            self.env['software.license.domain']
            .sudo()
            .search_fetch(
                [
                    ('product_id', 'in', self.ids),
                    ('name', 'in', list(names)),
                    ('is_exclusive', '=', True),
                ],
                ['product_id', 'name'],
            )
        )
        return {(host.product_id.id, host.name) for host in hosts_sudo}

    def _check_license_domains_free(self, hosts, partner, own):
        """Refuse hosts that other licences of the product have.

        :param hosts: list of hosts
        :param partner: who asks; the own licences may be named in the answer
        :param own: licences that may have them
        :raises UserError: in the words of the customer
        """
        self.ensure_one()
        if not self.license_policy_id.domain_unique:
            return
        # sudo: software.license.domain - a domain is taken whoever asks
        taken_sudo = (
            self.env['software.license.domain']
            .sudo()
            .search(
                [
                    ('product_id', '=', self.id),
                    ('name', 'in', [host.name for host in hosts]),
                    ('is_exclusive', '=', True),
                    ('license_id', 'not in', own.ids),
                ],
                limit=1,
            )
        )
        if not taken_sudo:
            return
        license_sudo = taken_sudo.license_id
        if partner and license_sudo.commercial_partner_id == partner.commercial_partner_id:
            message = self.env._(
                "%(domain)s has a licence of this product already: your %(license)s. Renew that one, "
                "or choose another domain.",
                domain=taken_sudo.display,
                license=license_sudo.name,
            )
        else:
            message = self.env._(
                "%(domain)s has a licence of this product already. If the domain is yours, please "
                "contact us.",
                domain=taken_sudo.display,
            )
        raise LicenseError(message, 'DOMAIN_ALREADY_LICENSED')
