from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    region_id = fields.Many2one(
        'service.region',
        compute='_compute_region_id',
        store=True,
        readonly=False,
        precompute=True,
        index='btree_not_null',
        help="The service region of the address; you may choose another.",
    )

    # === COMPUTE METHODS === #

    @api.depends('country_id', 'state_id')
    def _compute_region_id(self):
        for partner in self:
            partner.region_id = partner.region_id
