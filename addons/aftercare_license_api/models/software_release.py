import base64
import hashlib

from odoo import api, fields, models


class SoftwareRelease(models.Model):
    """A published version of a licensed product."""

    _name = 'software.release'
    _description = 'Software Release'
    _order = 'date_release desc, id desc'
    _rec_name = 'version'

    product_tmpl_id = fields.Many2one(
        'product.template',
        string="Product",
        required=True,
        ondelete='cascade',
        domain="[('is_licensed', '=', True)]",
        index=True,
    )
    version = fields.Char(required=True, help="As the product says it of itself, e.g. 3.4.1.")
    date_release = fields.Datetime(
        string="Released On",
        required=True,
        default=fields.Datetime.now,
        help="Licences whose updates ended before do not cover it.",
    )
    active = fields.Boolean(default=True)
    is_prerelease = fields.Boolean(
        string="Preview", help="Nobody is told to update to it; whoever has it may use it."
    )
    notes = fields.Html(string="What Is New")
    file = fields.Binary(attachment=True)
    file_name = fields.Char()
    file_digest = fields.Char(
        string="SHA-256",
        compute='_compute_file_digest',
        store=True,
        help="Programs check the downloaded file by it.",
    )

    _version_uniq = models.Constraint(
        'UNIQUE(product_tmpl_id, version)', "This version of the product exists already."
    )

    # === COMPUTE METHODS === #
    @api.depends('file')
    def _compute_file_digest(self):
        for release in self.with_context(bin_size=False):
            data = base64.b64decode(release.file or b'')
            release.file_digest = hashlib.sha256(data).hexdigest() if data else False
