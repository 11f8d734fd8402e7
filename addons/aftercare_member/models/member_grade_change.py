from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount, format_date


class MemberGradeChange(models.Model):
    """Which level a member was given or lost, by whom and why; never changed afterwards.

    A row that grants a level (``granted_grade_id``) counts until its last day, unless a later row
    takes it back (``revoked_id``) or puts an end to all before (``is_reset``).
    """

    _name = 'member.grade.change'
    _description = "Level Change"
    _inherit = ['notification.mixin']
    _order = 'id desc'
    _rec_name = 'kind'

    partner_id = fields.Many2one(
        'res.partner',
        string="Member",
        required=True,
        readonly=True,
        ondelete='cascade',
        index=True,
    )
    kind = fields.Selection(
        [
            ('automatic', "Earned"),
            ('purchase', "Bought"),
            ('manual', "Given by hand"),
            ('expiry', "Expired"),
            ('revoke', "Taken back"),
        ],
        required=True,
        readonly=True,
    )
    old_grade_id = fields.Many2one('res.partner.grade', string="From", readonly=True)
    new_grade_id = fields.Many2one('res.partner.grade', string="To", readonly=True)
    granted_grade_id = fields.Many2one(
        'res.partner.grade',
        string="Granted",
        readonly=True,
        help="A member who has a better level keeps that, and has this one when it ends.",
    )
    until = fields.Date(string="Valid Until", readonly=True)
    old_until = fields.Date(string="Was Valid Until", readonly=True)
    reason = fields.Char(readonly=True)
    explanation = fields.Char(string="Why", compute='_compute_explanation')
    user_id = fields.Many2one('res.users', string="By", readonly=True, ondelete='restrict')
    order_id = fields.Many2one(
        'sale.order', readonly=True, index='btree_not_null', ondelete='set null'
    )
    revoked_id = fields.Many2one(
        'member.grade.change',
        string="Takes Back",
        readonly=True,
        index='btree_not_null',
        ondelete='cascade',
    )
    after_id = fields.Many2one(
        'member.grade.change',
        string="Given Again After",
        readonly=True,
        index='btree_not_null',
        ondelete='cascade',
        help="The order had given its level before, and it was taken back.",
    )
    is_reset = fields.Boolean(readonly=True, help="What was granted before no longer counts.")
    is_fixed = fields.Boolean(string="Kept Fixed", readonly=True)
    spending = fields.Monetary(readonly=True, help="In the 12 months before.")
    points = fields.Float(digits=(16, 0), readonly=True, help="Earned in the 12 months before.")
    currency_id = fields.Many2one('res.currency', readonly=True)

    _date_idx = models.Index('(create_date DESC)')
    _purchase_uniq = models.UniqueIndex(
        "(order_id, COALESCE(after_id, 0)) WHERE kind = 'purchase'",
        "This order has given its level already.",
    )

    # === COMPUTE METHODS === #

    @api.depends('kind', 'reason', 'order_id', 'spending', 'points', 'old_until')
    @api.depends_context('lang')
    def _compute_explanation(self):
        for change in self:
            # sudo: sale.order - whoever may see the change may know the number of the order
            order = change.sudo().order_id.name or '–'
            if change.kind == 'automatic':
                change.explanation = change._explain_score()
            elif change.kind == 'purchase':
                change.explanation = self.env._("Order %(order)s was paid", order=order)
            elif change.kind == 'revoke':
                change.explanation = self.env._(
                    "Order %(order)s was cancelled or refunded", order=order
                )
            elif change.kind == 'expiry':
                change.explanation = self.env._(
                    "The level was valid until %(date)s and was not earned again",
                    date=format_date(self.env, change.old_until),
                )
            else:
                change.explanation = change.reason

    def _explain_score(self):
        parts = []
        if self.spending:
            amount = format_amount(self.env, self.spending, self.currency_id)
            parts.append(self.env._("%(amount)s spent in 12 months", amount=amount))
        if self.points:
            parts.append(
                self.env._("%(points)s points earned in 12 months", points=int(self.points))
            )
        return ', '.join(parts) or self.env._("Every member has this level")

    # === CRUD METHODS === #

    def write(self, vals):
        raise UserError(self.env._("The history of levels can not be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of levels can not be changed."))

    # === BUSINESS METHODS === #

    def _notification_get_url(self, partner, audience):
        """Override of `aftercare_notification`: customers see their level in the portal."""
        return (
            '/my/level'
            if audience == 'customer'
            else super()._notification_get_url(partner, audience)
        )

    def _get_valid_grants(self, partner_ids, today):
        """Return the levels that members were granted and that still count, but for those in self.

        :return: dict of partner id → list of (level id, last day or None), in one query
        """
        self.flush_model()
        grants = {}
        for partner_id, grade_id, until in self.env.execute_query(
            SQL(
                """
                SELECT c.partner_id, c.granted_grade_id, c.until
                  FROM member_grade_change c
                  JOIN res_partner_grade g ON g.id = c.granted_grade_id AND g.active
                 WHERE c.partner_id = ANY(%(partners)s)
                   AND (c.until IS NULL OR c.until >= %(today)s)
                   AND c.id != ALL(%(lapsed)s)
                   AND NOT EXISTS (
                       SELECT FROM member_grade_change r WHERE r.revoked_id = c.id)
                   AND NOT EXISTS (
                       SELECT FROM member_grade_change s
                        WHERE s.partner_id = c.partner_id AND s.is_reset AND s.id > c.id)
                """,
                partners=list(partner_ids),
                today=today,
                lapsed=self.ids,
            )
        ):
            grants.setdefault(partner_id, []).append((grade_id, until))
        return grants
