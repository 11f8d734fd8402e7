from odoo import api, models


class ReferralCommission(models.Model):
    _inherit = 'referral.commission'

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_case(self, affiliate, product):
        """Override of `aftercare_referral` to tell the level of the affiliate."""
        case = super()._prepare_case(affiliate, product)
        return case._replace(grade=affiliate.grade_id.id or None)
