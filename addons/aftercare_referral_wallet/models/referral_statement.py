from odoo import api, fields, models


class ReferralStatement(models.Model):
    _inherit = 'referral.statement'

    state = fields.Selection(
        selection_add=[('credited', "Credited"), ('paid',)],
        ondelete={'credited': lambda statements: statements.write({'state': 'confirmed'})},
    )

    # === BUSINESS METHODS === #

    def _get_confirmed_state(self):
        """Override of `aftercare_referral`: the wallet has the money already."""
        return 'credited'

    @api.model
    def _get_openings(self, company, partners):
        """Override of `aftercare_referral`: what is owed stays in the wallet and is carried there."""
        return {}
