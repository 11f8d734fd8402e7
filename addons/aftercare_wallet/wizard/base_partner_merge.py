from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Override of `base`: money moves by entries in the book, which nobody rewrites."""
        # sudo: wallet.account - whoever merges contacts need not see wallets
        accounts_sudo = (
            self.env['wallet.account'].sudo().search([('partner_id', 'in', src_partners.ids)])
        )
        open_sudo = accounts_sudo.filtered(lambda account: not account.merged_into_id)
        open_sudo._merge_into(dst_partner.commercial_partner_id)
        (accounts_sudo - open_sudo).partner_id = dst_partner.commercial_partner_id
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)
