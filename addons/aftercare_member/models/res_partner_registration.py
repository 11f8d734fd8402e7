import ipaddress
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = 'res.partner'

    registration_ip = fields.Char(
        string="Registration IP",
        copy=False,
        readonly=True,
        groups='aftercare_base.aftercare_base_group_user',
        help="Cleared after the number of days set for IP addresses in the settings.",
    )
    registration_place = fields.Char(
        compute='_compute_registration_place', groups='aftercare_base.aftercare_base_group_user'
    )
    registration_credits = fields.Char(
        string="IP Data",
        compute='_compute_registration_place',
        groups='aftercare_base.aftercare_base_group_user',
    )
    region_corrected_date = fields.Datetime(
        string="Region Corrected",
        copy=False,
        readonly=True,
        help="When the member corrected the region; the agent follows the first time only.",
    )
    terms_accepted_date = fields.Datetime(string="Terms Accepted", copy=False, readonly=True)

    _registration_ip_idx = models.Index('(member_since) WHERE registration_ip IS NOT NULL')

    # === COMPUTE METHODS === #

    @api.depends('registration_ip')
    def _compute_registration_place(self):
        location = self.env['ip.location']
        for partner in self:
            names, credits = [], []
            if partner.registration_ip:
                country, state = location._get_country_state(partner.registration_ip)
                names = [name for name in (state.name, country.name) if name]
                credits = [text for text, _address in location._get_attributions()]
            partner.registration_place = ', '.join(names)
            # the licences of the data ask for it wherever what they say is shown
            partner.registration_credits = ' · '.join(credits) if names else False

    # === BUSINESS METHODS: registration === #

    def _register_member(self, ip=None, is_confirmed=False):
        """Make the partner of a fresh account a member.

        :param str ip: where the visitor came from; anything that is no address counts as unknown
        :param bool is_confirmed: whether a link that was sent there proves the e-mail address
        """
        self.ensure_one()
        ip = self._normalize_ip(ip)
        vals = {'is_member': True, 'registration_ip': ip}
        country, _state = self.env['ip.location']._get_country_state(ip)
        # the account is a copy of a template, with its empty region
        self.env.add_to_compute(self._fields['region_id'], self)
        # who says he lives elsewhere than where the address points to is believed
        if not self.country_id or self.country_id == country:
            region = self.env['service.region'].find_by_ip(ip)
            vals['region_id'] = region.id or self.region_id.id
        self.write(vals)
        # sudo: member.invitation, member.welcome.bonus - follow from the registration
        self.env['member.invitation'].sudo()._accept_registered(self)
        self._follow_score()  # there may be a level that every member has
        self.env['notification.event']._notify('member_registered', self)
        self.env['member.welcome.bonus'].sudo()._offer(self, ip, is_confirmed)

    @api.model
    def _normalize_ip(self, ip):
        """Return the usual text of an IP address, False when it is none."""
        try:
            address = ipaddress.ip_address((ip or '').strip())
        except ValueError:
            return False
        return str(getattr(address, 'ipv4_mapped', None) or address)

    @api.model
    def _is_registration_limit_reached(self, ip):
        """Tell whether too many accounts came from an address within the hour.

        IPv6 addresses are counted by network, since every visitor has 2⁶⁴ of them.
        """
        limit = int(
            self.env['ir.config_parameter']
            .sudo()
            .get_param('aftercare_member.registration_limit', 0)
        )
        ip = self._normalize_ip(ip)
        if not limit or not ip:
            return False
        network = ipaddress.ip_network(f'{ip}/{64 if ":" in ip else 32}', strict=False)
        since = fields.Datetime.now() - timedelta(hours=1)
        # sudo: res.partner - counts registrations, shows none
        counts = (
            self.sudo()
            .with_context(active_test=False)
            ._read_group(
                [('registration_ip', '!=', False), ('member_since', '>=', since)],
                ['registration_ip'],
                ['__count'],
            )
        )
        near = (
            count
            for other, count in counts
            if self._normalize_ip(other) and ipaddress.ip_address(other) in network
        )
        return sum(near) >= limit

    def _correct_place(self, country, state):
        """Let a member say where he really is; the region follows, and the agent the first time.

        :param country: ``res.country``
        :param state: ``res.country.state`` of that country, or empty
        :return: whether the agent was chosen anew
        """
        self.ensure_one()
        get_param = self.env['ir.config_parameter'].sudo().get_param
        is_first = not self.region_corrected_date
        before = self.region_id
        self.write(
            {
                'country_id': country.id,
                'state_id': state.id,
                'region_corrected_date': fields.Datetime.now(),
            }
        )
        # the region may have come from the IP address, so an unchanged address counts as well
        self.env.add_to_compute(self._fields['region_id'], self)
        if (
            self.region_id == before
            or not is_first
            or get_param('aftercare_member.reassign_on_correction') != 'True'
        ):
            return False
        previous, self.agent_id = self.agent_id, False
        if not self._assign_member_agents():
            self.agent_id = previous
            return False
        self.env['notification.event']._notify('member_assigned', self)
        return self.agent_id != previous

    # === BUSINESS METHODS: housekeeping === #

    @api.autovacuum
    def _gc_registration_ip(self):
        """Forget the addresses of registrations older than the retention of IP addresses."""
        days = self.env['ip.location']._get_retention_days()
        if not days:
            return
        self.flush_model(['registration_ip', 'member_since'])
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner SET registration_ip = NULL
                    WHERE registration_ip IS NOT NULL AND member_since < %s""",
                fields.Datetime.now() - timedelta(days=days),
            )
        )
        self.invalidate_model(['registration_ip'])
