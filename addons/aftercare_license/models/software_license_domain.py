from odoo import api, fields, models


class SoftwareLicenseDomain(models.Model):
    """A host that a licence covers."""

    _name = 'software.license.domain'
    _description = 'Licensed Host'
    _order = 'id'

    license_id = fields.Many2one(
        'software.license', string="Licence", required=True, ondelete='cascade', index=True
    )
    name = fields.Char(required=True, index='trigram', help="ASCII form, as programs compare it.")
    display = fields.Char(required=True)
    registrable = fields.Char(help="The part of it that somebody registered.")
    kind = fields.Selection(
        [('primary', "Domain"), ('additional', "Further domain"), ('staging', "Test address")],
        required=True,
        default='primary',
    )
    environment = fields.Selection(
        [('production', "Production"), ('staging', "Test"), ('local', "Local")],
        required=True,
        default='production',
    )
    product_id = fields.Many2one(
        'product.product', related='license_id.product_id', store=True, precompute=True
    )
    is_exclusive = fields.Boolean(
        compute='_compute_is_exclusive',
        store=True,
        help="No other licence of the product may have this host.",
    )

    _exclusive_uniq = models.UniqueIndex(
        '(product_id, name) WHERE is_exclusive',
        "This domain has a licence of the same product already.",
    )
    _host_uniq = models.Constraint(
        'UNIQUE(license_id, name)', "The licence covers this address already."
    )
    _name_idx = models.Index('(name)')

    # === COMPUTE METHODS === #
    @api.depends('kind', 'license_id.state', 'license_id.policy_id')
    def _compute_is_exclusive(self):
        for host in self:
            host.is_exclusive = host.kind != 'staging' and host.license_id._holds_domain()
