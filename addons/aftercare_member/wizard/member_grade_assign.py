from odoo import api, fields, models


class MemberGradeAssign(models.TransientModel):
    """Staff gives members a level by hand, and says why."""

    _name = 'member.grade.assign'
    _description = "Change of Level"

    partner_ids = fields.Many2many('res.partner', string="Members", required=True)
    grade_id = fields.Many2one('res.partner.grade', string="New Level")
    until = fields.Date(
        string="Until",
        compute='_compute_until',
        store=True,
        readonly=False,
        precompute=True,
        help="The last day of the level. Empty: it has no end.",
    )
    is_fixed = fields.Boolean(
        string="Keep It Until Then",
        compute='_compute_is_fixed',
        store=True,
        readonly=False,
        precompute=True,
        help="Spending and points do not change the level before its last day.",
    )
    reason = fields.Char(required=True)

    # === COMPUTE METHODS === #

    @api.depends('grade_id')
    def _compute_until(self):
        for wizard in self:
            wizard.until = wizard.grade_id._get_expiry() if wizard.grade_id else False

    @api.depends('grade_id', 'partner_ids')
    def _compute_is_fixed(self):
        """Whoever lowers a level does not want it to be earned again the same day."""
        positions = self.env['res.partner.grade']._get_positions()
        lowest = len(positions)
        for wizard in self:
            place = positions.get(wizard.grade_id.id, lowest)
            wizard.is_fixed = any(
                positions.get(grade.id, lowest) < place for grade in wizard.partner_ids.grade_id
            )

    # === ACTION METHODS === #

    def action_assign(self):
        """Give the members the level."""
        self.ensure_one()
        self.partner_ids.check_access('write')
        self.partner_ids._check_may_set_grade()
        self.partner_ids._assign_grade(
            self.grade_id, self.reason, until=self.until, is_fixed=self.is_fixed
        )
        return {'type': 'ir.actions.act_window_close'}
