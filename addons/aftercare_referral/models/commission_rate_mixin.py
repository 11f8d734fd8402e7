from odoo import fields, models

from ..tools.numbers import to_decimal


class CommissionRateMixin(models.AbstractModel):
    """Rates of commissions: for purchases and renewals, on two levels."""

    _name = 'commission.rate.mixin'
    _description = 'Commission Rates'

    purchase_rate = fields.Float(
        string="Purchase", digits=(16, 4), help="What the one who brought the customer gets."
    )
    purchase_rate_2 = fields.Float(
        string="Purchase, Level 2", digits=(16, 4), help="What the one who brought that one gets."
    )
    renewal_rate = fields.Float(
        string="Renewal", digits=(16, 4), help="What the one who brought the customer gets."
    )
    renewal_rate_2 = fields.Float(
        string="Renewal, Level 2", digits=(16, 4), help="What the one who brought that one gets."
    )
    max_renewals = fields.Integer(
        string="Renewals That Count",
        help="So many renewals of one licence bring a commission; 0: all of them. A limit holds "
        "whichever of the rules that fit a sale sets it.",
    )

    # === BUSINESS METHODS === #

    def _get_engine_rates(self):
        """Return the rates of each kind, level 1 first."""
        self.ensure_one()
        return {
            kind: tuple(to_decimal(self[name]) for name in (f'{kind}_rate', f'{kind}_rate_2'))
            for kind in ('purchase', 'renewal')
        }
