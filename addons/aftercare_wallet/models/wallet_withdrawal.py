from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.errors import WalletError
from ..tools.money import MAX_AMOUNT, ZERO, to_decimal

MANAGER_GROUP = 'aftercare_wallet.aftercare_wallet_group_manager'
# What staff may write on a draft; everything else is decided by methods, as superuser.
DRAFT_FIELDS = {'account_id', 'amount', 'bucket', 'payee_id', 'note', 'activity_ids'}


class WalletWithdrawal(models.Model):
    """A customer's request to have money of his wallet paid out."""

    _name = 'wallet.withdrawal'
    _description = 'Withdrawal'
    _inherit = ['portal.mixin', 'mail.thread', 'mail.activity.mixin', 'notification.mixin']
    _order = 'id desc'
    _check_company_auto = True

    name = fields.Char(string="Number", readonly=True, copy=False)
    account_id = fields.Many2one(
        'wallet.account',
        string="Wallet",
        required=True,
        index=True,
        ondelete='restrict',
        check_company=True,
    )
    partner_id = fields.Many2one(
        'res.partner', string="Customer", related='account_id.partner_id', store=True, index=True
    )
    company_id = fields.Many2one(related='account_id.company_id', store=True)
    currency_id = fields.Many2one(related='account_id.currency_id', store=True)
    bucket = fields.Selection(
        [('commission', "Commission"), ('cash', "Balance")],
        string="From",
        required=True,
        default='commission',
    )
    amount = fields.Monetary(required=True, tracking=True)
    fee = fields.Monetary(compute='_compute_fee', store=True, readonly=True, copy=False)
    tax = fields.Monetary(
        string="Withheld Tax", compute='_compute_fee', store=True, readonly=True, copy=False
    )
    net_amount = fields.Monetary(
        string="Paid Out", compute='_compute_fee', store=True, readonly=True, copy=False
    )
    payee_id = fields.Many2one(
        'wallet.payee',
        required=True,
        index=True,
        ondelete='restrict',
        check_company=True,
        domain="[('partner_id', '=', partner_id), ('company_id', '=', company_id)]",
    )
    is_payee_verified = fields.Boolean(related='payee_id.is_verified')
    # What the request was made for: a later change of the payee does not redirect the money.
    payee_kind = fields.Selection(
        selection='_get_payee_kinds', string="Kind of Payee", readonly=True, copy=False
    )
    payee_holder = fields.Char(readonly=True, copy=False)
    payee_number = fields.Char(
        readonly=True, copy=False, groups='aftercare_wallet.aftercare_wallet_group_user'
    )
    payee_bank = fields.Char(readonly=True, copy=False)
    payee_branch = fields.Char(readonly=True, copy=False)
    payee_code = fields.Char(readonly=True, copy=False)
    payee_label = fields.Char(string="Paid To", readonly=True, copy=False)
    state = fields.Selection(
        [
            ('draft', "Draft"),
            ('requested', "Requested"),
            ('approved', "Approved"),
            ('paid', "Paid"),
            ('rejected', "Rejected"),
            ('cancelled', "Cancelled"),
        ],
        default='draft',
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    reason = fields.Char(string="Reason of Refusal", readonly=True, copy=False)
    note = fields.Char(string="Message", help="What the customer wants to say about it.")
    requested_at = fields.Datetime(readonly=True, copy=False)
    requested_by_id = fields.Many2one('res.users', readonly=True, copy=False, ondelete='restrict')
    approver_id = fields.Many2one(
        'res.users', string="Approved By", readonly=True, copy=False, ondelete='restrict'
    )
    second_approver_id = fields.Many2one(
        'res.users', readonly=True, copy=False, ondelete='restrict'
    )
    needs_second_approval = fields.Boolean(compute='_compute_needs_second_approval')
    approved_at = fields.Datetime(readonly=True, copy=False)
    paid_at = fields.Datetime(readonly=True, copy=False)
    payment_reference = fields.Char(string="Bank Reference", readonly=True, copy=False)
    payout_error = fields.Char(string="Returned by the Bank", readonly=True, copy=False)
    batch_id = fields.Many2one(
        'wallet.payout.batch',
        readonly=True,
        copy=False,
        index='btree_not_null',
        ondelete='restrict',
        check_company=True,
    )
    entry_count = fields.Integer(compute='_compute_entry_count')

    _amount_check = models.Constraint(
        'CHECK(amount > 0 AND fee >= 0 AND tax >= 0)', "Please enter an amount above zero."
    )
    _name_uniq = models.UniqueIndex('(company_id, name)', "This number is taken.")
    _account_requested_idx = models.Index('(account_id, requested_at)')

    # === COMPUTE METHODS === #
    @api.model
    def _get_payee_kinds(self):
        return self.env['wallet.payee']._fields['kind']._description_selection(self.env)

    @api.depends('amount', 'bucket', 'account_id')
    def _compute_fee(self):
        # Fixed by the request: what was shown to the customer is what he pays.
        for withdrawal in self:
            if withdrawal.state != 'draft':
                withdrawal.fee = withdrawal.fee
                withdrawal.tax = withdrawal.tax
                withdrawal.net_amount = withdrawal.net_amount
                continue
            currency = withdrawal.currency_id
            withdrawal.fee = withdrawal._get_fee()
            withdrawal.tax = sum(line['amount'] for line in withdrawal._get_withholding())
            withdrawal.net_amount = (currency or self.env.company.currency_id).round(
                withdrawal.amount - withdrawal.fee - withdrawal.tax
            )

    @api.depends('amount', 'company_id.wallet_withdraw_approval_limit')
    def _compute_needs_second_approval(self):
        for withdrawal in self:
            limit = withdrawal._get_limit('wallet_withdraw_approval_limit')
            withdrawal.needs_second_approval = bool(limit) and (
                withdrawal.currency_id.compare_amounts(withdrawal.amount, limit) > 0
            )

    def _compute_entry_count(self):
        counts = dict(
            self.env['wallet.entry']._read_group(self._get_entry_domain(), ['res_id'], ['__count'])
        )
        for withdrawal in self:
            withdrawal.entry_count = counts.get(withdrawal.id, 0)

    def _compute_access_url(self):
        super()._compute_access_url()
        for withdrawal in self:
            withdrawal.access_url = f'/my/wallet/withdrawals/{withdrawal.id}'

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        # sudo: ir.sequence - whoever may request may number the request
        sequence = self.env['ir.sequence'].sudo()
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_fields(vals.keys())
            vals['state'] = 'draft'
            vals['name'] = sequence.next_by_code('wallet.withdrawal')
        return super(WalletWithdrawal, self.with_context(mail_create_nosubscribe=True)).create(
            vals_list
        )

    def write(self, vals):
        self._check_fields(vals.keys())
        if not self.env.su and {'account_id', 'amount', 'bucket', 'payee_id'} & vals.keys():
            if any(withdrawal.state != 'draft' for withdrawal in self):
                raise UserError(
                    self.env._("A request can not be changed: reject it and make another.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        if any(withdrawal.state != 'draft' for withdrawal in self):
            raise UserError(self.env._("Only drafts of withdrawals can be deleted."))

    def _check_fields(self, names):
        """Leave to the methods what they decide."""
        refused = [
            name
            for name in names
            if name not in DRAFT_FIELDS and not name.startswith(('message_', 'activity_'))
        ]
        if refused and not self.env.su:
            labels = [self._fields[name]._description_string(self.env) for name in refused]
            raise AccessError(
                self.env._(
                    "This can not be written by hand: %(fields)s. Please use the buttons.",
                    fields=", ".join(sorted(labels)),
                )
            )

    # === ACTION METHODS === #
    def action_request(self):
        """Ask for the drafts in the customers' names."""
        self.check_access('write')
        self._request()

    def action_approve(self):
        """Approve; great amounts wait for a second person."""
        self._check_manager()
        self._approve()

    def action_reject(self):
        """Ask why, then give the money back."""
        self._check_manager()
        return self._open_operation('reject')

    def action_mark_paid(self):
        """Ask for the bank's reference, then note the payment."""
        self._check_manager()
        return self._open_operation('pay')

    def action_return(self):
        """Ask what the bank said, and take the withdrawals out of their batch."""
        self._check_manager()
        return self._open_operation('return')

    def action_retry(self):
        """Let withdrawals that the bank returned be paid with the next batch."""
        self._check_manager()
        # sudo: wallet.withdrawal - written by methods only
        self.sudo().filtered(lambda withdrawal: withdrawal.state == 'approved').payout_error = False

    def action_create_batch(self):
        """Put the approved ones into payout batches, one for each currency and kind of payee."""
        self._check_manager()
        # sudo: wallet.payout.batch - managers were checked for
        batches = self.sudo()._create_batches()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_wallet.wallet_payout_batch_action'
        )
        if len(batches) == 1:
            return action | {'views': [(False, 'form')], 'res_id': batches.id}
        return action | {'domain': [('id', 'in', batches.ids)]}

    def action_verify_payee(self):
        """Verify the payee without leaving the request."""
        self.payee_id.action_verify()

    def action_view_entries(self):
        """Open the entries of the wallet that the withdrawal made."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Entries"),
            'res_model': 'wallet.entry',
            'view_mode': 'list',
            'domain': self._get_entry_domain(),
            'context': {'create': False},
        }

    def action_view_moves(self):
        """Open the journal entries of the withdrawal."""
        self.ensure_one()
        moves = self.env['wallet.entry'].search(self._get_entry_domain()).move_id
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Journal Entries"),
            'res_model': 'account.move',
            'view_mode': 'list,form',
            'domain': [('id', 'in', moves.ids)],
            'context': {'create': False},
        }

    def _open_operation(self, operation):
        return {
            'type': 'ir.actions.act_window',
            'name': dict(
                self.env['wallet.withdrawal.operation']
                ._fields['operation']
                ._description_selection(self.env)
            )[operation],
            'res_model': 'wallet.withdrawal.operation',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_operation': operation, 'default_withdrawal_ids': self.ids},
        }

    # === BUSINESS METHODS: REQUEST === #
    @api.model
    def _create_request(self, account, amount, payee, bucket='commission', note=''):
        """Make a request and set its money aside, or neither.

        :param account: the ``wallet.account``
        :param amount: Decimal or float, in the wallet's currency, the fee included
        :param payee: the ``wallet.payee``
        :param str bucket: ``commission`` or ``cash``
        :return: the withdrawal, sudoed
        :raises WalletError: what speaks against it
        """
        amount = float(self._check_amount(account, amount))
        self._check_bucket(account, bucket)
        # sudo: wallet.withdrawal - customers ask through the portal only
        self_sudo = self.sudo().with_company(account.company_id)
        account_sudo = account.sudo()
        self_sudo._check_limits(account_sudo, amount, bucket)
        self_sudo._check_payee(account_sudo, payee.sudo())
        withdrawal_sudo = self_sudo.create(
            {
                'account_id': account.id,
                'amount': amount,
                'bucket': bucket,
                'payee_id': payee.id,
                'note': (note or '')[:250],
            }
        )
        withdrawal_sudo._request()
        return withdrawal_sudo

    def _request(self):
        """Set the money of the drafts aside and ask for review."""
        for withdrawal in self:
            withdrawal._ensure_state('draft')
            # sudo: wallet.withdrawal - states and books are written by methods only
            withdrawal.sudo()._request_one(self.env.user)
        # sudo: mail.activity - the reviewer's task is not the requester's
        self.sudo()._schedule_review()
        self._notify('wallet_withdrawal_requested')

    def _request_one(self, user):
        account = self.account_id
        self._check_amount(account, self.amount)
        self._check_bucket(account, self.bucket)
        self._check_limits(account, self.amount, self.bucket)
        self._check_payee(account, self.payee_id)
        if self.currency_id.compare_amounts(self.net_amount, 0) <= 0:
            raise WalletError(self.env._("The fee is greater than the amount."), 'BELOW_MINIMUM')
        payee = self.payee_id
        self.write(
            {
                'state': 'requested',
                'requested_at': fields.Datetime.now(),
                'requested_by_id': user.id,
                'payee_kind': payee.kind,
                'payee_holder': payee.holder,
                'payee_number': payee.number,
                'payee_bank': payee.bank_name,
                'payee_branch': payee.bank_branch,
                'payee_code': payee.bank_code,
                'payee_label': payee.display_name,
            }
        )
        self._book_state('withdraw_hold', {self.bucket: -self.amount, 'held': self.amount})

    @api.model
    def _check_amount(self, account, amount):
        """Refuse what is no amount of money in the wallet's currency.

        :return: the Decimal amount
        :raises WalletError: ``INVALID_AMOUNT``
        """
        value = to_decimal(amount, account.currency_id)
        if (
            value is None
            or not ZERO < value <= MAX_AMOUNT
            or abs(float(value) - float(amount)) > 1e-6
        ):
            raise WalletError(self.env._("Please enter a valid amount."), 'INVALID_AMOUNT')
        return value

    @api.model
    def _check_bucket(self, account, bucket):
        if bucket not in self._get_buckets(account):
            raise WalletError(
                self.env._(
                    "Only commissions can be withdrawn. Recharged money goes back the way it came: "
                    "please contact us."
                ),
                'NOT_WITHDRAWABLE',
            )

    @api.model
    def _check_limits(self, account, amount, bucket):
        """Refuse what the limits do not allow; in the order in which a person wonders."""
        currency = account.currency_id
        if account.is_frozen:
            raise WalletError(self.env._("Your wallet is frozen. Please contact us."), 'FROZEN')
        minimum = self._get_limit('wallet_withdraw_min', account)
        if currency.compare_amounts(amount, minimum) < 0:
            raise WalletError(
                self.env._(
                    "The smallest withdrawal is %(amount)s.", amount=currency.format(minimum)
                ),
                'BELOW_MINIMUM',
            )
        if currency.compare_amounts(account.commission, 0) < 0:
            raise WalletError(
                self.env._(
                    "Commissions were taken back: %(amount)s must be earned first.",
                    amount=currency.format(-account.commission),
                ),
                'NEGATIVE_COMMISSION',
            )
        if currency.compare_amounts(amount, account[bucket]) > 0:
            raise WalletError(
                self.env._(
                    "Not enough money: %(amount)s can be withdrawn.",
                    amount=currency.format(account[bucket]),
                ),
                'INSUFFICIENT_FUNDS',
            )
        daily = account.company_id.wallet_withdraw_daily
        if daily and self._count_recent(account) >= daily:
            raise WalletError(
                self.env._(
                    "You can withdraw %(count)s times in 24 hours. Please try again later.",
                    count=daily,
                ),
                'LIMIT_EXCEEDED',
            )

    @api.model
    def _check_payee(self, account, payee):
        if (
            len(payee) != 1
            or not payee.exists()
            or not payee.active
            or payee.partner_id != account.partner_id
            or payee.company_id != account.company_id
        ):
            raise WalletError(self.env._("Please choose where we pay it to."), 'BAD_PAYEE')
        payee._check_usable()

    @api.model
    def _count_recent(self, account):
        """Return how many requests of the last 24 hours count; those staff refused do not."""
        since = fields.Datetime.now() - timedelta(hours=24)
        return self.search_count(
            Domain('account_id', '=', account.id)
            & Domain('requested_at', '>', since)
            & Domain('state', '!=', 'rejected')
        )

    @api.model
    def _get_buckets(self, account):
        """Return the buckets that may be withdrawn from."""
        # sudo: res.company - customers may know what they can withdraw
        return (
            ('commission', 'cash')
            if account.sudo().company_id.wallet_withdraw_cash
            else ('commission',)
        )

    def _get_limit(self, name, account=None):
        """Return a limit of the company in the currency of the wallet."""
        # sudo: res.company - customers may know the limits
        account = (account or self.account_id).sudo()
        company = account.company_id or self.env.company
        limit, currency = company[name], account.currency_id or company.currency_id
        if not limit or currency == company.currency_id:
            return limit
        return company.currency_id._convert(
            limit, currency, company, fields.Date.context_today(self)
        )

    def _get_fee(self):
        """Return the fee: a share of the amount, but at least so much."""
        self.ensure_one()
        percent = self.account_id.company_id.wallet_withdraw_fee_percent
        fee = max(self.amount * percent / 100.0, self._get_limit('wallet_withdraw_fee_min'))
        return self.currency_id.round(fee) if self.currency_id else fee

    # === BUSINESS METHODS: REVIEW === #
    def _approve(self):
        """Approve as the current user.

        :raises UserError: when somebody else has to
        """
        user = self.env.user
        approved = self.browse()
        for withdrawal in self:
            withdrawal._ensure_state('requested')
            withdrawal._check_approver(user)
            # sudo: wallet.withdrawal - approvals are written by methods only
            withdrawal_sudo = withdrawal.sudo()
            if not withdrawal.approver_id:
                withdrawal_sudo.approver_id = user
            elif withdrawal.needs_second_approval:
                withdrawal_sudo.second_approver_id = user
            if withdrawal.needs_second_approval and not withdrawal.second_approver_id:
                withdrawal_sudo.message_post(
                    body=self.env._(
                        "Approved by %(user)s; a second person is needed.", user=user.name
                    )
                )
                continue
            withdrawal_sudo.write({'state': 'approved', 'approved_at': fields.Datetime.now()})
            approved += withdrawal
        approved._finish_review()
        approved._notify('wallet_withdrawal_approved')

    def _check_approver(self, user):
        self.ensure_one()
        if self.requested_by_id == user or user.partner_id.commercial_partner_id == self.partner_id:
            raise UserError(
                self.env._("Somebody else must approve what you have requested yourself.")
            )
        if self.approver_id == user:
            raise UserError(self.env._("You have approved it already: a second person is needed."))
        if not self.payee_id.is_verified or not self._is_payee_unchanged():
            raise UserError(
                self.env._("%(number)s: please verify the payee first.", number=self.name)
                if self._is_payee_unchanged()
                else self.env._(
                    "%(number)s: the payee was changed after the request. Please reject it, so "
                    "that the customer asks again.",
                    number=self.name,
                )
            )

    def _is_payee_unchanged(self):
        """Tell whether the payee is still the account that the money was asked for."""
        # sudo: wallet.payee - whoever reviews compares the numbers
        payee = self.sudo().payee_id
        return (payee.kind, payee.holder, payee.number) == (
            self.payee_kind,
            self.payee_holder,
            self.sudo().payee_number,
        )

    def _reject(self, reason):
        """Give the money back, and say why."""
        if not (reason or '').strip():
            raise UserError(self.env._("Please say why: the customer reads it."))
        for withdrawal in self:
            withdrawal._ensure_state('requested', 'approved')
            withdrawal._ensure_not_exported()
        self._release('rejected', reason)
        self._notify('wallet_withdrawal_rejected')

    def _cancel(self):
        """Give the money back on the customer's own wish, while nobody has approved."""
        for withdrawal in self:
            withdrawal._ensure_state('requested')
            if withdrawal.approver_id:
                raise WalletError(
                    self.env._("It is being approved and can not be cancelled any more."),
                    'BAD_STATE',
                )
        self._release('cancelled', '')
        self._notify('wallet_withdrawal_cancelled')

    def _release(self, state, reason):
        # sudo: wallet.withdrawal - states and books are written by methods only
        for withdrawal in self.sudo():
            withdrawal.write({'state': state, 'reason': reason, 'batch_id': False})
            withdrawal._book_state(
                'withdraw_release',
                {'held': -withdrawal.amount, withdrawal.bucket: withdrawal.amount},
            )
        self._finish_review()

    # === BUSINESS METHODS: PAYMENT === #
    def _mark_paid(self, reference=''):
        """Note that the bank has paid; the money leaves the books."""
        # sudo: wallet.withdrawal - states and books are written by methods only
        for withdrawal in self.sudo():
            withdrawal._ensure_state('approved')
            if withdrawal.payout_error:
                raise UserError(
                    self.env._(
                        "%(number)s was returned by the bank: try again, or reject it.",
                        number=withdrawal.name,
                    )
                )
            withdrawal.write(
                {
                    'state': 'paid',
                    'paid_at': fields.Datetime.now(),
                    'payment_reference': (reference or '').strip() or False,
                }
            )
            withdrawal._book_state('withdraw_paid', {'held': -withdrawal.amount})
        self._notify('wallet_withdrawal_paid')

    def _create_batches(self):
        withdrawals = self.filtered(
            lambda withdrawal: (
                withdrawal.state == 'approved'
                and not withdrawal.batch_id
                and not withdrawal.payout_error
            )
        )
        if not withdrawals:
            raise UserError(self.env._("Nothing here is approved and waits for its payment."))
        batches = self.env['wallet.payout.batch']
        for (company, currency, kind), members in withdrawals.grouped(
            lambda each: (each.company_id, each.currency_id, each.payee_kind)
        ).items():
            batch = batches.create(
                {'company_id': company.id, 'currency_id': currency.id, 'kind': kind}
            )
            members.batch_id = batch
            batches += batch
        return batches

    def _return_payout(self, reason):
        """Take what the bank could not pay out of its batch; staff decides what comes next."""
        if not (reason or '').strip():
            raise UserError(self.env._("Please write what the bank said."))
        # sudo: wallet.withdrawal - states are written by methods only
        for withdrawal in self.sudo():
            withdrawal._ensure_state('approved')
            batch = withdrawal.batch_id
            withdrawal.write({'payout_error': reason, 'batch_id': False})
            note = self.env._("The bank returned it: %(reason)s", reason=reason)
            withdrawal.message_post(body=note)
            if batch:
                batch.message_post(
                    body=Markup("%s: %s") % (withdrawal._get_html_link(title=withdrawal.name), note)
                )
        # sudo: mail.activity - somebody has to decide what comes next
        self.sudo()._schedule_review()

    # === BUSINESS METHODS: BOOKS === #
    def _book_state(self, kind, amounts):
        """Move the money in the wallet and in the books of the company.

        Commission that is set aside is owed like a balance, so it changes its account there.

        :param str kind: kind of the wallet's entries
        :param dict amounts: bucket → signed amount
        """
        self.ensure_one()
        move = self._post_payment() if kind == 'withdraw_paid' else None
        return self.account_id._book(
            kind,
            amounts,
            f'{self._name},{self.id}:{kind}',
            origin=self,
            reason=self.name,
            move=move,
        )

    def _post_payment(self):
        """Post what the bank has paid, and what we keep of it."""
        account, company = self.account_id, self.company_id
        company._ensure_wallet_accounting()
        lines = [
            (company.wallet_liability_account_id, self.amount),
            (company.wallet_fee_account_id, -self.fee),
            *((line['account'], -line['amount']) for line in self._get_withholding()),
            (self._get_payout_account(), -self.net_amount),
        ]
        return account._post_move(lines, self.name)

    def _get_payout_account(self):
        """Return the account on which the payout waits until the bank statement shows it."""
        company = self.company_id
        journal = company.wallet_payout_journal_id or self.env['account.journal'].search(
            [
                ('type', '=', 'bank'),
                ('company_id', '=', company.id),
                ('id', '!=', company.wallet_journal_id.id),
            ],
            limit=1,
        )
        if not journal:
            raise UserError(
                self.env._("Please choose in the settings which account withdrawals are paid from.")
            )
        methods = journal.outbound_payment_method_line_ids.filtered('payment_account_id')
        return methods[:1].payment_account_id or (
            self.env['account.payment']
            .with_company(company)
            .new({'company_id': company.id, 'journal_id': journal.id})
            ._get_outstanding_account('outbound')
        )

    # === BUSINESS METHODS: PARTS === #
    def _ensure_state(self, *states):
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields['state']._description_selection(self.env))
            raise WalletError(
                self.env._(
                    "%(number)s is “%(state)s”: this is not possible any more.",
                    number=self.name,
                    state=labels[self.state],
                ),
                'BAD_STATE',
            )

    def _ensure_not_exported(self):
        if self.batch_id.state == 'exported':
            raise UserError(
                self.env._(
                    "%(number)s is on its way to the bank in %(batch)s. Take it out of there "
                    "first.",
                    number=self.name,
                    batch=self.batch_id.name,
                )
            )

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only managers of the wallet decide about withdrawals."))
        self.check_access('read')

    def _get_entry_domain(self):
        return Domain('res_model', '=', self._name) & Domain('res_id', 'in', self.ids)

    def _schedule_review(self):
        for withdrawal in self:
            if user := withdrawal.company_id.wallet_withdraw_user_id:
                withdrawal.activity_schedule(
                    'aftercare_wallet.mail_activity_type_withdrawal', user_id=user.id
                )

    def _finish_review(self):
        # sudo: mail.activity - whoever decides ends the reviewer's task
        self.sudo().activity_feedback(['aftercare_wallet.mail_activity_type_withdrawal'])

    # === BUSINESS METHODS: NOTIFICATIONS === #
    def _notify(self, code):
        if self:
            self.env['notification.event']._notify(code, self)

    def _notification_get_recipients(self, audience):
        """Override of `aftercare_notification`: whoever asked, and those who decide."""
        if audience == 'customer':
            return {withdrawal.id: withdrawal._get_person() for withdrawal in self}
        if audience == 'manager':
            managers = self.account_id._get_managers_by_record()
            return {withdrawal.id: managers[withdrawal.account_id.id] for withdrawal in self}
        return super()._notification_get_recipients(audience)

    def _notification_get_url(self, partner, audience):
        """Override of `aftercare_notification`: customers log in to see it."""
        if audience == 'customer':
            self.ensure_one()
            return self.access_url
        return super()._notification_get_url(partner, audience)

    def _get_person(self):
        """Return the person who asked, if he is one of the customer's; else the customer."""
        person = self.requested_by_id.partner_id
        return person if person.commercial_partner_id == self.partner_id else self.partner_id

    # === HOOKS === #
    def _get_withholding(self):
        """Return the taxes to withhold: list of dicts with ``name``, ``amount`` and ``account``.

        Nothing here; an addon of a country knows which commissions are taxed at the source.
        """
        self.ensure_one()
        return []
