import logging
from datetime import timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from ..tools import jws, vault

_logger = logging.getLogger(__name__)

PUBLISH_DAYS = 90

# The private keys of this process, ready for use: database → (what they depend on, signer).
_signers = {}


class LicenseSigningKey(models.Model):
    """A key that the answers to programs are signed with."""

    _name = 'license.signing.key'
    _description = 'Licence Signing Key'
    _inherit = ['mail.thread']
    _order = 'id desc'
    _rec_name = 'kid'

    kid = fields.Char(
        string="Key ID", required=True, readonly=True, copy=False, help="The name in the tokens."
    )
    algorithm = fields.Selection(
        [('EdDSA', "EdDSA (Ed25519)")], default='EdDSA', required=True, readonly=True
    )
    state = fields.Selection(
        [('next', "Next"), ('current', "Current"), ('retired', "Retired")],
        required=True,
        readonly=True,
        copy=False,
        default='next',
        tracking=True,
    )
    active = fields.Boolean(
        default=True, help="Archived keys are not published: programs are not told to trust them."
    )
    public_key = fields.Char(
        readonly=True, copy=False, help="What programs pin: 32 bytes, base64url."
    )
    # Encrypted, and closed to everybody: only the method that signs opens it.
    private_key = fields.Text(readonly=True, copy=False, groups=NO_ACCESS)
    date_published = fields.Datetime(
        string="Published On",
        readonly=True,
        copy=False,
        required=True,
        default=fields.Datetime.now,
    )
    date_current = fields.Datetime(string="Current Since", readonly=True, copy=False)
    date_retired = fields.Datetime(string="Retired On", readonly=True, copy=False)
    date_rotatable = fields.Datetime(
        string="May Take Over From",
        compute='_compute_date_rotatable',
        help="Programs get to know the next key for 90 days before it signs.",
    )
    is_usable = fields.Boolean(
        string="Can Sign",
        compute='_compute_is_usable',
        help="Whether this server can open the private key.",
    )

    _kid_uniq = models.Constraint('UNIQUE(kid)', "There is a key with this ID.")
    _state_uniq = models.UniqueIndex(
        "(state) WHERE state != 'retired' AND active", "There is one current and one next key."
    )

    # === COMPUTE METHODS === #
    @api.depends('date_published', 'state')
    def _compute_date_rotatable(self):
        for key in self:
            is_next = key.state == 'next' and key.date_published
            key.date_rotatable = is_next and key.date_published + timedelta(days=PUBLISH_DAYS)

    def _compute_is_usable(self):
        for key in self:
            key.is_usable = bool(key.id) and key._load_seed() is not None

    # === CONSTRAINT METHODS === #
    @api.constrains('active', 'state')
    def _check_active(self):
        if any(not key.active and key.state != 'retired' for key in self):
            raise ValidationError(self.env._("Only retired keys can be archived."))

    # === CRUD METHODS === #
    def write(self, vals):
        if not self.env.su and vals.keys() - {'active'}:
            raise AccessError(self.env._("Signing keys change by their buttons only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Signing keys are retired, never deleted: files rely on them."))

    # === ACTION METHODS === #
    def action_rotate(self):
        """Let the next key take over."""
        self._rotate()

    def action_create_keys(self):
        """Make new keys in a copy of a database, which can not use those of the original."""
        self._check_manager()
        self.search([('state', '!=', 'retired')])._retire()
        self._ensure_keys()

    # === BUSINESS METHODS === #
    @api.model
    def _ensure_keys(self):
        """Make the current and the next key where there are none."""
        # sudo: license.signing.key - keys are made by this method only
        keys_sudo = self.sudo()
        for state in ('current', 'next'):
            if not keys_sudo.search_count([('state', '=', state)], limit=1):
                keys_sudo._create_key(state)

    @api.model
    def _rotate(self):
        """Retire the current key, let the next one sign, and publish a new next one.

        :raises UserError: for whoever is no manager, or when the next key can not sign
        """
        self._check_manager()
        # sudo: license.signing.key - keys change by this method only
        keys_sudo = self.sudo()
        current = keys_sudo.search([('state', '=', 'current')])
        upcoming = keys_sudo.search([('state', '=', 'next')])
        if not upcoming or upcoming._load_seed() is None:
            raise UserError(
                self.env._(
                    "There is no next key that this server can open. Check the secret in its "
                    "configuration, or create new keys."
                )
            )
        current._retire()
        keys_sudo.flush_model()
        upcoming.write({'state': 'current', 'date_current': fields.Datetime.now()})
        keys_sudo.flush_model()
        keys_sudo._create_key('next')

    def _retire(self):
        # sudo: license.signing.key - keys change by methods only
        self.sudo().write({'state': 'retired', 'date_retired': fields.Datetime.now()})

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(
            'aftercare_license.aftercare_license_group_manager'
        ):
            raise UserError(self.env._("Only managers of licences change signing keys."))

    @api.model
    def _create_key(self, state):
        seed, now = jws.make_seed(), fields.Datetime.now()
        kid = self._get_new_kid(now)
        return self.create(
            {
                'kid': kid,
                'state': state,
                'public_key': jws.get_public(seed),
                'private_key': vault.seal(seed, kid),
                'date_current': now if state == 'current' else False,
            }
        )

    @api.model
    def _get_new_kid(self, now):
        """Return a free name, like 2026-11."""
        month = now.strftime('%Y-%m')
        taken = self.with_context(active_test=False).search([('kid', '=like', f'{month}%')])
        taken = set(taken.mapped('kid'))
        names = (month, *(f'{month}-{number}' for number in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)

    def _sign_transition(self, key):
        """Return the statement by which this key introduces another one, None when it can not."""
        seed = self._load_seed() if self else None
        if seed is None or not key:
            return None
        claims = {
            'typ': 'key-transition',
            'iss': self.env['license.api']._get_issuer(),
            'iat': int(key.date_published.replace(tzinfo=timezone.utc).timestamp()),
            'kid': key.kid,
            'x': key.public_key,
        }
        return jws.make_signer(self.kid, seed).sign(claims, jws.TRANSITION)

    def _load_seed(self):
        """Return the private key, None when this server can not open it."""
        self.ensure_one()
        # sudo: license.signing.key - nobody reads a private key, the methods that sign do
        try:
            return vault.unseal(self.sudo().private_key, self.kid)
        except vault.VaultError:
            return None

    @api.model
    def _get_signer(self, key_id, stamp):
        """Return the :class:`jws.Signer` of the current key, kept in the memory of this process.

        :param int key_id: the current key
        :param datetime stamp: when any key was last changed
        :return: None when this server can not open the key
        """
        entry = _signers.get(self.env.cr.dbname)
        state = (key_id, stamp, self.env['license.api']._get_issuer())
        if entry and entry[0] == state:
            return entry[1]
        # sudo: license.signing.key - signing is the one use of a private key
        key_sudo = self.sudo().browse(key_id)
        key_sudo.invalidate_recordset()
        seed = key_sudo._load_seed()
        if seed is None:
            _logger.warning(
                "The signing key %s can not be opened. Set %s in the configuration of this server "
                "to the secret it was made with.",
                key_sudo.kid,
                vault.OPTION,
            )
            return None
        # Programs that missed the current key while they were off learn it from the one before.
        before = key_sudo.search([('state', '=', 'retired')], limit=1)
        upcoming = key_sudo.search([('state', '=', 'next')])
        transitions = (before._sign_transition(key_sudo), key_sudo._sign_transition(upcoming))
        signer = jws.make_signer(key_sudo.kid, seed, filter(None, transitions))
        _signers[self.env.cr.dbname] = (state, signer)
        return signer

    @api.model
    def _get_current_signer(self):
        """Return the :class:`jws.Signer` of the current key.

        :raises UserError: when there is none that this server can open
        """
        rows = self.env.execute_query(
            SQL("""
                SELECT current.id, (SELECT max(write_date) FROM license_signing_key)
                  FROM license_signing_key current
                 WHERE current.state = 'current' AND current.active
            """)
        )
        signer = self._get_signer(*rows[0]) if rows else None
        if not signer:
            raise UserError(self.env._("There is no signing key that this server can open."))
        return signer

    @api.model
    def _get_jwks(self):
        """Return the public keys as RFC 7517 has it."""
        # sudo: license.signing.key - the public part is for everybody
        return {
            'keys': [
                {
                    'kty': 'OKP',
                    'crv': 'Ed25519',
                    'use': 'sig',
                    'alg': key.algorithm,
                    'kid': key.kid,
                    'x': key.public_key,
                }
                # sudo: license.signing.key - public keys are for everybody
                for key in self.sudo().search([])
            ]
        }

    @api.model
    def _get_public_keys(self):
        """Return the published keys, ``{kid: public key}``, as programs pin them."""
        return {key['kid']: key['x'] for key in self._get_jwks()['keys']}
