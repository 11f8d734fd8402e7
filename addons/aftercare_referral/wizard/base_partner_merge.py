from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_values(self, src_partners, dst_partner):
        """Override of `base`: the one who stays keeps his place among those who brought others."""
        # sudo: res.partner - who merges contacts need not manage referrals
        dst_partner.sudo()._merge_referrals(src_partners.sudo())
        return super()._update_values(src_partners, dst_partner)
