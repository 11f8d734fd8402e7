import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..exceptions import LicenseError
from ..tools import hosts


class SoftwareLicensePolicy(models.Model):
    """The terms that licences of a product are issued on."""

    _name = 'software.license.policy'
    _description = 'Licence Policy'
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index='btree_not_null')
    license_type = fields.Selection(
        [
            ('annual', "Subscription"),
            ('perpetual', "Perpetual"),
            ('hosted', "Hosted"),
            ('open_source', "Open source"),
            ('service', "Value-added service"),
        ],
        string="Offer Type",
        required=True,
        default='annual',
    )
    has_key = fields.Boolean(
        compute='_compute_has_key', help="A service needs no key: nothing asks for one."
    )
    key_prefix = fields.Char(
        default='LIC', required=True, help="What the keys begin with, e.g. ACME."
    )
    entitlement_ids = fields.Many2many('software.entitlement', string="Entitlements")
    term_months = fields.Integer(
        string="Term", default=12, help="Months a licence lasts. 0: it never ends."
    )
    updates_months = fields.Integer(
        string="Updates",
        help="Months of updates. 0: updates come for as long as the licence lasts.",
    )
    grace_days = fields.Integer(
        string="Grace Period", help="Days after the end in which everything still works."
    )
    expiration_strategy = fields.Selection(
        [
            ('restrict', "Stop working; versions of the paid time remain downloadable"),
            ('maintain', "Go on working, without newer versions"),
            ('revoke', "Stop working, with nothing left to download"),
            ('allow', "Go on working, with everything"),
        ],
        string="After the End",
        required=True,
        default='restrict',
    )
    expiry_basis = fields.Selection(
        [('creation', "The day of issue"), ('first_activation', "The first use")],
        string="Term Counts From",
        required=True,
        default='creation',
    )
    renewal_basis = fields.Selection(
        [
            ('from_expiry', "The old end, always"),
            ('from_now_if_expired', "The old end; today when the grace period is over"),
            ('from_now', "The day of renewal, always"),
        ],
        string="Renewal Counts From",
        required=True,
        default='from_now_if_expired',
    )
    auto_renew_days = fields.Integer(
        string="Renew Automatically",
        help="Days before the end on which licences renew themselves, if their owner wishes so. "
        "0: on the last day.",
    )
    match_mode = fields.Selection(
        [
            ('exact', "This domain (with www)"),
            ('subdomains', "This domain, everything below it"),
            ('registrable', "Everything below the registered domain"),
        ],
        string="Covers",
        required=True,
        default='exact',
    )
    allow_wildcard = fields.Boolean(
        string="Wildcards", help="Whether *.example.com may be licensed."
    )
    allow_ip = fields.Boolean(
        string="IP Addresses", help="Whether a public IP address may be licensed."
    )
    staging_count = fields.Integer(
        string="Test Addresses", default=3, help="How many test addresses come with a licence."
    )
    max_domains = fields.Integer(
        string="Domains",
        default=1,
        help="How many domains a licence covers. 0: no domain is asked.",
    )
    domain_unique = fields.Boolean(
        string="One Licence per Domain",
        default=True,
        help="Whether a domain can have one licence of a product only.",
    )
    change_quota = fields.Integer(
        string="Domain Changes", default=3, help="How often customers may change the domain."
    )
    change_days = fields.Integer(string="Within Days", default=30)
    change_spacing_minutes = fields.Integer(string="Minutes Between", default=10)
    offline_days = fields.Integer(
        string="Offline Days", default=30, help="How long a downloaded licence file is valid."
    )
    offline_quota = fields.Integer(
        string="Offline Files", default=5, help="Licence files a customer may download in 30 days."
    )
    allow_checkout = fields.Boolean(
        string="Offline by Key",
        help="Whether a program may fetch a licence file with the key alone.",
    )
    allow_first_activation = fields.Boolean(
        string="First Use Binds",
        help="Whether the first installation that asks takes the licence for its domain.",
    )
    license_ids = fields.One2many('software.license', 'policy_id', string="Licences")
    license_count = fields.Integer(compute='_compute_license_count')

    _not_negative = models.Constraint(
        'CHECK(LEAST(term_months, updates_months, grace_days, auto_renew_days, staging_count, '
        'max_domains, change_quota, change_days, change_spacing_minutes, offline_days, '
        'offline_quota) >= 0)',
        "The numbers of a policy can not be negative.",
    )

    # === COMPUTE METHODS === #
    @api.depends('license_type')
    def _compute_has_key(self):
        for policy in self:
            policy.has_key = policy.license_type != 'service'

    def _compute_license_count(self):
        counts = dict(
            self.env['software.license']._read_group(
                [('policy_id', 'in', self.ids)], ['policy_id'], ['__count']
            )
        )
        for policy in self:
            policy.license_count = counts.get(policy, 0)

    # === CONSTRAINT METHODS === #
    @api.constrains('key_prefix')
    def _check_key_prefix(self):
        for policy in self:
            if not re.fullmatch(r'[A-Z0-9]{2,12}', policy.key_prefix):
                raise ValidationError(
                    self.env._("The prefix of keys is 2 to 12 capital letters and digits.")
                )

    # === ACTION METHODS === #
    def action_view_licenses(self):
        """Open the licences of the policy."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_license.software_license_action'
        )
        return action | {'domain': [('policy_id', 'in', self.ids)], 'context': {}}

    # === BUSINESS METHODS === #
    def _normalize_host(self, text):
        """Return the host that a licence of this policy would be bound to.

        :param str text: what somebody typed
        :return: :class:`hosts.Host`
        :raises UserError: says in plain words what is wrong and what to do
        """
        self.ensure_one()
        host = self._parse_host(text)
        if host.kind == 'reserved':
            raise LicenseError(
                self.env._(
                    "%(host)s is a name for your own network. It needs no licence; please enter "
                    "the address at which the world finds your site.",
                    host=host.display,
                ),
                'RESERVED_NAME',
            )
        if host.kind == 'ip' and host.environment == 'local':
            raise LicenseError(
                self.env._(
                    "%(host)s is a private address. It needs no licence; please enter the address "
                    "at which the world finds your site.",
                    host=host.display,
                ),
                'PRIVATE_ADDRESS',
            )
        if host.kind == 'ip' and not self.allow_ip:
            raise self._get_host_error('IP_NOT_ALLOWED', text)
        return host

    def _parse_host(self, text):
        """Return any host, even a local one, that a text means.

        :raises UserError: says in plain words what is wrong and what to do
        """
        try:
            return hosts.normalize(text, allow_wildcard=self.allow_wildcard)
        except hosts.HostError as error:
            raise self._get_host_error(error.code, text) from None

    @api.model
    def _get_host_error(self, code, text):
        """Return the :class:`LicenseError` for a code of :class:`hosts.HostError`."""
        _ = self.env._
        shown = (text if isinstance(text, str) else '').strip()
        shown = ''.join(character if character.isprintable() else '�' for character in shown)
        shown = shown[:60] + '…' if len(shown) > 60 else shown
        messages = {
            'EMPTY': _("Please enter a domain, e.g. example.com."),
            'TOO_LONG': _("This is too long for a domain. Please enter only the domain."),
            'BAD_CHARACTER': _(
                "“%(text)s” contains a character that no domain has. Please use letters, digits, "
                "hyphens and dots.",
                text=shown,
            ),
            'BAD_SCHEME': _(
                "“%(text)s” is not the address of a website. Please enter only the domain, e.g. "
                "example.com.",
                text=shown,
            ),
            'USERINFO': _(
                "“%(text)s” looks like an e-mail address or contains a password. Please enter only "
                "the domain, e.g. example.com.",
                text=shown,
            ),
            'BAD_PORT': _(
                "The port in “%(text)s” is not valid. Please enter the domain without it.",
                text=shown,
            ),
            'BAD_IPV4': _(
                "“%(text)s” is not a complete IP address, and no domain ends in a number.",
                text=shown,
            ),
            'BAD_IPV6': _("“%(text)s” is not a valid IP address.", text=shown),
            'IP_NOT_ALLOWED': _(
                "“%(text)s” is an IP address. This licence is for a domain; please enter one.",
                text=shown,
            ),
            'EMPTY_LABEL': _("“%(text)s” has two dots in a row or one at the edge.", text=shown),
            'BAD_LABEL': _(
                "“%(text)s” is not a domain: no part of one is longer than 63 characters, or begins "
                "or ends with a hyphen.",
                text=shown,
            ),
            'UNDERSCORE': _(
                "“%(text)s” contains an underscore, which no website has in its name. Did you mean "
                "a hyphen?",
                text=shown,
            ),
            'BAD_IDN': _("“%(text)s” can not be the name of a website.", text=shown),
            'WILDCARD_NOT_ALLOWED': _(
                "A licence is for one domain; asterisks are not possible here. Please enter the "
                "domain itself, e.g. example.com."
            )
            if not self.allow_wildcard
            else _("An asterisk stands at the very beginning only, e.g. *.example.com."),
            'SINGLE_LABEL': _(
                "“%(text)s” is not complete. Please enter the whole domain, e.g. example.com.",
                text=shown,
            ),
            'UNKNOWN_TLD': _(
                "There is no domain that ends like “%(text)s”. Please check the spelling.",
                text=shown,
            ),
            'PUBLIC_SUFFIX': _(
                "“%(text)s” is an ending under which everybody registers names. Please enter your "
                "own domain, e.g. example.%(text)s.",
                text=shown,
            ),
        }
        return LicenseError(
            messages.get(code) or _("“%(text)s” is not a valid domain.", text=shown), code
        )

    def _get_host_warnings(self, host):
        """Return what somebody should know about a host: list of (code, message)."""
        self.ensure_one()
        _ = self.env._
        warnings = []
        if hosts.is_confusable(host):
            warnings.append(
                (
                    'HOMOGRAPH',
                    _(
                        "This name contains letters that look like others. Computers read it as "
                        "%(name)s; is that your domain?",
                        name=host.name,
                    ),
                )
            )
        if host.environment == 'staging':
            warnings.append(
                (
                    'STAGING',
                    _(
                        "This looks like a test address. Test addresses below your domain work "
                        "without a change."
                    ),
                )
            )
        if host.kind == 'domain' and not host.is_wildcard and self.match_mode == 'exact':
            warnings.append(
                (
                    'SUBDOMAINS_NOT_COVERED',
                    _(
                        "Covered are %(domain)s and www.%(domain)s, no other subdomains.",
                        domain=host.display,
                    ),
                )
            )
        return warnings
