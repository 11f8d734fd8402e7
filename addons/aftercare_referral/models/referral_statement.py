from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, split_every

BATCH_SIZE = 500


class ReferralStatement(models.Model):
    """What an affiliate gets for a period: what became due, what was taken back, what is carried
    forward."""

    _name = 'referral.statement'
    _description = 'Commission Statement'
    _inherit = ['mail.thread', 'mail.activity.mixin', 'notification.mixin']
    _order = 'date_to desc, id desc'

    name = fields.Char(required=True, readonly=True, copy=False, default='/')
    partner_id = fields.Many2one(
        'res.partner', string="Affiliate", required=True, readonly=True, ondelete='restrict'
    )
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    state = fields.Selection(
        [
            ('draft', "Draft"),
            ('confirmed', "Confirmed"),
            ('paid', "Paid"),
            ('cancelled', "Cancelled"),
        ],
        default='draft',
        required=True,
        readonly=True,
        tracking=True,
        group_expand=True,
    )
    commission_ids = fields.One2many('referral.commission', 'statement_id', readonly=True)
    commission_count = fields.Integer(readonly=True)
    opening = fields.Monetary(
        string="Brought Forward", readonly=True, help="What the affiliate owed before."
    )
    earned = fields.Monetary(readonly=True)
    reversed = fields.Monetary(string="Taken Back", readonly=True)
    total = fields.Monetary(compute='_compute_total', store=True)
    payable = fields.Monetary(compute='_compute_total', store=True)
    carried = fields.Monetary(
        string="Carried Forward",
        compute='_compute_total',
        store=True,
        help="What the affiliate owes after this statement; the next one begins with it.",
    )
    visit_count = fields.Integer(string="Visits", readonly=True)
    registration_count = fields.Integer(string="Registrations", readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    date_paid = fields.Date(string="Paid On", readonly=True)
    payment_reference = fields.Char(tracking=True)

    _partner_idx = models.Index('(partner_id, company_id, date_to)')
    _company_idx = models.Index('(company_id, state)')
    _period_check = models.Constraint(
        'CHECK(date_from <= date_to)', "A period begins before it ends."
    )

    # === COMPUTE METHODS === #

    @api.depends('opening', 'earned', 'reversed')
    def _compute_total(self):
        for statement in self:
            statement.total = statement.opening + statement.earned + statement.reversed
            statement.payable = max(statement.total, 0)
            statement.carried = min(statement.total, 0)

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        if any(statement.state not in ('draft', 'cancelled') for statement in self):
            raise UserError(self.env._("Only drafts and cancelled statements can be deleted."))

    # === ACTION METHODS === #

    def action_confirm(self):
        """Make statements final and tell the affiliates."""
        self._check_manager()
        drafts = self.filtered(lambda statement: statement.state == 'draft')
        drafts._confirm()

    def action_pay(self):
        """Note that the affiliates have got their money."""
        self._check_manager()
        confirmed = self.filtered(lambda statement: statement.state == 'confirmed')
        if any(statement.payable <= 0 for statement in confirmed):
            raise UserError(
                self.env._(
                    "There is nothing to pay: what is owed is carried to the next statement."
                )
            )
        for statement in confirmed.sorted('date_to'):
            statement._pay()

    def action_cancel(self):
        """Take statements back; their commissions come to the next ones."""
        self._check_manager()
        for statement in self.sorted('date_to', reverse=True):
            statement._cancel()

    def action_print(self):
        """Download the statements as PDF."""
        return self.env.ref('aftercare_referral.referral_statement_report').report_action(self)

    def action_view_commissions(self):
        """Open the commissions of the statement."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_referral.referral_commission_action'
        )
        return action | {'domain': [('statement_id', '=', self.id)], 'context': {}}

    def _check_manager(self):
        self.check_access('read')
        if not self.env.user.has_group('aftercare_referral.aftercare_referral_group_manager'):
            raise AccessError(self.env._("Only referral managers settle commissions."))

    # === BUSINESS METHODS: making === #

    @api.model
    def _make(self, company, date_from, date_to, partners=None):
        """Make draft statements of what is due and on no statement yet.

        :param partners: ``res.partner``; all affiliates when None
        :return: the new statements; running it again makes none
        """
        # sudo: referral.commission - statements are made by managers and by the schedule
        self_sudo = self.sudo().with_company(company)
        Commission = self_sudo.env['referral.commission']
        domain = (
            Domain('company_id', '=', company.id)
            & Domain('state', 'in', ('due', 'paid'))
            & Domain('statement_id', '=', False)
            & Domain('date_due', '<=', date_to)
        )
        if partners is not None:
            domain &= Domain('beneficiary_id', 'in', partners.ids)
        groups = Commission._read_group(
            domain, ['beneficiary_id', 'currency_id'], ['amount:sum', 'id:array_agg']
        )
        statements = self_sudo.browse()
        for batch in split_every(BATCH_SIZE, groups):
            statements |= self_sudo._make_batch(company, date_from, date_to, batch)
        return statements.with_env(self.env)

    @api.model
    def _make_batch(self, company, date_from, date_to, groups):
        partners = self.env['res.partner'].union(*(group[0] for group in groups))
        openings = self._get_openings(company, partners)
        counts = self._get_counts(company, partners, date_from, date_to)
        Commission = self.env['referral.commission']
        ids = [id_ for group in groups for id_ in group[3]]
        reversals = {
            (partner, currency): amount
            for partner, currency, amount in Commission._read_group(
                [('id', 'in', ids), ('kind', '=', 'reversal')],
                ['beneficiary_id', 'currency_id'],
                ['amount:sum'],
            )
        }
        vals_list = []
        for partner, currency, amount, group_ids in groups:
            taken_back = reversals.get((partner, currency), 0)
            vals_list.append(
                {
                    'name': self.env['ir.sequence'].next_by_code('referral.statement') or '/',
                    'partner_id': partner.id,
                    'company_id': company.id,
                    'currency_id': currency.id,
                    'date_from': date_from,
                    'date_to': date_to,
                    'opening': openings.get((partner, currency), 0),
                    'earned': amount - taken_back,
                    'reversed': taken_back,
                    'commission_count': len(group_ids),
                    **counts[partner],
                }
            )
        statements = self.create(vals_list)
        for statement, (_partner, _currency, _amount, group_ids) in zip(
            statements, groups, strict=True
        ):
            Commission.browse(group_ids)._set_statement(statement)
        return statements

    @api.model
    def _get_openings(self, company, partners):
        """Return what affiliates owe after their last statement: (partner, currency) → amount."""
        rows = self.search(
            [
                ('company_id', '=', company.id),
                ('partner_id', 'in', partners.ids),
                ('state', '!=', 'cancelled'),
            ],
            order='date_to, id',
        )
        return {(row.partner_id, row.currency_id): row.carried for row in rows}

    @api.model
    def _get_counts(self, company, partners, date_from, date_to):
        """Return visits, registrations and orders of affiliates in a period: partner → values."""
        counts = {
            partner: {'visit_count': 0, 'registration_count': 0, 'order_count': 0}
            for partner in partners
        }
        rows = self.env['referral.kpi']._read_group(
            [
                ('company_id', '=', company.id),
                ('partner_id', 'in', partners.ids),
                ('date', '>=', date_from),
                ('date', '<=', date_to),
            ],
            ['partner_id'],
            ['visits:sum', 'registrations:sum', 'orders:sum'],
        )
        for partner, visits, registrations, orders in rows:
            counts[partner] = {
                'visit_count': visits,
                'registration_count': registrations,
                'order_count': orders,
            }
        return counts

    # === BUSINESS METHODS: states === #

    def _confirm(self):
        self.write({'state': self._get_confirmed_state()})
        self.env['notification.event']._notify('referral_statement_ready', self)

    def _get_confirmed_state(self):
        """Return the state of statements that are final; a wallet has credited them already."""
        return 'confirmed'

    def _pay(self):
        """Note the payment of this statement and of those whose debt it has taken over."""
        self.ensure_one()
        # sudo: referral.commission - written by what happens to it and by nobody else
        statement_sudo = self.sudo()
        earlier = statement_sudo.search(
            [
                ('partner_id', '=', self.partner_id.id),
                ('company_id', '=', self.company_id.id),
                ('currency_id', '=', self.currency_id.id),
                ('state', '=', 'confirmed'),
                ('payable', '=', 0),
                ('date_to', '<=', self.date_to),
            ]
        )
        today = fields.Date.context_today(self)
        statements = statement_sudo | earlier
        statements.commission_ids._set_paid(today)
        statements.write({'state': 'paid', 'date_paid': today})

    def _cancel(self):
        self.ensure_one()
        if self.state not in ('draft', 'confirmed'):
            raise UserError(self.env._("%(name)s is paid or cancelled already.", name=self.name))
        # sudo: referral.statement - what came later counts, whoever may see it
        later = self.sudo().search_count(
            [
                ('partner_id', '=', self.partner_id.id),
                ('company_id', '=', self.company_id.id),
                ('currency_id', '=', self.currency_id.id),
                ('state', '!=', 'cancelled'),
                ('id', '>', self.id),
            ],
            limit=1,
        )
        if later:
            raise UserError(
                self.env._(
                    "A later statement of %(affiliate)s goes on from %(name)s. Cancel that one "
                    "first.",
                    affiliate=self.partner_id.display_name,
                    name=self.name,
                )
            )
        # sudo: referral.commission - written by what happens to it
        self.sudo().commission_ids._set_statement(self.browse())
        self.write({'state': 'cancelled'})

    # === BUSINESS METHODS: scheduled action === #

    @api.model
    def _cron_make(self):
        """Make and confirm the statements of the month before, once for each company."""
        until = fields.Date.context_today(self).replace(day=1) - relativedelta(days=1)
        # sudo: referral.program - the scheduled action serves all companies
        programs = (
            self.env['referral.program']
            .sudo()
            .search(
                [
                    ('is_statement_automatic', '=', True),
                    '|',
                    ('statement_until', '=', False),
                    ('statement_until', '<', until),
                ]
            )
        )
        self.env['ir.cron']._commit_progress(remaining=len(programs))
        for program in programs:
            statements = self._make(program.company_id, until.replace(day=1), until)
            # sudo: referral.statement - the scheduled action serves all companies
            statements.sudo()._confirm()
            program.statement_until = until
            if not self.env['ir.cron']._commit_progress(1):
                break

    # === BUSINESS METHODS: parts === #

    def _get_period_label(self):
        """Return the period in words, a month by its name."""
        self.ensure_one()
        month_end = self.date_from + relativedelta(months=1, day=1, days=-1)
        if self.date_from.day == 1 and self.date_to == month_end:
            return format_date(self.env, self.date_from, date_format='LLLL y')
        return f'{format_date(self.env, self.date_from)} – {format_date(self.env, self.date_to)}'

    def _get_report_commissions(self):
        """Return the commissions of the statement in the order of the report."""
        self.ensure_one()
        # sudo: referral.commission - whoever has the statement may read what is on it
        return self.sudo().commission_ids.sorted(lambda each: (each.date_due, each.id))

    def _notification_get_recipients(self, audience):
        """Override of `aftercare_notification`: the affiliate gets his statement."""
        if audience == 'customer':
            return {record.id: record.partner_id for record in self}
        return super()._notification_get_recipients(audience)

    def _notification_get_url(self, partner, audience):
        """Override of `aftercare_notification`: affiliates find their statements in the portal."""
        return (
            '/my/referral/statements'
            if audience == 'customer'
            else super()._notification_get_url(partner, audience)
        )
