from odoo import api, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._inherit_referrer()
        return partners

    def write(self, vals):
        """Override of `aftercare_member`: whoever joins a member was brought with him."""
        result = super().write(vals)
        if vals.get('member_parent_id'):
            self._inherit_referrer()
        return result

    # === BUSINESS METHODS === #

    def _inherit_referrer(self):
        """Let sub-members that nobody has brought have the referrer of the member above them."""
        for partner in self.filtered(lambda each: each.member_parent_id and not each.referrer_id):
            # sudo: res.partner - sub-members need not see who is above them
            referrer = partner.sudo().member_parent_id.commercial_partner_id.referrer_id
            if referrer and referrer != partner:
                partner._set_referrer(referrer, 'inherited')
