from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = 'res.partner'

    # === BUSINESS METHODS === #

    @api.model
    def _get_points_queries(self, since):
        """Override of `aftercare_member`: points earned in the programmes of members."""
        # sudo: res.company - points of all companies earn levels
        programs = self.env['res.company'].sudo().search([]).member_points_program_id
        points = SQL(
            """
            SELECT p.commercial_partner_id, h.issued
              FROM loyalty_history h
              JOIN loyalty_card c ON c.id = h.card_id
              JOIN res_partner p ON p.id = c.partner_id
             WHERE c.program_id = ANY(%s) AND h.issued > 0 AND h.create_date >= %s
            """,
            programs.ids,
            since,
        )
        return [*super()._get_points_queries(since), points]
