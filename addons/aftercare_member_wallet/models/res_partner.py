from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _inherit = 'res.partner'

    # === BUSINESS METHODS === #

    @api.model
    def _get_spending_queries(self, since):
        """Override of `aftercare_member`: what a member paid from a bonus was never spent."""
        from_bonus = SQL(
            """
            SELECT p.commercial_partner_id, t.company_id, -SIGN(t.amount) * ABS(t.wallet_bonus)
              FROM payment_transaction t
              JOIN res_company c ON c.id = t.company_id AND c.currency_id = t.currency_id
              JOIN res_partner p ON p.id = t.partner_id
             WHERE t.wallet_bonus != 0 AND t.state = 'done' AND t.is_wallet_topup IS NOT TRUE
               AND t.last_state_change >= %s
            """,
            since,
        )
        return [*super()._get_spending_queries(since), from_bonus]
