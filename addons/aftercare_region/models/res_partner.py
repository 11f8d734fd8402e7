from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    region_id = fields.Many2one(
        'service.region',
        string="Service Region",
        compute='_compute_region_id',
        store=True,
        readonly=False,
        precompute=True,
        recursive=True,
        index='btree_not_null',
        help="The service region of the address; you may choose another.",
    )

    # === COMPUTE METHODS === #

    @api.depends('country_id', 'state_id', 'type', 'parent_id.region_id')
    def _compute_region_id(self):
        """Find the region of the address; a contact person is served like the company."""
        Region = self.env['service.region']
        found = {}
        for partner in self:
            if partner.type == 'contact' and partner.parent_id.region_id:
                partner.region_id = partner.parent_id.region_id
                continue
            state, country = partner.state_id, partner.country_id or partner.state_id.country_id
            place = country.id, tuple(state.ids)
            if place not in found:
                # sudo: service.region - addresses are entered by people who do not see regions
                found[place] = Region.sudo().browse(Region._match(*place)[0])
            # An address without a state, or none at all, does not take away what is known better
            current_sudo = partner.sudo().region_id
            if not country or (not state and current_sudo._is_part_of(found[place])):
                partner.region_id = partner.region_id
            else:
                partner.region_id = found[place].id

    # === ACTION METHODS === #

    def action_explain_region(self):
        """Open the tool that tells which region serves this partner, and why."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_region.service_region_finder_action'
        )
        return action | {'context': {'default_mode': 'partner', 'default_partner_id': self.id}}
