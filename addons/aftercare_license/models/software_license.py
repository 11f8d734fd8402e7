import secrets
import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..exceptions import LicenseError
from ..tools import keys, terms

STATES = [
    ('draft', "Draft"),
    ('active', "Active"),
    ('grace', "Grace"),
    ('expired', "Expired"),
    ('suspended', "Suspended"),
    ('revoked', "Revoked"),
]


# Decided by methods, never written by users.
PROTECTED_FIELDS = {
    'anchor_day',
    'auto_renew',
    'auto_renew_tried_at',
    'change_ids',
    'checkin_ids',
    'date_expiry',
    'date_grace_end',
    'date_start',
    'domain_display',
    'domain_ids',
    'key',
    'key_digest',
    'key_last',
    'last_reminder',
    'last_validated_at',
    'name',
    'next_check_date',
    'previous_key_digest',
    'previous_key_until',
    'seq',
    'state',
    'updates_until',
    'uuid',
    'validation_count',
}
# Fixed when a licence is issued; methods move it on.
IDENTITY_FIELDS = {'company_id', 'partner_id', 'product_id'}
# Managers change them; the history notes it.
TERMS_FIELDS = {'entitlement_ids', 'policy_id'}


class SoftwareLicense(models.Model):
    """The right of a customer to use a product on a domain."""

    _name = 'software.license'
    _description = 'Licence'
    _inherit = ['notification.mixin', 'portal.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _rec_names_search = ['name', 'domain', 'domain_display']
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, index='trigram')
    uuid = fields.Char(
        string="Public ID",
        readonly=True,
        copy=False,
        required=True,
        default=lambda self: str(uuid.uuid4()),
        help="What programs call this licence.",
    )
    state = fields.Selection(
        STATES, default='draft', required=True, readonly=True, copy=False, group_expand=True
    )
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, ondelete='restrict', index=True
    )
    commercial_partner_id = fields.Many2one(
        'res.partner',
        string="Commercial Entity",
        related='partner_id.commercial_partner_id',
        store=True,
        index=True,
    )
    is_owner_banned = fields.Boolean(
        string="Customer Banned",
        compute='_compute_is_owner_banned',
        store=True,
        help="The customer is banned: none of its licences is valid.",
    )
    product_id = fields.Many2one(
        'product.product',
        required=True,
        ondelete='restrict',
        index=True,
        domain="[('is_licensed', '=', True)]",
        check_company=True,
    )
    product_tmpl_id = fields.Many2one(related='product_id.product_tmpl_id', store=True, index=True)
    policy_id = fields.Many2one(
        'software.license.policy',
        compute='_compute_policy_id',
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        ondelete='restrict',
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company, index=True
    )
    license_type = fields.Selection(related='policy_id.license_type', store=True)
    entitlement_ids = fields.Many2many(
        'software.entitlement',
        string="Entitlements",
        compute='_compute_entitlement_ids',
        store=True,
        readonly=False,
        precompute=True,
    )

    domain = fields.Char(
        copy=False,
        index='trigram',
        help="The domain the licence is bound to, in the form that programs compare.",
    )
    domain_display = fields.Char(
        string="Domain (as read)", readonly=True, copy=False, index='trigram'
    )
    domain_ids = fields.One2many(
        'software.license.domain', 'license_id', string="Hosts", readonly=True
    )

    key = fields.Char(
        readonly=True, copy=False, groups='aftercare_license.aftercare_license_group_manager'
    )
    key_digest = fields.Char(readonly=True, copy=False, groups='base.group_system')
    key_last = fields.Char(string="Key Ends In", readonly=True, copy=False, index='btree_not_null')
    previous_key_digest = fields.Char(readonly=True, copy=False, groups='base.group_system')
    previous_key_until = fields.Datetime(string="Old Key Valid Until", readonly=True, copy=False)

    date_start = fields.Datetime(string="Start", readonly=True, copy=False)
    date_expiry = fields.Datetime(string="Expiry", readonly=True, copy=False)
    date_grace_end = fields.Datetime(
        string="End of Grace", compute='_compute_date_grace_end', store=True
    )
    updates_until = fields.Datetime(readonly=True, copy=False)
    anchor_day = fields.Integer(
        readonly=True,
        copy=False,
        help="Day of the month on which terms end, where the month is long enough.",
    )
    seq = fields.Integer(
        string="Version",
        default=1,
        readonly=True,
        copy=False,
        help="Grows with each change, so that programs never go back to an older answer.",
    )
    auto_renew = fields.Boolean(string="Renew Automatically", readonly=True, copy=False)
    auto_renew_tried_at = fields.Datetime(
        string="Last Automatic Renewal Tried", readonly=True, copy=False
    )
    last_reminder = fields.Integer(
        default=terms.NO_REMINDER,
        readonly=True,
        copy=False,
        help="Days from the expiry (negative before it) of the latest reminder.",
    )
    next_check_date = fields.Datetime(
        string="Next Event",
        compute='_compute_next_check_date',
        store=True,
        help="When the scheduled action has something to do with this licence.",
    )

    last_validated_at = fields.Datetime(string="Last Check", readonly=True, copy=False)
    validation_count = fields.Integer(string="Checks", readonly=True, copy=False)
    installation_ids = fields.One2many('software.license.installation', 'license_id')
    change_ids = fields.One2many('software.license.change', 'license_id', readonly=True)
    checkin_ids = fields.One2many('software.license.checkin', 'license_id', readonly=True)

    installation_count = fields.Integer(compute='_compute_counts')
    change_count = fields.Integer(compute='_compute_counts')
    changes_left = fields.Integer(string="Domain Changes Left", compute='_compute_changes_left')
    max_domains = fields.Integer(related='policy_id.max_domains')
    has_key = fields.Boolean(related='policy_id.has_key')
    can_manage = fields.Boolean(compute='_compute_can_manage')

    _name_uniq = models.Constraint('UNIQUE(name)', "The number of a licence must be unique.")
    _uuid_uniq = models.Constraint('UNIQUE(uuid)', "The public ID of a licence must be unique.")
    _key_digest_uniq = models.UniqueIndex(
        '(key_digest) WHERE key_digest IS NOT NULL', "The key of a licence must be unique."
    )
    _previous_key_digest = models.Index(
        '(previous_key_digest) WHERE previous_key_digest IS NOT NULL'
    )

    _next_check_idx = models.Index('(next_check_date, id) WHERE next_check_date IS NOT NULL')
    _state_expiry_idx = models.Index('(state, date_expiry)')
    _date_expiry_idx = models.Index('(date_expiry)')
    _partner_state_idx = models.Index('(commercial_partner_id, state)')

    # === COMPUTE METHODS === #
    @api.depends('product_id')
    def _compute_policy_id(self):
        for license in self:
            license.policy_id = license.product_id.license_policy_id or license.policy_id

    @api.depends('policy_id')
    def _compute_entitlement_ids(self):
        for license in self:
            license.entitlement_ids = license.policy_id.entitlement_ids

    @api.depends('commercial_partner_id.license_banned')
    def _compute_is_owner_banned(self):
        for license in self:
            license.is_owner_banned = license.commercial_partner_id.license_banned

    @api.depends('date_expiry')
    def _compute_date_grace_end(self):
        # Not from the policy: a licence keeps the terms it was bought on.
        for license in self:
            license.date_grace_end = license.date_expiry and (
                license.date_expiry + timedelta(days=license.policy_id.grace_days)
            )

    @api.depends(
        'state',
        'date_expiry',
        'date_grace_end',
        'last_reminder',
        'auto_renew',
        'auto_renew_tried_at',
    )
    def _compute_next_check_date(self):
        for license in self:
            license.next_check_date = min(license._get_next_moments(), default=False)

    def _compute_counts(self):
        for name, model in (
            ('installation_count', 'software.license.installation'),
            ('change_count', 'software.license.change'),
        ):
            counts = dict(
                self.env[model]._read_group(
                    [('license_id', 'in', self.ids)], ['license_id'], ['__count']
                )
            )
            for license in self:
                license[name] = counts.get(license, 0)

    @api.depends('change_ids', 'policy_id')
    def _compute_changes_left(self):
        for license in self:
            license.changes_left = license._get_changes_left()

    @api.depends_context('uid')
    def _compute_can_manage(self):
        self.can_manage = self.env.user.has_group(
            'aftercare_license.aftercare_license_group_manager'
        )

    @api.depends('name', 'domain_display')
    def _compute_display_name(self):
        for license in self:
            license.display_name = ' · '.join(
                filter(None, [license.name, license.domain_display])
            ) or self.env._("New licence")

    def _compute_access_url(self):
        super()._compute_access_url()
        for license in self:
            license.access_url = f'/my/licenses/{license.id}'

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        self._check_protected({name for vals in vals_list for name in vals}, is_create=True)
        # sudo: ir.sequence - whoever may issue a licence may number it
        sequence_sudo = (
            self.env['ir.sequence'].sudo().search([('code', '=', 'software.license')], limit=1)
        )
        vals_list = [self._prepare_new_values(vals, sequence_sudo) for vals in vals_list]
        # Thousands may be issued at once; the history says more than a note in the chatter.
        licenses = super(
            SoftwareLicense, self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        ).create(vals_list)
        licenses = licenses.with_env(self.env)
        # sudo: software.license.domain - hosts are written by methods only
        licenses.sudo().filtered('domain')._bind_new_domains()
        return licenses

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        vals = dict(vals)
        if 'domain' in vals:
            self._write_draft_domain(vals.pop('domain'))
        self._check_protected(vals)
        terms_fields = TERMS_FIELDS & vals.keys()
        issued = self.filtered(lambda license: license.state != 'draft') if terms_fields else self
        old = {license.id: license._describe_terms() for license in issued}
        result = super().write(vals)
        if terms_fields and issued:
            licenses = issued._lock_version()
            licenses._log(
                'terms', old=old, new={each.id: each._describe_terms() for each in licenses}
            )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        if any(license.state != 'draft' for license in self):
            raise LicenseError(
                self.env._("Only drafts can be deleted. Please revoke the licence instead."),
                'BAD_STATE',
            )

    def _check_protected(self, names, is_create=False):
        """Leave what is decided by methods (and written as superuser) to them."""
        if self.env.su:
            return
        refused = PROTECTED_FIELDS & set(names)
        if not is_create and any(license.state != 'draft' for license in self):
            refused |= IDENTITY_FIELDS & set(names)
            if not self.env.user.has_group('aftercare_license.aftercare_license_group_manager'):
                refused |= TERMS_FIELDS & set(names)
        if refused:
            labels = [self._fields[name]._description_string(self.env) for name in sorted(refused)]
            raise AccessError(
                self.env._(
                    "This can not be written by hand: %(fields)s. Please use the buttons of the "
                    "licence, which keep its history.",
                    fields=", ".join(labels),
                )
            )

    def _prepare_new_values(self, vals, sequence):
        vals = dict(vals)
        if not vals.get('name'):
            vals['name'] = sequence.next_by_id()
        if vals.get('state') and not self.env.su:
            vals['state'] = 'draft'
        return vals

    def _bind_new_domains(self):
        """Normalise the domains that licences were made with, and make them their hosts."""
        hosts = {license: license._parse_host(license.domain) for license in self}
        taken = self._find_holders([host.name for host in hosts.values()])
        taken = {(row.product_id, row.name) for row in taken}
        for license, host in hosts.items():
            if (license.product_id, host.name) in taken:
                license._check_free(host)
            license.write({'domain': host.name, 'domain_display': host.display})
        self._create_hosts(
            [license._prepare_host_values(host, 'primary') for license, host in hosts.items()]
        )

    def _write_draft_domain(self, text):
        """Set the domain of drafts as typed; that of issued licences has a button."""
        for license in self:
            if license.state != 'draft':
                if text == license.domain:
                    continue
                license._check_protected({'state'})
            # sudo: software.license - the domain is written by methods only
            license_sudo = license.sudo()
            if text:
                host = license_sudo._parse_host(text)
                if host.name != license.domain:
                    license_sudo._check_free(host)
                    license_sudo._write_hosts([license_sudo._prepare_host_values(host, 'primary')])
            else:
                license_sudo.domain_ids.filtered(lambda each: each.kind == 'primary').unlink()
                license_sudo.write({'domain': False, 'domain_display': False})

    def _describe_terms(self):
        self.ensure_one()
        names = ", ".join(self.entitlement_ids.mapped('code'))
        return f'{self.policy_id.name}: {names}' if names else self.policy_id.name

    # === BUSINESS METHODS: KEY === #
    @api.model
    def _get_digest_secret(self):
        """Return the secret of the digests; made when there is none."""
        # sudo: ir.config_parameter - only administrators read it; digests are made for everybody
        parameters_sudo = self.env['ir.config_parameter'].sudo()
        secret = parameters_sudo.get_param('aftercare_license.digest_secret')
        if not secret:
            secret = secrets.token_hex(32)
            parameters_sudo.set_param('aftercare_license.digest_secret', secret)
        return secret

    @api.model
    def _get_key_digest(self, key):
        """Return the digest under which a key, in any form people type it, is looked up."""
        return keys.digest(key, self._get_digest_secret())
