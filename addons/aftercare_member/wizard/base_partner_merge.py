from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_values(self, src_partners, dst_partner):
        """Override of `base`: the one who stays keeps or takes over a member number, and is still
        found by the numbers of the others; it has the best of their levels."""
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
        self._merge_grades(src_partners, dst_partner)
        self._merge_families(src_partners, dst_partner)
        before = (dst_partner.grade_until, dst_partner.grade_is_fixed)
        result = super()._update_values(src_partners, dst_partner)
        # sudo: res.partner - what is empty on the one who stays belongs to its level
        dst_partner.sudo().write(dict(zip(('grade_until', 'grade_is_fixed'), before, strict=True)))
        return result

    def _merge_grades(self, src_partners, dst_partner):
        """Give the one who stays the best level of all, for as long as it was given."""
        positions = self.env['res.partner.grade']._get_positions()
        graded = (src_partners | dst_partner).filtered('grade_id')
        best = min(graded, key=lambda p: positions[p.grade_id.id], default=None)
        if best and best.grade_id != dst_partner.grade_id:
            dst_partner._set_grade(
                best.grade_id,
                'manual',
                granted=best.grade_id,
                until=best.grade_until,
                is_fixed=best.grade_is_fixed,
                reason=self.env._("Merged with %(name)s", name=best.display_name),
            )

    def _merge_families(self, src_partners, dst_partner):
        """Nobody becomes his own sub-member."""
        # sudo: res.partner - follows the merge
        merged_sudo = (src_partners | dst_partner).sudo()
        merged_sudo.filtered(lambda p: p.member_parent_id in merged_sudo).member_parent_id = False
        parents_sudo = merged_sudo.member_parent_id - merged_sudo
        if any(parent in merged_sudo._get_member_descendants() for parent in parents_sudo):
            merged_sudo.member_parent_id = False
