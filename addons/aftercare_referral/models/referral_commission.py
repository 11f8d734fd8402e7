from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# What may still change once a commission exists; all else says what it was paid for.
MUTABLE_FIELDS = {
    'amount',
    'reversed_amount',
    'state',
    'date_due',
    'date_paid',
    'statement_id',
    'void_code',
    'reason',
    'needs_review',
    'review_reason',
}
# What a paid one still takes: refunds after the payment are counted against it.
PAID_FIELDS = {'reversed_amount'}


class ReferralCommission(models.Model):
    """What somebody earns by a customer whom he brought: a snapshot that explains itself."""

    _name = 'referral.commission'
    _description = 'Commission'
    _inherit = ['mail.thread', 'mail.activity.mixin', 'notification.mixin']
    _order = 'id desc'
    _mail_post_access = 'read'

    company_id = fields.Many2one('res.company', required=True, readonly=True)
    beneficiary_id = fields.Many2one(
        'res.partner', string="Affiliate", required=True, readonly=True, ondelete='restrict'
    )
    source_partner_id = fields.Many2one(
        'res.partner',
        string="Customer",
        readonly=True,
        index='btree_not_null',
        ondelete='restrict',
        groups='aftercare_referral.aftercare_referral_group_user',
    )
    customer_label = fields.Char(
        string="Customer (Masked)", compute='_compute_customer_label', compute_sudo=True
    )
    level = fields.Integer(readonly=True, aggregator=None)
    kind = fields.Selection(
        [
            ('purchase', "Purchase"),
            ('renewal', "Renewal"),
            ('signup', "Registration"),
            ('reversal', "Reversal"),
            ('write_off', "Write-off"),
        ],
        required=True,
        readonly=True,
    )
    date = fields.Date(required=True, readonly=True, default=fields.Date.today)
    event_id = fields.Many2one(
        'referral.event',
        string="Sale",
        readonly=True,
        index='btree_not_null',
        ondelete='restrict',
        groups='aftercare_referral.aftercare_referral_group_user',
    )
    source_model = fields.Char(
        readonly=True, groups='aftercare_referral.aftercare_referral_group_user'
    )
    source_id = fields.Many2oneReference(
        model_field='source_model',
        readonly=True,
        groups='aftercare_referral.aftercare_referral_group_user',
    )
    source_key = fields.Char(
        readonly=True, groups='aftercare_referral.aftercare_referral_group_user'
    )
    reference = fields.Char(
        string="Document",
        readonly=True,
        groups='aftercare_referral.aftercare_referral_group_user',
    )
    line_ids = fields.One2many(
        'referral.commission.line',
        'commission_id',
        readonly=True,
        groups='aftercare_referral.aftercare_referral_group_user',
    )

    # how the amount came about
    rule_id = fields.Many2one(
        'referral.rule',
        string="Rule",
        readonly=True,
        index='btree_not_null',
        ondelete='restrict',
        groups='aftercare_referral.aftercare_referral_group_user',
    )
    rule_name = fields.Char(
        string="Rule at the Time",
        readonly=True,
        groups='aftercare_referral.aftercare_referral_group_user',
    )
    rate_type = fields.Selection(
        [('percent', "Percent"), ('fixed', "Amount for each unit")],
        default='percent',
        readonly=True,
    )
    rate = fields.Float(readonly=True, digits=(16, 4), aggregator='avg')
    quantity = fields.Float(readonly=True, digits=(16, 4), aggregator=None)
    share = fields.Float(
        string="Real Money",
        readonly=True,
        digits=(7, 6),
        default=1,
        aggregator=None,
        help="The share that was paid by real money rather than by bonus or points.",
    )
    base = fields.Monetary(
        currency_field='source_currency_id',
        readonly=True,
        help="Untaxed, after discounts, paid by real money.",
    )
    source_currency_id = fields.Many2one(
        'res.currency', string="Currency of the Sale", required=True, readonly=True
    )
    source_amount = fields.Monetary(
        string="In the Currency of the Sale",
        currency_field='source_currency_id',
        readonly=True,
    )
    uncapped_amount = fields.Monetary(
        string="Before the Cap", currency_field='source_currency_id', readonly=True
    )
    cap_percent = fields.Float(string="Cap (%)", readonly=True, digits=(5, 2), aggregator=None)
    fx_rate = fields.Float(
        string="Exchange Rate", readonly=True, digits=(20, 10), default=1, aggregator=None
    )
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    initial_amount = fields.Monetary(
        string="At the Sale", readonly=True, help="Never changed afterwards."
    )
    explanation = fields.Html(string="Why This Amount?", compute='_compute_explanation')

    # what has become of it
    amount = fields.Monetary(readonly=True, help="What it is worth now.")
    reversed_amount = fields.Monetary(
        string="Taken Back",
        readonly=True,
        help="By refunds, all together: from this amount while it was held, by reversals later.",
    )
    state = fields.Selection(
        [('held', "Held"), ('due', "Due"), ('paid', "Paid"), ('void', "Void")],
        default='held',
        required=True,
        readonly=True,
        group_expand=True,
    )
    hold_until = fields.Date(string="Held Until", readonly=True)
    date_due = fields.Date(string="Due Since", readonly=True)
    date_paid = fields.Date(string="Paid On", readonly=True)
    void_code = fields.Selection(
        [
            ('SELF_REFERRAL', "Self-referral"),
            ('REFUNDED', "Refunded"),
            ('MANUAL', "By hand"),
        ],
        string="Why Void",
        readonly=True,
    )
    reason = fields.Char(readonly=True, groups='aftercare_referral.aftercare_referral_group_user')
    needs_review = fields.Boolean(
        readonly=True, groups='aftercare_referral.aftercare_referral_group_user'
    )
    review_reason = fields.Text(
        readonly=True, groups='aftercare_referral.aftercare_referral_group_user'
    )
    origin_id = fields.Many2one(
        'referral.commission',
        string="Reversal Of",
        readonly=True,
        index='btree_not_null',
        ondelete='restrict',
    )
    reversal_ids = fields.One2many('referral.commission', 'origin_id', string="Reversals")
    statement_id = fields.Many2one(
        'referral.statement', readonly=True, index='btree_not_null', ondelete='set null'
    )

    # Whatever happens, a sale gives each level one commission by one rule.
    _source_uniq = models.UniqueIndex(
        '(source_key, beneficiary_id, level, COALESCE(rule_id, 0), kind)'
        ' WHERE source_key IS NOT NULL AND origin_id IS NULL',
        "This commission was booked already.",
    )
    _hold_idx = models.Index("(hold_until) WHERE state = 'held'")
    _due_idx = models.Index("(beneficiary_id, date_due) WHERE state = 'due'")
    _beneficiary_idx = models.Index('(beneficiary_id, date, id)')
    _review_idx = models.Index('(id) WHERE needs_review')
    _company_date_idx = models.Index('(company_id, date)')
    _amount_check = models.Constraint(
        'CHECK(origin_id IS NOT NULL OR (amount BETWEEN 0 AND initial_amount'
        ' AND reversed_amount BETWEEN 0 AND initial_amount))',
        "A commission is worth no more than it was at the sale.",
    )

    def init(self):
        """Override: let the database, too, refuse to change what was paid and to delete anything.

        Contacts may still be merged, and refunds counted.
        """
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION referral_commission_refuse() RETURNS trigger AS $$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    RAISE EXCEPTION 'commissions are not deleted';
                ELSIF OLD.state = 'paid' AND (
                    ROW(OLD.state, OLD.amount, OLD.initial_amount, OLD.base, OLD.rate, OLD.level,
                        OLD.kind, OLD.date_paid)
                    IS DISTINCT FROM
                    ROW(NEW.state, NEW.amount, NEW.initial_amount, NEW.base, NEW.rate, NEW.level,
                        NEW.kind, NEW.date_paid)
                ) THEN
                    RAISE EXCEPTION 'a paid commission does not change';
                END IF;
                RETURN NEW;
            END
            $$ LANGUAGE plpgsql;
            CREATE OR REPLACE TRIGGER referral_commission_guard
                BEFORE UPDATE OR DELETE ON referral_commission
                FOR EACH ROW EXECUTE FUNCTION referral_commission_refuse();
            """
        )

    # === COMPUTE METHODS === #

    @api.depends('kind')
    def _compute_display_name(self):
        for commission in self:
            commission.display_name = f'COM{commission.id:06}' if commission.id else ''

    @api.depends('source_partner_id')
    def _compute_customer_label(self):
        for commission in self:
            customer = commission.source_partner_id
            commission.customer_label = customer and customer._get_masked_name()

    @api.depends('amount', 'state', 'reversed_amount')
    @api.depends_context('lang', 'uid')
    def _compute_explanation(self):
        for commission in self:
            commission.explanation = self.env['ir.qweb']._render(
                'aftercare_referral.commission_explanation',
                # sudo: referral.commission - whoever sees the amount may know how it came about
                {'commission': commission.sudo(), 'is_staff': commission._is_seen_by_staff()},
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # nobody follows a commission, and each says itself how it came about
        self = self.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
        )
        return super().create(vals_list)

    def write(self, vals):
        """What a commission was paid for never changes, and a paid one not at all."""
        names = {name for name in vals if not name.startswith(('activity_', 'message_'))}
        if names - MUTABLE_FIELDS:
            raise UserError(self.env._("A commission says what was earned, and keeps saying it."))
        if names - PAID_FIELDS and 'paid' in self.mapped('state'):
            raise UserError(
                self.env._("A paid commission can not be changed any more; reverse it.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Commissions can not be deleted. Void them."))

    # === ACTION METHODS === #

    def action_void(self):
        """Ask why commissions are void."""
        return self._open_operation('void', self.env._("Void"))

    def action_hold(self):
        """Ask why commissions are to be reviewed."""
        return self._open_operation('hold', self.env._("Hold for Review"))

    def action_clear(self):
        """Ask what a review has shown."""
        return self._open_operation('clear', self.env._("Clear"))

    def _open_operation(self, operation, name):
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': 'referral.commission.operation',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_commission_ids': self.ids,
                'default_operation': operation,
            },
        }

    def action_view_source(self):
        """Open the document that was paid."""
        return self.event_id.action_view_source()

    # === BUSINESS METHODS: staff === #

    def _operate(self, operation, reason):
        """Void, hold or clear commissions.

        :param str operation: void, hold or clear
        :raises UserError: when it is too late for one of them
        """
        self.check_access('read')
        if not self.env.user.has_group('aftercare_referral.aftercare_referral_group_manager'):
            raise AccessError(self.env._("Only referral managers review commissions."))
        # sudo: referral.commission - written by what happens to it and by nobody else
        commissions_sudo = self.sudo()
        if operation == 'void':
            commissions_sudo._void(reason)
        elif operation == 'hold':
            commissions_sudo._hold(reason)
        else:
            commissions_sudo._clear(reason)

    def _void(self, reason):
        """Take held commissions away; from due ones nothing is left either, by a reversal."""
        if any(
            commission.state not in ('held', 'due') or commission.origin_id for commission in self
        ):
            raise UserError(self.env._("Only commissions that are held or due can be made void."))
        held = self.filtered(lambda commission: commission.state == 'held')
        held.write(
            {
                'state': 'void',
                'amount': 0,
                'void_code': 'MANUAL',
                'reason': reason,
                'needs_review': False,
            }
        )
        for commission in self - held:
            commission._reverse_to(commission.initial_amount, reason)
        self._finish_review()

    def _hold(self, reason):
        if any(commission.state != 'held' for commission in self):
            raise UserError(self.env._("Only commissions that are held can be held for review."))
        for commission in self:
            commission.write(
                {
                    'needs_review': True,
                    'review_reason': '\n'.join(filter(None, [commission.review_reason, reason])),
                }
            )

    def _clear(self, reason):
        waiting = self.filtered('needs_review')
        for commission in waiting:
            commission.write(
                {
                    'needs_review': False,
                    'review_reason': '\n'.join(filter(None, [commission.review_reason, reason])),
                }
            )
        waiting._finish_review()

    def _finish_review(self):
        self.activity_unlink(['mail.mail_activity_data_todo'])

    # === BUSINESS METHODS: parts === #

    def _is_seen_by_staff(self):
        return self.env.user.has_group('aftercare_referral.aftercare_referral_group_user')

    @api.model
    def _get_own_domain(self, partner):
        """Return the domain of the commissions of a customer."""
        return Domain('beneficiary_id', '=', partner.commercial_partner_id.id)

    @api.model
    def _get_totals(self, partners, domain=None):
        """Return what affiliates have earned, in the currency of each company together.

        :return: dict of partner id → dict ``earned`` (all that was ever booked), ``held``,
            ``due``, ``paid``, ``reversed``; earned = held + due + paid + reversed
        """
        totals = {
            partner.id: dict.fromkeys(('earned', 'held', 'due', 'paid', 'reversed'), 0.0)
            for partner in partners
        }
        domain = Domain(domain or Domain.TRUE) & Domain('beneficiary_id', 'in', partners.ids)
        for partner, state, amount in self._read_group(
            domain & Domain('state', '!=', 'void'), ['beneficiary_id', 'state'], ['amount:sum']
        ):
            totals[partner.id][state] = amount
        for partner, amount in self._read_group(
            domain & Domain('reversed_amount', '!=', 0),
            ['beneficiary_id'],
            ['reversed_amount:sum'],
        ):
            totals[partner.id]['reversed'] = amount
        for values in totals.values():
            values['earned'] = sum(values[name] for name in ('held', 'due', 'paid', 'reversed'))
        return totals

    # === BUSINESS METHODS: notification === #

    def _notification_get_recipients(self, audience):
        """Override of `aftercare_notification`: the customer of a commission is who earns it."""
        if audience == 'customer':
            return {record.id: record.beneficiary_id for record in self}
        if audience == 'manager':
            return {
                record.id: self.env['referral.program']
                ._get_for(record.company_id)
                ._get_reviewer()
                .partner_id
                for record in self
            }
        return super()._notification_get_recipients(audience)

    def _notification_get_url(self, partner, audience):
        """Override of `aftercare_notification`: affiliates read on in the portal."""
        return (
            '/my/referral'
            if audience == 'customer'
            else super()._notification_get_url(partner, audience)
        )
