import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..tools import levels

_logger = logging.getLogger(__name__)

GROUP_LEVEL = 'aftercare_member.aftercare_member_group_level'


class ResPartner(models.Model):
    """The level of a member, until when, and how it came about."""

    _inherit = 'res.partner'

    grade_id = fields.Many2one(string="Level", index='btree_not_null', copy=False, tracking=False)
    grade_until = fields.Date(
        string="Level Valid Until",
        copy=False,
        readonly=True,
        help="The last day of the level. Empty: it has no end.",
    )
    grade_is_fixed = fields.Boolean(
        string="Level Is Kept",
        copy=False,
        readonly=True,
        help="The level was set by hand and is not changed automatically before its last day.",
    )
    grade_progress = fields.Integer(
        string="Progress to the Next Level (%)",
        copy=False,
        readonly=True,
        aggregator='avg',
        help="Noted whenever something was paid, and every night.",
    )
    next_grade_id = fields.Many2one(
        'res.partner.grade',
        string="Next Level",
        copy=False,
        readonly=True,
        index='btree_not_null',
        ondelete='set null',
    )
    grade_history_ids = fields.One2many(
        'member.grade.change', 'partner_id', string="History of Levels", readonly=True
    )
    member_spending = fields.Monetary(
        string="Spent in 12 Months",
        compute='_compute_member_score',
        currency_field='member_currency_id',
        groups='aftercare_base.aftercare_base_group_user',
    )
    member_points = fields.Float(
        string="Points Earned in 12 Months",
        compute='_compute_member_score',
        digits=(16, 0),
        groups='aftercare_base.aftercare_base_group_user',
    )
    member_currency_id = fields.Many2one('res.currency', compute='_compute_member_currency_id')

    _grade_until_idx = models.Index('(grade_until) WHERE grade_until IS NOT NULL')

    # === COMPUTE METHODS === #

    @api.depends('is_member', 'commercial_partner_id')
    @api.depends_context('company')
    def _compute_member_score(self):
        members = self.filtered(lambda p: p.is_member and p.commercial_partner_id)
        # sudo: account.move, sale.order - staff sees what a member spent, not what for
        scores = members.sudo()._get_grade_scores() if members else {}
        for partner in self:
            score = levels.NOTHING
            if partner in members:
                score = scores.get(partner.commercial_partner_id.id, score)
            partner.member_spending = score.spending.get(0, 0)
            partner.member_points = score.points

    @api.depends_context('company')
    def _compute_member_currency_id(self):
        self.member_currency_id = self.env.company.currency_id

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get('grade_id') for vals in vals_list):
            self._check_may_set_grade()
        partners = super().create(vals_list)
        for grade, given in partners.filtered('grade_id').grouped('grade_id').items():
            if pricelist := grade.default_pricelist_id:  # core does so when it is written later
                given.filtered(
                    lambda p: not p.specific_property_product_pricelist
                ).specific_property_product_pricelist = pricelist
            given._note_direct_grade(grade, {})
        return partners

    def write(self, vals):
        """Override of `partnership` to keep a history, and to take back the pricelist of a level
        together with it."""
        if 'grade_id' not in vals:
            return super().write(vals)
        before = {partner: (partner.grade_id, partner.grade_until) for partner in self}
        changing = self.filtered(lambda p: p.grade_id.id != (vals['grade_id'] or False))
        if changing:
            self._check_may_set_grade()
        result = super().write(dict(vals))
        for grade, lost in changing.grouped(lambda p: before[p][0]).items():
            lost._drop_pricelist(grade)
        if not (self.env.su and self.env.context.get('member_grade_noted')):
            changing._note_direct_grade(changing[:1].grade_id, before)
        return result

    def _check_may_set_grade(self):
        if not self.env.su and not self.env.user.has_group(GROUP_LEVEL):
            raise AccessError(self.env._("You are not allowed to change the levels of members."))

    def _drop_pricelist(self, grade):
        """Take back the pricelist that came with a level its members no longer have."""
        pricelist = grade.default_pricelist_id
        if not pricelist or (self.grade_id and self.grade_id.default_pricelist_id):
            return
        having = self.filtered(lambda p: p.specific_property_product_pricelist == pricelist)
        having.specific_property_product_pricelist = False

    def _note_direct_grade(self, grade, before):
        """Note levels that were written like any other field: given by hand, for a term."""
        if not self:
            return
        until = grade._get_expiry() if grade else False
        # sudo: res.partner, member.grade.change - the last day and the history follow the level
        self.sudo().write({'grade_until': until, 'grade_is_fixed': False})
        reason = self.env.context.get('member_grade_reason') or self.env._("Set directly")
        self._log_grade(before, kind='manual', reason=reason, granted=grade, is_reset=True)

    # === ACTION METHODS === #

    def action_change_level(self):
        """Open the dialogue in which staff gives members a level and says why."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Change Level"),
            'res_model': 'member.grade.assign',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_partner_ids': self.ids},
        }

    def action_open_grade_history(self):
        """Open what happened to the level of the member."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_member.member_grade_change_action'
        )
        return {**action, 'domain': [('partner_id', 'in', self.ids)], 'context': {}}

    # === BUSINESS METHODS === #

    def _get_member_events(self):
        """Override to show the levels in the timeline of a member."""
        # sudo: member.grade.change - whoever sees the member may know the levels
        changes_sudo = self.sudo().grade_history_ids.filtered(
            lambda change: change.old_grade_id != change.new_grade_id
        )
        return super()._get_member_events() + [
            {
                'date': change.create_date,
                'icon': 'fa-star-o',
                'title': change.new_grade_id.name or self.env._("No level"),
                'text': change.explanation,
            }
            for change in changes_sudo
        ]

    def _set_grade(
        self, grade, kind, granted=None, until=False, is_fixed=False, scores=None, **details
    ):
        """Give members a level and note why. The only way levels change but by hand.

        :param grade: the level they have from now on, may be empty
        :param str kind: see ``member.grade.change``
        :param granted: the level that is granted with its own last day; empty when they fall back
            to one granted before
        :param date until: the last day, False for never
        :param dict scores: partner id → what it was earned by
        :param details: further values of the history: reason, order_id, is_reset …
        """
        # sudo: res.partner - levels follow payments and rules, whoever set them off
        partners_sudo = self.sudo().with_context(member_grade_noted=True, tracking_disable=True)
        before = {partner: (partner.grade_id, partner.grade_until) for partner in self.sudo()}
        for partners in partners_sudo.grouped(lambda p: p.grade_id == grade).values():
            vals = {'grade_until': until, 'grade_is_fixed': is_fixed}
            if partners[:1].grade_id != grade:
                vals['grade_id'] = grade.id
            partners.write(vals)
        changes = self._log_grade(
            before,
            kind=kind,
            granted=granted,
            scores=scores,
            until=until,
            is_fixed=is_fixed,
            **details,
        )
        self._tell_grades(changes)
        return changes

    def _log_grade(self, before, granted=None, scores=None, **details):
        """Write the history of members; see ``_set_grade``."""
        currency = self.env.company.currency_id
        vals_list = []
        # sudo: member.grade.change - written by what happens, never by people
        for partner in self.sudo():
            old, old_until = before.get(partner) or (partner.grade_id.browse(), False)
            score = (scores or {}).get(partner.id, levels.NOTHING)
            vals_list.append(
                {
                    'partner_id': partner.id,
                    'old_grade_id': old.id,
                    'old_until': old_until,
                    'new_grade_id': partner.grade_id.id,
                    'granted_grade_id': granted.id if granted else False,
                    'until': partner.grade_until,
                    'user_id': self.env.uid,
                    'spending': score.spending.get(0, 0),
                    'points': score.points,
                    'currency_id': currency.id,
                    **details,
                }
            )
        return self.env['member.grade.change'].sudo().create(vals_list)

    @api.model
    def _tell_grades(self, changes):
        """Tell members whose level has become another one. A level that all have is no news."""
        news = changes.filtered(
            lambda c: (
                c.old_grade_id != c.new_grade_id
                and (c.old_grade_id or c.kind != 'automatic' or c.spending or c.points)
            )
        )
        self.env['notification.event']._notify('member_grade_changed', news)

    def _grant_grade(self, grade, kind, times=1, **details):
        """Grant members a level for its term. Who has a better one keeps that one, who has it
        already has it longer.

        :param str kind: see ``member.grade.change``
        :param int times: how many terms
        :param details: further values of the history
        """
        positions = self.env['res.partner.grade']._get_positions()
        today = fields.Date.context_today(self)
        grants = self.env['member.grade.change']._get_valid_grants(self.ids, today)
        for partner in self.sudo():  # sudo: res.partner - whoever takes a payment grants levels
            ends = [until for grade_id, until in grants.get(partner.id, ()) if grade_id == grade.id]
            if None in ends:
                until = False
            else:
                until = grade._get_expiry(max(ends, default=None), times)
            held = partner.grade_id
            is_better = not held or positions[grade.id] <= positions[held.id]
            if not is_better or partner.grade_is_fixed:
                partner._log_grade(
                    {partner: (held, partner.grade_until)},
                    kind=kind,
                    granted=grade,
                    **{**details, 'until': until},
                )
            else:
                partner._set_grade(grade, kind, granted=grade, until=until, **details)
        self._update_grades()

    def _assign_grade(self, grade, reason, until=False, is_fixed=False):
        """Give members a level by hand; what they were granted before no longer counts.

        :param grade: the level, empty for none
        :param str reason: for the history
        :param date until: the last day, False for never
        :param bool is_fixed: whether the level is kept until then, whatever is earned
        """
        if not (reason or '').strip():
            raise UserError(self.env._("Please say why the level is changed."))
        if until and until < fields.Date.context_today(self):
            raise UserError(self.env._("The last day of the level is over already."))
        changes = self._set_grade(
            grade,
            'manual',
            granted=grade,
            until=until,
            is_fixed=is_fixed,
            reason=reason.strip(),
            is_reset=True,
        )
        self._update_grades()
        return changes

    def _follow_score(self):
        """Look at the levels of people of whom something that counts has changed. Whatever it was,
        it never fails on this."""
        # sudo: res.partner - whoever books payments need not write contacts
        members_sudo = self.sudo().commercial_partner_id.filtered('is_member')
        try:
            with self.env.cr.savepoint():
                members_sudo._update_grades()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Levels of %s", members_sudo)

    def _get_level_partner(self):
        """Return the partner whose level counts for this one: a company's is that of its people."""
        self.ensure_one()
        return self if self.grade_id else self.commercial_partner_id
