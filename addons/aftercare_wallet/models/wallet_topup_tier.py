from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WalletTopupTier(models.Model):
    """From which recharge on customers get which bonus."""

    _name = 'wallet.topup.tier'
    _description = 'Recharge Bonus'
    _order = 'company_id, amount_from'
    _rec_name = 'amount_from'

    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    amount_from = fields.Monetary(string="Recharge From", required=True)
    bonus = fields.Monetary(string="Bonus Amount")
    percent = fields.Float(string="Bonus in %", digits=(16, 2))
    days = fields.Integer(
        string="Valid for Days", help="0: as long as any bonus, see the settings."
    )
    active = fields.Boolean(default=True)

    _amount_check = models.Constraint(
        'CHECK(amount_from > 0 AND bonus >= 0 AND percent >= 0 AND days >= 0)',
        "Recharge, bonus and days are never negative.",
    )
    _company_amount_uniq = models.UniqueIndex(
        '(company_id, amount_from) WHERE active', "There is a bonus from this amount already."
    )

    # === CONSTRAINT METHODS === #
    @api.constrains('bonus', 'percent', 'amount_from')
    def _check_bonus(self):
        for tier in self:
            if not tier.bonus and not tier.percent:
                raise ValidationError(self.env._("Please give an amount or a percentage."))
            if tier.percent > 100:
                raise ValidationError(self.env._("A bonus is not more than the recharge."))

    # === BUSINESS METHODS === #
    @api.model
    def _find_for(self, company, amount):
        """Return the highest tier that a recharge reaches, or an empty record."""
        return self.search(
            [('company_id', '=', company.id), ('amount_from', '<=', amount)],
            order='amount_from desc',
            limit=1,
        )

    def _get_bonus(self, amount, currency):
        """Return the bonus for a recharge."""
        self.ensure_one()
        return currency.round(self.bonus + amount * self.percent / 100)

    def _get_bonus_or_zero(self, amount):
        """Return the bonus for a recharge in the company's currency; 0 for no tier."""
        return self._get_bonus(amount, self.currency_id) if self else 0.0
