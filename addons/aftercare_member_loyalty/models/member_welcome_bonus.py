from odoo import api, fields, models
from odoo.exceptions import UserError


class MemberWelcomeBonus(models.Model):
    """Points of the welcome bonus go to the member's card in the points programme."""

    _inherit = 'member.welcome.bonus'

    points = fields.Float(digits=(16, 0), readonly=True)

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_offer(self, company):
        """Override of `aftercare_member` to offer the points of the company."""
        offer = super()._prepare_offer(company)
        if company.member_bonus_points > 0 and company.member_points_program_id:
            offer['points'] = company.member_bonus_points
        return offer

    def _describe_gift(self):
        """Override of `aftercare_member` to name the points."""
        described = super()._describe_gift()
        if self.points:
            # sudo: loyalty.program - the name of its points
            name = self.company_id.sudo().member_points_program_id.portal_point_name
            described.append(f'{int(self.points)} {name or self.env._("points")}')
        return described

    def _grant(self):
        """Override of `aftercare_member` to put the points on the member's card."""
        super()._grant()
        if not self.points:
            return
        program = self.company_id.member_points_program_id
        if not program:
            raise UserError(self.env._("No points programme is set for members."))
        Card = self.env['loyalty.card'].with_context(loyalty_no_mail=True)
        card = Card.search(
            [('program_id', '=', program.id), ('partner_id', '=', self.partner_id.id)], limit=1
        )
        if card:
            card.lock_for_update()
        else:
            card = Card.create({'program_id': program.id, 'partner_id': self.partner_id.id})
        card.points += self.points
        self.env['loyalty.history'].create(
            {
                'card_id': card.id,
                'description': self.env._("Welcome bonus"),
                'issued': self.points,
                'order_model': self._name,
                'order_id': self.id,
            }
        )
