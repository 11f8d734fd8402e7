from odoo import api, fields, models
from odoo.tools import format_amount


class MemberWelcomeBonus(models.Model):
    """Money of the welcome bonus goes to the bonus of the wallet."""

    _inherit = 'member.welcome.bonus'

    amount = fields.Monetary(string="Money", readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_offer(self, company):
        """Override of `aftercare_member` to offer the money of the company."""
        offer = super()._prepare_offer(company)
        if company.member_bonus_amount > 0:
            offer['amount'] = company.member_bonus_amount
        return offer

    def _describe_gift(self):
        """Override of `aftercare_member` to name the money."""
        described = super()._describe_gift()
        if self.amount:
            described.append(format_amount(self.env, self.amount, self.currency_id))
        return described

    def _grant(self):
        """Override of `aftercare_member` to book the money, once."""
        super()._grant()
        if self.amount:
            account = self.env['wallet.account']._get_for(
                self.partner_id, currency=self.currency_id, company=self.company_id
            )
            account._grant_bonus(
                self.amount,
                f'member.welcome.bonus,{self.id}',
                origin=self,
                reason=self.env._("Welcome bonus"),
            )
