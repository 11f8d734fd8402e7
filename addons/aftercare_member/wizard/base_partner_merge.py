from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_values(self, src_partners, dst_partner):
        """Override of `base`: the one who stays keeps or takes over a member number, and is still
        found by the numbers of the others."""
        numbered = src_partners.filtered('member_number').sorted('member_since')
        numbers = numbered.mapped('member_number')
        # a number is never changed, but the partners that have it are about to be deleted
        numbered._release_member_number()
        if numbers and not dst_partner.member_number:
            dst_partner.member_number = numbers.pop(0)
        self.env['member.external.ref'].sudo().create(  # sudo: kept by the merge alone
            [
                {'partner_id': dst_partner.id, 'source': 'member', 'reference': number}
                for number in numbers
            ]
        )
        return super()._update_values(src_partners, dst_partner)
