import ipaddress
import logging
import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

LEADING_ZEROS = re.compile(r'^0{1,2}(?=[1-9]\d{6})')
PHONE_SEPARATORS = re.compile(r'[\s./()+\-\u200c-\u200f\u00a0]')


class ResPartner(models.Model):
    _inherit = 'res.partner'

    is_member = fields.Boolean(string="Member", copy=False)
    member_number = fields.Char(
        copy=False,
        readonly=True,
        help="Given once and never changed, not even by a new membership.",
    )
    member_since = fields.Datetime(copy=False)
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
    member_timeline = fields.Html(
        compute='_compute_member_timeline', groups='aftercare_base.aftercare_base_group_user'
    )
    external_ref_ids = fields.One2many(
        'member.external.ref', 'partner_id', string="External References"
    )
    member_keywords = fields.Char(
        compute='_compute_member_keywords',
        store=True,
        index='trigram',
        help="Everything a member is looked up by in one text: number, name, e-mail, phone digits.",
    )
    member_search = fields.Char(string="Member Search", store=False, search='_search_member_search')
    in_my_regions = fields.Boolean(compute='_compute_in_my_regions', search='_search_in_my_regions')
    same_email_partner_ids = fields.Many2many(
        'res.partner',
        string="Contacts with the Same E-mail",
        compute='_compute_same_email_partner_ids',
        groups='aftercare_base.aftercare_base_group_user',
    )

    _member_number_uniq = models.UniqueIndex(
        '(member_number) WHERE member_number IS NOT NULL', "This member number is taken."
    )
    _member_since_idx = models.Index('(member_since DESC, id DESC) WHERE is_member')
    _registration_ip_idx = models.Index('(member_since) WHERE registration_ip IS NOT NULL')
    _email_normalized_idx = models.Index('(email_normalized) WHERE email_normalized IS NOT NULL')

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

    @api.depends(lambda self: self._get_member_keyword_fields())
    def _compute_member_keywords(self):
        for partner in self:
            words = partner._get_member_keywords() if partner.is_member else []
            partner.member_keywords = ' '.join(word for word in words if word) or False

    def _search_member_search(self, operator, value):
        if operator not in ('ilike', 'like', '=') or not isinstance(value, str):
            return NotImplemented
        return self._get_member_search_domain(value)

    @api.depends('region_id')
    @api.depends_context('uid', 'company')
    def _compute_in_my_regions(self):
        mine = self.filtered_domain(self._get_my_regions_domain())
        mine.in_my_regions = True
        (self - mine).in_my_regions = False

    def _search_in_my_regions(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return self._get_my_regions_domain()

    @api.depends('email_normalized')
    def _compute_same_email_partner_ids(self):
        emails = {email for email in self.mapped('email_normalized') if email}
        groups = dict(
            self._read_group(
                [('email_normalized', 'in', list(emails)), ('type', '=', 'contact')],
                ['email_normalized'],
                ['id:recordset'],
            )
        )
        for partner in self:
            same = groups.get(partner.email_normalized, self.browse())
            partner.same_email_partner_ids = same - partner._origin

    @api.depends('member_since', 'agent_id', 'region_corrected_date', 'terms_accepted_date')
    def _compute_member_timeline(self):
        for partner in self:
            origin = partner._origin
            events = origin._get_member_events() if origin else []
            events.sort(key=lambda event: event['date'], reverse=True)
            partner.member_timeline = (
                self.env['ir.qweb']._render('aftercare_member.member_timeline', {'events': events})
                if events
                else False
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # The default of the Members menu is not meant for the contacts of a new member.
        vals_list = [
            {'is_member': False, **vals} if vals.get('parent_id') else vals for vals in vals_list
        ]
        partners = super().create(vals_list)
        partners.filtered('is_member')._complete_membership()
        return partners

    def write(self, vals):
        if 'member_number' in vals:
            for partner in self:
                if partner.member_number not in (False, vals['member_number']):
                    raise UserError(self.env._("A member number is given once and for all."))
        joining = (
            self.filtered(lambda p: not p.is_member) if vals.get('is_member') else self.browse()
        )
        result = super().write(vals)
        joining._complete_membership()
        return result

    def _search_display_name(self, operator, value):
        """Override of `base`: members are found by number and phone wherever one is chosen."""
        domain = super()._search_display_name(operator, value)
        if operator in ('ilike', 'like') and isinstance(value, str) and value.strip():
            return Domain(domain) | self._get_member_search_domain(value)
        return domain

    # === ACTION METHODS === #

    def action_make_member(self):
        """Make contacts members; those who are already keep number and date."""
        self.filtered(lambda p: not p.is_member).is_member = True

    def action_end_membership(self):
        """Take contacts out of the members; they keep their number in case they return."""
        self.is_member = False

    # === BUSINESS METHODS: membership === #

    def _complete_membership(self):
        """Give new members their number, date and agent; what is there already stays."""
        if not self:
            return
        unnumbered = self.filtered(lambda p: not p.member_number)
        numbers = self._get_next_member_numbers(len(unnumbered))
        for partner, number in zip(unnumbered, numbers, strict=True):
            partner.member_number = number
        self.filtered(lambda p: not p.member_since).member_since = fields.Datetime.now()
        self._assign_member_agents()

    @api.model
    def _get_next_member_numbers(self, count):
        """Return as many free member numbers of the current company's sequence, in one query.

        Numbers are unique over all companies, so a number another company has given is passed.
        """
        # sudo: ir.sequence - whoever may create a member may take the next number
        sequence_sudo = (
            self.env['ir.sequence']
            .sudo()
            .search(
                [
                    ('code', '=', 'res.partner.member'),
                    ('company_id', 'in', [self.env.company.id, False]),
                ],
                order='company_id',
                limit=1,
            )
        )
        if not sequence_sudo:
            _logger.warning("Members get no number: there is no sequence res.partner.member")
            return [False] * count
        numbers = []
        while missing := count - len(numbers):
            if sequence_sudo.implementation == 'standard' and not sequence_sudo.use_date_range:
                drawn = self.env.execute_query(
                    SQL(
                        "SELECT nextval(%s) FROM generate_series(1, %s)",
                        f'ir_sequence_{sequence_sudo.id:03d}',
                        missing,
                    )
                )
                drawn = [sequence_sudo.get_next_char(number) for (number,) in drawn]
            else:
                drawn = [sequence_sudo.next_by_id() for _i in range(missing)]
            # sudo: res.partner - numbers of members the user may not see are taken as well
            taken_sudo = self.sudo().with_context(active_test=False)
            taken_sudo = taken_sudo.search_fetch(
                [('member_number', 'in', drawn)], ['member_number']
            )
            taken = set(taken_sudo.mapped('member_number'))
            numbers += [number for number in drawn if number not in taken]
        return numbers

    def _assign_member_agents(self):
        """Give members without agent one by rule. Becoming a member never fails on this.

        Another transaction that takes the same agent this very moment puts it off to the
        scheduled action, which runs at once; any other trouble makes it the default agent.

        :return: the members that have an agent now and had none before
        """
        waiting = self.filtered(lambda p: not p.agent_id)
        if not waiting:
            return waiting
        # sudo: service.assignment - explains the choice, nobody writes it by hand
        agent_sudo = self.env['service.agent'].sudo()
        try:
            with self.env.cr.savepoint():
                agent_sudo._assign_partner(waiting.sudo())
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.ref('aftercare_member.ir_cron_assign_agents')._trigger()
        except Exception:
            _logger.warning("No agent could be chosen for %s", waiting, exc_info=True)
            waiting.sudo().agent_id = agent_sudo.search([('is_default', '=', True)], limit=1)
        return waiting.filtered('agent_id')

    @api.model
    def _cron_assign_agents(self, batch_size=500):
        """Give the members who are still without agent one, and tell the agent."""
        domain = [('is_member', '=', True), ('agent_id', '=', False)]
        last_id = 0
        while self.env['service.agent'].search_count([], limit=1):
            members = self.search([*domain, ('id', '>', last_id)], order='id', limit=batch_size)
            if not members:
                break
            last_id = members[-1].id
            assigned = members._assign_member_agents()
            self.env['notification.event']._notify('member_assigned', assigned)
            remaining = self.search_count([*domain, ('id', '>', last_id)])
            if not self.env['ir.cron']._commit_progress(len(members), remaining=remaining):
                break

    # === BUSINESS METHODS: finding === #

    @api.model
    def _get_member_keyword_fields(self):
        """Return the fields behind ``_get_member_keywords``."""
        return ['is_member', 'member_number', 'complete_name', 'email_normalized', 'phone', 'ref']

    def _get_member_keywords(self):
        """Return what a member is looked up by; addons with more (a domain, a serial number)
        extend this together with ``_get_member_keyword_fields``."""
        self.ensure_one()
        phone = self._to_digits(self.phone_sanitized or self.phone or '')
        return [self.member_number, self.complete_name, self.email_normalized, phone, self.ref]

    @api.model
    def _get_member_search_domain(self, text):
        """Return the domain of the members among whose keywords every word of ``text`` is.

        Phone numbers are found however they are written: with a prefix or without, grouped
        or not, in Latin or other digits.
        """
        if digits := self._to_digits(text):
            # 0086 138…, 0912…: what stands before depends on where one calls from
            text = LEADING_ZEROS.sub('', digits)
        return Domain.AND(Domain('member_keywords', 'ilike', word) for word in text.split())

    @api.model
    def _to_digits(self, phone):
        """Return the digits of a phone number in ASCII, '' when it is not one."""
        digits = PHONE_SEPARATORS.sub('', phone)
        return ''.join(str(int(digit)) for digit in digits) if digits.isdecimal() else ''

    @api.model
    def _get_my_regions_domain(self):
        """Return the domain of the partners in the regions of the user's agent."""
        regions = self.env.user.service_agent_id.region_ids
        return Domain('region_id', 'child_of', regions.ids) if regions else Domain.FALSE

    # === BUSINESS METHODS: registration === #

    def _register_member(self, ip=None):
        """Make the partner of a fresh account a member.

        :param str ip: where the visitor came from; anything that is no address counts as unknown
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
        self.env['notification.event']._notify('member_registered', self)

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
        return (
            sum(count for other, count in counts if ipaddress.ip_address(other) in network) >= limit
        )

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

    def _get_member_events(self):
        """Return what happened to a member, for the timeline; other addons add theirs.

        :return: list of dicts ``date`` (naive UTC datetime), ``icon`` (Font Awesome class),
            ``title`` and, may be missing, ``text``
        """
        self.ensure_one()
        if not self.is_member:
            return []
        # sudo: service.assignment, res.users, member.import.line - whoever sees the member may
        # know where it comes from
        partner_sudo = self.sudo()
        assignments_sudo = partner_sudo.env['service.assignment'].search(
            [('res_model', '=', self._name), ('res_id', '=', self.id), ('agent_id', '!=', False)]
        )
        lines_sudo = partner_sudo.env['member.import.line'].search([('partner_id', '=', self.id)])
        users_sudo = partner_sudo.user_ids
        events = [
            (self.member_since, 'fa-id-card-o', self.env._("Became a member"), None),
            (self.terms_accepted_date, 'fa-check-square-o', self.env._("Accepted the terms"), None),
            (self.region_corrected_date, 'fa-map-marker', self.env._("Corrected the region"), None),
            *(
                (each.create_date, 'fa-headphones', each.agent_id.name, each.reason)
                for each in assignments_sudo
            ),
            *(
                (line.create_date, 'fa-upload', line.import_id.name, line.import_id.source)
                for line in lines_sudo
            ),
            *(
                (user.create_date, 'fa-key', self.env._("Got a portal account"), user.login)
                for user in users_sudo
            ),
            *(
                (user.login_date, 'fa-sign-in', self.env._("Was last seen"), None)
                for user in users_sudo
            ),
        ]
        return [
            dict(zip(('date', 'icon', 'title', 'text'), event, strict=True))
            for event in events
            if event[0]
        ]

    # === BUSINESS METHODS: notification === #

    def _notification_get_recipients(self, audience):
        """Override of `aftercare_notification`: the agent of a member is his own one."""
        if audience == 'agent':
            return {partner.id: partner.agent_id.partner_id for partner in self}
        return super()._notification_get_recipients(audience)

    def _notification_get_url(self, partner, audience):
        """Override of `aftercare_notification`: customers find what concerns them in the portal."""
        return '/my' if audience == 'customer' else super()._notification_get_url(partner, audience)

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
