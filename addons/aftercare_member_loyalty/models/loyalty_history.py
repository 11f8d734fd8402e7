from odoo import api, models


class LoyaltyHistory(models.Model):
    _inherit = 'loyalty.history'

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `loyalty`: earned points may earn a level."""
        lines = super().create(vals_list)
        # sudo: loyalty.card - whoever earns points need not see cards
        earning_sudo = lines.sudo().filtered(lambda line: line.issued > 0)
        earning_sudo.card_id.partner_id._follow_score()
        return lines
