from odoo import api, fields, models
from odoo.tools import format_amount

from ..tools.levels import NOTHING, Level

PRIORITIES = [
    ('0', "Normal"),
    ('1', "Important"),
    ('2', "Urgent"),
    ('3', "Immediate"),
]


class ResPartnerGrade(models.Model):
    """What a level asks for and what it gives; the first in the list is the best one."""

    _inherit = 'res.partner.grade'
    _order = 'sequence, id'

    rank = fields.Integer(compute='_compute_rank', help="1 is the lowest level.")
    color = fields.Char(default='#6B7280', help="The colour of the level in the portal.")
    currency_id = fields.Many2one('res.currency', compute='_compute_currency_id')
    is_automatic = fields.Boolean(
        string="Given Automatically",
        help="Members who reach the conditions get the level by themselves. Without conditions "
        "every member has it.",
    )
    min_spending = fields.Monetary(
        string="Spending",
        help="What a member must have paid within the last 12 months. 0: spending does not count.",
    )
    min_points = fields.Float(
        string="Points",
        digits=(16, 0),
        help="How many points a member must have earned within the last 12 months. "
        "0: points do not count.",
    )
    validity_months = fields.Integer(
        string="Valid for (months)",
        default=12,
        help="Afterwards the member keeps the level who still reaches the conditions, "
        "the others fall to the level they deserve. 0: for ever.",
    )
    service_priority = fields.Selection(
        PRIORITIES,
        default='0',
        required=True,
        help="How urgent the requests of these members are at least.",
    )
    benefits = fields.Text(
        translate=True, help="What members are told of the level, one benefit in each line."
    )

    _conditions_positive = models.Constraint(
        'CHECK (min_spending >= 0 AND min_points >= 0 AND validity_months >= 0)',
        "Conditions and validity of a level can not be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends('sequence', 'active')
    def _compute_rank(self):
        grades = self.search([])
        ranks = {grade.id: len(grades) - index for index, grade in enumerate(grades)}
        for grade in self:
            grade.rank = ranks.get(grade._origin.id, 0)

    @api.depends('company_id')
    @api.depends_context('company')
    def _compute_currency_id(self):
        for grade in self:
            grade.currency_id = (grade.company_id or self.env.company).currency_id

    # === BUSINESS METHODS === #

    @api.model
    def _get_automatic_levels(self):
        """Return the levels that are given automatically, the best one first.

        :return: list of :class:`~odoo.addons.aftercare_member.tools.levels.Level`
        """
        # sudo: res.partner.grade - the levels of all companies are looked at
        grades_sudo = self.sudo().search([('is_automatic', '=', True)])
        return [
            Level(grade.id, grade.company_id.id or 0, grade.min_spending, grade.min_points)
            for grade in grades_sudo
        ]

    @api.model
    def _get_positions(self):
        """Return the position of every level in the order of levels: id → 0 for the best one."""
        # sudo: res.partner.grade - archived levels and those of other companies have a place too
        grades_sudo = self.sudo().with_context(active_test=False).search([])
        return {grade.id: index for index, grade in enumerate(grades_sudo)}

    def _get_expiry(self, start=None, times=1):
        """Return the last day of a level that begins or goes on at a day; False for never.

        :param date start: today by default
        :param int times: how many terms
        """
        self.ensure_one()
        if not self.validity_months:
            return False
        start = start or fields.Date.context_today(self)
        return fields.Date.add(start, months=self.validity_months * max(1, times))

    def _get_benefits(self):
        """Return what the level gives in words, one text for each benefit; addons add theirs."""
        self.ensure_one()
        return [line.strip() for line in (self.benefits or '').splitlines() if line.strip()]

    def _get_conditions(self):
        """Return what the level asks for in words; any of them is enough."""
        self.ensure_one()
        if not self.is_automatic:
            return []
        conditions = []
        if self.min_spending:
            amount = self._money(self.min_spending)
            conditions.append(self.env._("%(amount)s spent in 12 months", amount=amount))
        if self.min_points:
            conditions.append(
                self.env._("%(points)s points earned in 12 months", points=int(self.min_points))
            )
        return conditions or [self.env._("For every member")]

    def _get_steps(self, score=None):
        """Return how far a member is on each way to the level; any way is enough.

        :param score: :class:`~odoo.addons.aftercare_member.tools.levels.Score`, None for nothing
        :return: list of dicts ``label``, ``reached``, ``needed``, ``text`` (what is missing), ``percent``
        """
        self.ensure_one()
        score = score or NOTHING
        steps = []
        if self.min_spending:
            spent = score.spending.get(self.company_id.id or 0, 0)
            steps.append((self.env._("Spent in 12 months"), spent, self.min_spending, self._money))
        if self.min_points:
            label = self.env._("Points earned in 12 months")
            steps.append((label, score.points, self.min_points, lambda points: str(int(points))))
        return [
            {
                'label': label,
                'reached': show(reached),
                'needed': show(needed),
                'text': self.env._(
                    "%(left)s more until %(level)s",
                    left=show(max(0, needed - reached)),
                    level=self.name,
                ),
                'percent': min(100, int(100 * reached / needed)),
            }
            for label, reached, needed, show in steps
        ]

    def _money(self, amount):
        return format_amount(self.env, amount, self.currency_id)
