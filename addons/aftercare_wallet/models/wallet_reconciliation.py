import time

from odoo import api, fields, models


class WalletReconciliation(models.Model):
    """What the nightly comparison of balances, entries and the company's books has found."""

    _name = 'wallet.reconciliation'
    _description = 'Wallet Reconciliation'
    _inherit = ['mail.thread', 'mail.activity.mixin', 'notification.mixin']
    _order = 'id desc'
    _rec_name = 'date'

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    state = fields.Selection(
        [('ok', "Everything agrees"), ('differs', "Differences")],
        compute='_compute_state',
        store=True,
    )
    line_ids = fields.One2many('wallet.reconciliation.line', 'reconciliation_id', readonly=True)
    line_count = fields.Integer(string="Differences", compute='_compute_state', store=True)
    account_count = fields.Integer(string="Wallets", readonly=True, aggregator=None)
    entry_count = fields.Integer(string="Entries", readonly=True, aggregator=None)
    seconds = fields.Float(readonly=True, aggregator=None)

    # === COMPUTE METHODS === #
    @api.depends('line_ids')
    def _compute_state(self):
        for reconciliation in self:
            reconciliation.line_count = len(reconciliation.line_ids)
            reconciliation.state = 'differs' if reconciliation.line_ids else 'ok'

    @api.depends('date', 'company_id')
    def _compute_display_name(self):
        for reconciliation in self:
            day = fields.Date.to_string(
                fields.Datetime.context_timestamp(reconciliation, reconciliation.date)
            )
            reconciliation.display_name = f'{reconciliation.company_id.name} {day}'

    # === CRUD METHODS === #
    @api.autovacuum
    def _gc_agreeing(self):
        """Forget after three months the nights on which everything agreed."""
        self.search([('state', '=', 'ok'), ('date', '<', 'now -90d')], limit=1000).unlink()

    # === ACTION METHODS === #
    @api.model
    def action_run(self):
        """Compare now and open the result."""
        self.check_access('read')
        # sudo: wallet.reconciliation - nobody writes one but this method
        reconciliation = self.sudo()._run(self.env.company)
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'res_id': reconciliation.id,
            'view_mode': 'form',
        }

    # === BUSINESS METHODS === #
    @api.model
    def _cron_run(self):
        """Compare all companies' wallets; report, and repair nothing."""
        # sudo: wallet.account - the scheduled action serves all companies
        companies = self.env['wallet.account'].sudo().search([]).company_id
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            self.sudo()._run(company)
            if not cron._commit_progress(1):
                break

    @api.model
    def _run(self, company):
        """Compare a company's wallets.

        :return: the ``wallet.reconciliation`` record
        """
        start = time.monotonic()
        self.env.flush_all()
        lines = [
            {**line, 'check_code': code}
            for code, check in self._get_checks().items()
            for line in check(company)
        ]
        [counts] = self.env['wallet.account']._read_group(
            [('company_id', '=', company.id)], [], ['__count', 'seq:sum']
        )
        reconciliation = self.create(
            {
                'company_id': company.id,
                'account_count': counts[0],
                'entry_count': counts[1] or 0,
                'seconds': time.monotonic() - start,
                'line_ids': [fields.Command.create(line) for line in lines],
            }
        )
        if lines:
            reconciliation._alarm()
        return reconciliation

    def _alarm(self):
        """Tell the managers of the wallets."""
        self.ensure_one()
        self.env['notification.event']._notify(
            'wallet_differs', self, extra={'count': self.line_count}
        )
        managers = self._get_managers()
        if managers:
            self.activity_schedule(
                'mail.mail_activity_data_todo',
                user_id=min(managers.ids),
                summary=self.env._("The wallets do not agree with their book"),
            )

    def _get_managers(self):
        # sudo: res.users - a scheduled action
        return (
            self.env.ref('aftercare_wallet.aftercare_wallet_group_manager')
            .sudo()
            .all_user_ids.filtered(lambda user: user.active and self.company_id in user.company_ids)
        )

    def _notification_get_recipients(self, audience):
        """Override: managers are the wallet managers of the company."""
        if audience != 'manager':
            return super()._notification_get_recipients(audience)
        return {record.id: record._get_managers().partner_id for record in self}


class WalletReconciliationLine(models.Model):
    """One thing that does not agree."""

    _name = 'wallet.reconciliation.line'
    _description = 'Wallet Difference'
    _order = 'reconciliation_id desc, check_code, id'
    _rec_name = 'detail'

    reconciliation_id = fields.Many2one(
        'wallet.reconciliation', required=True, readonly=True, ondelete='cascade', index=True
    )
    company_id = fields.Many2one(related='reconciliation_id.company_id')
    check_code = fields.Selection(
        [
            ('bucket', "Balance and sum of the entries"),
            ('seq', "Numbers of the entries"),
            ('chain', "Balance after each entry"),
            ('lot', "Bonus and its lots"),
            ('held', "Held, withdrawals and reservations"),
            ('books', "Wallets and the company's books"),
            ('move', "Entries and their journal entries"),
            ('topup', "Confirmed recharges that are not credited"),
            ('refund', "Refunds above the payment"),
            ('owner', "Wallets nobody sees"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    account_id = fields.Many2one('wallet.account', string="Wallet", readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    expected = fields.Monetary(readonly=True, aggregator=None)
    found = fields.Monetary(readonly=True, aggregator=None)
    difference = fields.Monetary(compute='_compute_difference')
    detail = fields.Char(readonly=True)

    # === COMPUTE METHODS === #
    @api.depends('expected', 'found')
    def _compute_difference(self):
        for line in self:
            line.difference = line.found - line.expected
