from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..tools import levels

WINDOW_MONTHS = 12
BATCH_SIZE = 1000
DECISION_KEYS = ('kind', 'grade', 'granted', 'until', 'order_id', 'revoked_id')


class ResPartner(models.Model):
    """Who has earned which level: read and decided for any number of members at once."""

    _inherit = 'res.partner'

    # === BUSINESS METHODS: scores === #

    @api.model
    def _get_score_start(self):
        """Return the first day of the period whose spending and points count."""
        return fields.Date.subtract(fields.Date.context_today(self), months=WINDOW_MONTHS)

    @api.model
    def _get_spending_queries(self, since):
        """Return what counts as spending; other addons add theirs.

        :param date since: the first day that counts
        :return: list of SQL queries of (commercial partner id, company id, amount in the
            company's currency)
        """
        paid_invoices = SQL(
            """
            SELECT commercial_partner_id, company_id,
                   CASE move_type WHEN 'out_refund' THEN amount_total_signed
                        ELSE amount_total_signed - amount_residual_signed END
              FROM account_move
             WHERE move_type IN ('out_invoice', 'out_refund')
               AND state = 'posted' AND invoice_date >= %s
            """,
            since,
        )
        # paid by a payment provider, and no invoice made of it yet
        paid_orders = SQL(
            """
            SELECT p.commercial_partner_id, o.company_id, t.amount / NULLIF(o.currency_rate, 0)
              FROM sale_order o
              JOIN res_partner p ON p.id = o.partner_id
              JOIN sale_order_transaction_rel r ON r.sale_order_id = o.id
              JOIN payment_transaction t
                ON t.id = r.transaction_id
                OR (t.source_transaction_id = r.transaction_id AND t.operation = 'refund')
             WHERE o.state = 'sale' AND o.date_order >= %s
               AND t.state = 'done' AND t.operation IS DISTINCT FROM 'validation'
               AND NOT EXISTS (
                   SELECT FROM sale_order_line l
                     JOIN sale_order_line_invoice_rel i ON i.order_line_id = l.id
                     JOIN account_move_line ml ON ml.id = i.invoice_line_id
                    WHERE l.order_id = o.id AND ml.parent_state = 'posted')
            """,
            since,
        )
        return [paid_invoices, paid_orders]

    @api.model
    def _get_points_queries(self, since):
        """Return what counts as earned points; addons that give points add theirs.

        :param date since: the first day that counts
        :return: list of SQL queries of (commercial partner id, points)
        """
        return []

    def _get_grade_scores(self):
        """Return what the members, or all of them, did in the period that counts.

        :return: dict of commercial partner id → :class:`~..tools.levels.Score`
        """
        self.env.flush_all()
        since = self._get_score_start()
        spending = defaultdict(dict)
        for partner_id, company_id, amount in self._sum_by_member(
            self._get_spending_queries(since), ['partner_id', 'company_id']
        ):
            spending[partner_id][company_id] = float(amount or 0)
        points = dict(self._sum_by_member(self._get_points_queries(since), ['partner_id']))
        rates = self._get_company_rates()
        scores = {}
        for partner_id in spending.keys() | points.keys():
            amounts = spending[partner_id]
            total = sum(amount * rates.get(company_id, 1) for company_id, amount in amounts.items())
            # credit notes of older invoices never make less than nothing
            amounts = {key: max(0, round(amount, 6)) for key, amount in amounts.items()}
            amounts[0] = max(0, round(total, 6))
            scores[partner_id] = levels.Score(amounts, float(points.get(partner_id) or 0))
        return scores

    def _sum_by_member(self, queries, keys):
        """Return the sums of the last column of queries by the first ones, which are ``keys``."""
        if not queries:
            return []
        members = self.commercial_partner_id.ids
        return self.env.execute_query(
            SQL(
                """
                SELECT %(keys)s, SUM(amount) FROM (%(union)s) AS parts(%(keys)s, amount)
                 WHERE %(chosen)s GROUP BY %(keys)s
                """,
                keys=SQL(", ").join(SQL.identifier(key) for key in keys),
                union=SQL(" UNION ALL ").join(queries),
                chosen=SQL("partner_id = ANY(%s)", members) if members else SQL("TRUE"),
            )
        )

    @api.model
    def _get_company_rates(self):
        """Return by what to multiply amounts of each company to have the current one's currency."""
        company = self.env.company
        # sudo: res.company - levels without a company count what was spent in all of them
        return {
            each.id: self.env['res.currency']._get_conversion_rate(
                each.currency_id, company.currency_id, company, fields.Date.context_today(self)
            )
            for each in self.env['res.company'].sudo().search([])
        }

    # === BUSINESS METHODS: decisions === #

    def _update_grades(self, lapsed=None):
        """Give members the levels they have earned, end what is over and note how far they are.

        The number of queries that decide does not depend on the number of members.

        :param lapsed: ``member.grade.change`` that no longer count: what they granted is lost
            unless it is deserved otherwise
        """
        if self:
            for key, decisions in self._batch_decisions(self._decide_grades(lapsed)):
                self._apply_decisions(key, decisions)

    @api.model
    def _cron_update_grades(self):
        """Promote, renew and downgrade all members; running it again does nothing."""
        batches = list(self._batch_decisions(self.browse()._decide_grades()))
        left = sum(len(decisions) for _key, decisions in batches)
        self.env['ir.cron']._commit_progress(remaining=left)  # the progress of all is noted
        for key, decisions in batches:
            self._apply_decisions(key, decisions)
            left -= len(decisions)
            if not self.env['ir.cron']._commit_progress(len(decisions), remaining=left):
                break

    def _decide_grades(self, lapsed=None):
        """Decide who of the members, or of all of them, gets which level, and note their progress.

        :return: dict of partner id → dict with ``score`` and those of ``DECISION_KEYS`` that apply
        """
        lapsed = lapsed or self.env['member.grade.change']
        Grade = self.env['res.partner.grade']
        scores = self._get_grade_scores()
        positions = Grade._get_positions()
        automatic = Grade._get_automatic_levels()
        rows = self._read_grade_rows()
        today = fields.Date.context_today(self)
        losing = {change.partner_id.id: change for change in lapsed}
        over = {
            row['id']
            for row in rows
            if row['id'] in losing or (row['grade_until'] and row['grade_until'] < today)
        }
        grants = over and lapsed._get_valid_grants(over, today)
        decisions, progress = {}, []
        for row in rows:
            score = scores.get(row['id'], levels.NOTHING)
            offered = [level for level in automatic if self._is_level_offered(level, row)]
            earned = levels.find_earned(offered, score)
            decision = None
            if row['id'] in over:
                decision = self._decide_over(row, earned, grants.get(row['id'], ()), positions)
                if change := losing.get(row['id']):
                    decision |= {
                        'kind': 'revoke',
                        'revoked_id': change.id,
                        'order_id': change.order_id.id,
                    }
            elif earned and not row['grade_is_fixed']:
                if positions[earned.id] < positions.get(row['grade_id'], len(positions)):
                    decision = {'kind': 'automatic', 'grade': earned.id, 'granted': earned.id}
            if decision:
                decisions[row['id']] = {**decision, 'score': score}
            held = decision['grade'] if decision else row['grade_id']
            noted = self._get_next_level(held, offered, score, positions)
            if noted != (row['next_grade_id'], row['grade_progress'] or 0):
                progress.append((row['id'], *noted))
        self._note_progress(progress)
        return decisions

    @api.model
    def _is_level_offered(self, level, row):
        """Tell whether a member can earn a level: members only, and in their company."""
        return row['is_member'] and (
            not level.company_id or row['company_id'] in (None, level.company_id)
        )

    @api.model
    def _get_next_level(self, held_id, offered, score, positions):
        """Return the id of the level after the one that is held, and its progress in percent."""
        place = positions.get(held_id, len(positions))
        nearest = levels.find_next([level for level in offered if positions[level.id] < place])
        if not nearest:
            return None, 100 if held_id else 0
        return nearest.id, levels.get_progress(nearest, score)

    @api.model
    def _decide_over(self, row, earned, grants, positions):
        """Decide what follows on a level that is over: the best one that is still deserved.

        :param earned: the level earned now, may be None
        :param grants: levels granted before that still count: (level id, last day or None)
        """
        ends = {}
        for grade_id, until in grants:
            other = ends.setdefault(grade_id, until)
            ends[grade_id] = max(until, other) if until and other else None
        best = min(ends, key=positions.get, default=None)
        if earned and (best is None or positions[earned.id] <= positions[best]):
            is_same = earned.id == row['grade_id']
            return {
                'kind': 'automatic' if is_same else 'expiry',
                'grade': earned.id,
                'granted': earned.id,
            }
        return {'kind': 'expiry', 'grade': best, 'until': ends.get(best)}

    def _read_grade_rows(self):
        """Return what the levels of the members, or of all of them, are decided from."""
        self.flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT id, company_id, is_member, grade_id, grade_until, grade_is_fixed,
                       grade_progress, next_grade_id
                  FROM res_partner
                 WHERE commercial_partner_id = id AND active
                   AND (is_member OR grade_until IS NOT NULL) %s
                """,
                SQL("AND id = ANY(%s)", self.commercial_partner_id.ids) if self else SQL(),
            )
        )

    @api.model
    def _note_progress(self, progress):
        """Store how far members are from the next level: tuples (id, next level id, percent).

        Nothing is computed from these columns, so they are written past the ORM, all at once.
        """
        if not progress:
            return
        ids, grades, percents = (list(column) for column in zip(*progress, strict=True))
        self.env.execute_query(
            SQL(
                """
                UPDATE res_partner p
                   SET next_grade_id = n.grade_id, grade_progress = n.percent
                  FROM unnest(%s::int[], %s::int[], %s::int[]) AS n(id, grade_id, percent)
                 WHERE p.id = n.id RETURNING p.id
                """,
                ids,
                grades,
                percents,
            )
        )
        self.env['res.partner'].invalidate_model(['next_grade_id', 'grade_progress'])

    @api.model
    def _batch_decisions(self, decisions):
        """Split decisions into batches that are written in one go.

        :return: generator of tuples (values of ``DECISION_KEYS``, {partner id: decision})
        """
        groups = defaultdict(dict)
        for partner_id, decision in decisions.items():
            key = tuple(decision.get(name) for name in DECISION_KEYS)
            groups[key][partner_id] = decision
        for key, group in groups.items():
            for ids in split_every(BATCH_SIZE, sorted(group), list):
                yield key, {partner_id: group[partner_id] for partner_id in ids}

    @api.model
    def _apply_decisions(self, key, decisions):
        decision = dict(zip(DECISION_KEYS, key, strict=True))
        # sudo: res.partner.grade - rules give levels of every company
        Grade = self.env['res.partner.grade'].sudo()
        granted = Grade.browse(decision['granted'] or ())
        self.browse(decisions)._set_grade(
            Grade.browse(decision['grade'] or ()),
            decision['kind'],
            granted=granted,
            until=granted._get_expiry() if granted else decision['until'] or False,
            scores={partner_id: each['score'] for partner_id, each in decisions.items()},
            order_id=decision['order_id'] or False,
            revoked_id=decision['revoked_id'] or False,
        )
