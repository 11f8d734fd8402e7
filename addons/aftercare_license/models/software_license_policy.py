import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

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
    license_ids = fields.One2many('software.license', 'policy_id')
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

    # === BUSINESS METHODS === #
    def _normalize_host(self, text):
        """Return the host that a licence of this policy would be bound to.

        :param str text: what somebody typed
        :return: :class:`hosts.Host`
        :raises UserError: says in plain words what is wrong and what to do
        """
        self.ensure_one()
        raise NotImplementedError
