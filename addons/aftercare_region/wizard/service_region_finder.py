from odoo import api, fields, models

from ..tools import ip_table


class ServiceRegionFinder(models.TransientModel):
    """Tells which region serves an IP address or a customer, and why; changes nothing."""

    _name = 'service.region.finder'
    _description = "Find Region"

    mode = fields.Selection(
        selection=[('ip', "IP address"), ('partner', "Customer")], default='ip', required=True
    )
    ip = fields.Char(string="IP Address")
    partner_id = fields.Many2one('res.partner', string="Customer")
    region_id = fields.Many2one('service.region', compute='_compute_explanation')
    explanation = fields.Html(compute='_compute_explanation', sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends('mode', 'ip', 'partner_id')
    @api.depends_context('lang')
    def _compute_explanation(self):
        for finder in self:
            steps = []
            if finder.mode == 'ip' and (finder.ip or '').strip():
                finder.region_id, steps = finder._explain_ip(finder.ip.strip())
            elif finder.mode == 'partner' and finder.partner_id:
                finder.region_id, steps = finder._explain_partner(finder.partner_id)
            else:
                finder.region_id = False
            finder.explanation = bool(steps) and self.env['ir.qweb']._render(
                'aftercare_region.service_region_finder_explanation',
                {
                    'region': finder.region_id,
                    'steps': steps,
                    'attributions': finder.mode == 'ip'
                    and self.env['ip.location']._get_attributions(),
                },
            )

    # === BUSINESS METHODS === #

    @api.model
    def _explain_ip(self, ip):
        """Return the region of an IP address and the steps that lead to it.

        A step is a dict: ``title``, ``text``, ``kind`` ('good', 'bad', 'muted'), ``country``.
        """
        steps = [self._get_address_step(ip)]
        country_code, state_code, used = self.env['ip.location']._locate(ip)
        steps += [
            self._get_source_step(answer, country_code, used)
            for answer in self.env['ip.location']._ask_sources(ip)
        ]
        country, states = self.env['res.country']._find_place(country_code, state_code)
        region = self.env['service.region'].find_by_ip(ip)
        return region, steps + self._get_match_steps(country, states)

    @api.model
    def _explain_partner(self, partner):
        """Return the region that serves a partner and the steps that lead to it."""
        Region = self.env['service.region']
        region = Region._find_by_partner(partner)
        country, state = partner.country_id or partner.state_id.country_id, partner.state_id
        steps = [
            {
                'title': self.env._("Address"),
                'text': ", ".join(filter(None, (state.name, country.name)))
                or self.env._("%(partner)s has no country.", partner=partner.display_name),
                'kind': 'good' if country else 'muted',
                'country': country,
            }
        ]
        if country:
            steps += self._get_match_steps(country, state)
        matched_id = Region._match(country.id, state.ids)[0]
        company = partner.parent_id if partner.region_id else partner.commercial_partner_id
        if region and region.id != matched_id and region == company.region_id:
            text = self.env._("Served like the company %(company)s.", company=company.display_name)
        elif region and region.id != matched_id and region == partner.region_id:
            text = self.env._(
                "%(region)s is set on the customer, that counts.", region=region.complete_name
            )
        else:
            return region, steps if country else [*steps, self._get_default_step()]
        return region, [*steps, {'title': self.env._("Customer"), 'text': text, 'kind': 'good'}]

    # --- Steps --- #

    @api.model
    def _get_address_step(self, ip):
        address = ip_table.parse(ip)
        step = {'title': ip[: ip_table.MAX_LENGTH], 'kind': 'good'}
        if address is None:
            return step | {'text': self.env._("This is not an IP address."), 'kind': 'bad'}
        if not address.is_global:
            return step | {
                'text': self.env._(
                    "A private or reserved address: it is used in no particular place."
                ),
                'kind': 'muted',
            }
        if str(address) != ip and address.version == 4:
            return step | {
                'text': self.env._("The IPv4 address %(ip)s, written as IPv6.", ip=address)
            }
        return step | {'text': self.env._("An IPv%(version)s address.", version=address.version)}

    @api.model
    def _get_source_step(self, answer, country_code, used):
        step = {
            'title': self.env['ip.location']._get_source_label(answer['source']),
            'kind': 'muted',
        }
        if answer['error']:
            return step | {
                'text': self.env._("Cannot be used: %(error)s", error=answer['error']),
                'kind': 'bad',
            }
        if not answer['country_code']:
            return step | {'text': self.env._("Does not know this address.")}
        country, states = self.env['res.country']._find_place(
            answer['country_code'], answer['state_code']
        )
        state_name = states.name if len(states) == 1 else answer['state_code']
        step |= {
            'country': country,
            'text': ', '.join(filter(None, (state_name, country.name or answer['country_code']))),
        }
        if answer['source'] == used[0]:
            return step | {'kind': 'good', 'remark': self.env._("decides")}
        if answer['source'] in used:
            return step | {'kind': 'good', 'remark': self.env._("adds the state")}
        if answer['country_code'] != country_code:
            return step | {'remark': self.env._("disagrees")}
        return step | {'remark': self.env._("agrees")}

    @api.model
    def _get_match_steps(self, country, states):
        """Return the step from a place to its region, then the default region if need be."""
        region_id, how = self.env['service.region']._match(country.id, states.ids)
        region = self.env['service.region'].browse(region_id)
        state_names = ", ".join(states.mapped('name'))
        names = {
            'region': region.complete_name,
            'state': state_names,
            'country': country.name,
        }
        if how == 'state':
            text = self.env._("%(region)s contains %(state)s.", **names)
        elif how == 'country' and states:
            text = self.env._(
                "No region names %(state)s; %(region)s is all of %(country)s.", **names
            )
        elif how == 'country':
            text = self.env._("%(region)s is all of %(country)s.", **names)
        elif how == 'area':
            text = self.env._(
                "%(country)s has no region of its own; %(region)s contains it.", **names
            )
        elif country:
            text = self.env._("No region contains %(country)s.", **names)
        else:
            text = self.env._("Without a country no region can match.")
        step = {'title': self.env._("Matching"), 'text': text, 'kind': 'good' if region else 'bad'}
        return [step] if region else [step, self._get_default_step()]

    @api.model
    def _get_default_step(self):
        region = self.env['service.region']._get_default()
        if not region:
            return {
                'title': self.env._("Default region"),
                'text': self.env._("None is chosen in the settings."),
                'kind': 'muted',
            }
        return {
            'title': self.env._("Default region"),
            'text': self.env._("%(region)s, from the settings.", region=region.complete_name),
            'kind': 'good',
        }
