from odoo import api, fields, models
from odoo.fields import Domain


class ReferralRule(models.Model):
    _inherit = 'referral.rule'

    grade_id = fields.Many2one(
        'res.partner.grade',
        string="Level of the Affiliate",
        index='btree_not_null',
        tracking=True,
        help="Empty: all of them.",
    )

    # === COMPUTE METHODS === #

    @api.depends('grade_id')
    def _compute_precedence(self):
        """Override of `aftercare_referral` to depend on the level."""
        super()._compute_precedence()

    # === BUSINESS METHODS === #

    @api.model
    def _get_criteria(self):
        """Override of `aftercare_referral`: a rule may be for a level."""
        return [*super()._get_criteria(), 'grade_id']

    def _get_precedence(self):
        """Override of `aftercare_referral`: a level beats nothing but the programme."""
        return super()._get_precedence() + bool(self.grade_id)

    @api.model
    def _get_candidate_domain(self, program, affiliates, products):
        """Override of `aftercare_referral`: rules of other levels do not fit."""
        return super()._get_candidate_domain(program, affiliates, products) & Domain(
            'grade_id', 'in', [False, *affiliates.grade_id.ids]
        )

    def _prepare_engine_rule(self):
        """Override of `aftercare_referral` to tell the level."""
        return super()._prepare_engine_rule()._replace(grade=self.grade_id.id or None)
