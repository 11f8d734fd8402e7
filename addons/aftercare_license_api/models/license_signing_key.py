from odoo import api, fields, models


class LicenseSigningKey(models.Model):
    """A key that the answers to programs are signed with."""

    _name = 'license.signing.key'
    _description = 'Licence Signing Key'
    _order = 'id desc'
    _rec_name = 'kid'

    kid = fields.Char(string="Key ID", required=True, readonly=True, copy=False)
    algorithm = fields.Selection(
        [('EdDSA', "EdDSA (Ed25519)")], default='EdDSA', required=True, readonly=True
    )
    state = fields.Selection(
        [('next', "Next"), ('current', "Current"), ('retired', "Retired")],
        required=True,
        readonly=True,
        default='next',
    )
    public_key = fields.Char(readonly=True, copy=False)

    @api.model
    def _ensure_keys(self):
        """Make the current and the next key where there are none."""
