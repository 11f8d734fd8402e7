import secrets
import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import hosts, keys

STATES = [
    ('draft', "Draft"),
    ('active', "Active"),
    ('grace', "Grace"),
    ('expired', "Expired"),
    ('suspended', "Suspended"),
    ('revoked', "Revoked"),
]


class SoftwareLicense(models.Model):
    """The right of a customer to use a product on a domain."""

    _name = 'software.license'
    _description = 'Licence'
    _inherit = ['notification.mixin', 'portal.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _rec_names_search = ['name', 'domain', 'domain_display']
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False, index=True)
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
        related='commercial_partner_id.license_banned',
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
    key_last = fields.Char(string="Key Ends In", readonly=True, copy=False)
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
    auto_renew = fields.Boolean(string="Renew Automatically", copy=False)

    last_validated_at = fields.Datetime(string="Last Check", readonly=True, copy=False)
    validation_count = fields.Integer(string="Checks", readonly=True, copy=False)
    installation_ids = fields.One2many('software.license.installation', 'license_id')
    change_ids = fields.One2many('software.license.change', 'license_id', readonly=True)
    checkin_ids = fields.One2many('software.license.checkin', 'license_id', readonly=True)

    _name_uniq = models.Constraint('UNIQUE(name)', "The number of a licence must be unique.")
    _uuid_uniq = models.Constraint('UNIQUE(uuid)', "The public ID of a licence must be unique.")
    _key_digest_uniq = models.UniqueIndex(
        '(key_digest) WHERE key_digest IS NOT NULL', "The key of a licence must be unique."
    )
    _previous_key_digest = models.Index(
        '(previous_key_digest) WHERE previous_key_digest IS NOT NULL'
    )

    # === COMPUTE METHODS === #
    @api.depends('product_id')
    def _compute_policy_id(self):
        for license in self:
            license.policy_id = license.product_id.license_policy_id or license.policy_id

    @api.depends('policy_id')
    def _compute_entitlement_ids(self):
        for license in self:
            license.entitlement_ids = license.policy_id.entitlement_ids

    @api.depends('date_expiry')
    def _compute_date_grace_end(self):
        for license in self:
            license.date_grace_end = license.date_expiry

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
