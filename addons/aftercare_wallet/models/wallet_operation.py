from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .wallet_account import MANAGER_GROUP


class WalletOperation(models.Model):
    """A change that staff makes to a wallet by hand, with its reason and who approved it."""

    _name = 'wallet.operation'
    _description = 'Wallet Operation'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _check_company_auto = True
    _order = 'id desc'
    _rec_name = 'reason'

    account_id = fields.Many2one(
        'wallet.account',
        string="Wallet",
        required=True,
        ondelete='restrict',
        index=True,
        check_company=True,
        domain=[('merged_into_id', '=', False)],
    )
    company_id = fields.Many2one(related='account_id.company_id', store=True, index=True)
    currency_id = fields.Many2one(related='account_id.currency_id')
    operation = fields.Selection(
        [('change', "Change"), ('transfer', "Transfer to another wallet")],
        required=True,
        default='change',
    )
    bucket = fields.Selection(
        [('cash', "Balance"), ('bonus', "Bonus"), ('commission', "Commission")],
        required=True,
        default='cash',
    )
    amount = fields.Monetary(
        required=True,
        tracking=True,
        help="How much is added; negative: how much is taken away.",
    )
    target_id = fields.Many2one(
        'wallet.account', string="To", check_company=True, domain=[('merged_into_id', '=', False)]
    )
    counterpart_account_id = fields.Many2one(
        'account.account',
        string="Counterpart",
        check_company=True,
        help="The account the money comes from or goes to in the company's books.",
    )
    date_expiry = fields.Date(string="Bonus Until", help="Empty: as long as any bonus.")
    reason = fields.Char(required=True, tracking=True)
    state = fields.Selection(
        [
            ('to_approve', "To Approve"),
            ('done', "Done"),
            ('refused', "Refused"),
        ],
        default='to_approve',
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    requested_by_id = fields.Many2one(
        'res.users',
        string="Asked By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        copy=False,
    )
    approved_by_id = fields.Many2one('res.users', string="Approved By", readonly=True, copy=False)
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)
    entry_ids = fields.One2many(
        'wallet.entry', 'res_id', domain=[('res_model', '=', 'wallet.operation')], readonly=True
    )
    balance_after = fields.Monetary(compute='_compute_balance_after')
    needs_second = fields.Boolean(compute='_compute_needs_second')
    can_approve = fields.Boolean(compute='_compute_can_approve')

    _amount_check = models.Constraint('CHECK(amount <> 0)', "Please give an amount.")

    # === COMPUTE METHODS === #
    @api.depends('account_id', 'bucket', 'amount', 'operation')
    def _compute_balance_after(self):
        for operation in self:
            balance = operation.account_id[operation.bucket] if operation.bucket else 0
            change = operation.amount
            if operation.operation == 'transfer':
                change = -change
            operation.balance_after = balance + change

    @api.depends('account_id', 'amount')
    def _compute_needs_second(self):
        for operation in self:
            operation.needs_second = operation._is_above_limit()

    @api.depends('requested_by_id', 'state', 'amount')
    @api.depends_context('uid')
    def _compute_can_approve(self):
        is_manager = self.env.user.has_group(MANAGER_GROUP)
        for operation in self:
            operation.can_approve = (
                is_manager
                and operation.state == 'to_approve'
                and (not operation._is_above_limit() or operation.requested_by_id != self.env.user)
            )

    # === CONSTRAINT METHODS === #
    @api.constrains('operation', 'target_id', 'account_id', 'amount')
    def _check_transfer(self):
        for operation in self:
            if operation.operation == 'transfer':
                if not operation.target_id or operation.target_id == operation.account_id:
                    raise ValidationError(self.env._("Please choose another wallet."))
                if operation.amount < 0:
                    raise ValidationError(self.env._("A transfer is more than nothing."))

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not (vals.get('reason') or '').strip():
                raise ValidationError(self.env._("Please give a reason."))
        operations = super().create(
            [
                {
                    **vals,
                    'state': 'to_approve',
                    'requested_by_id': self.env.uid,
                    'approved_by_id': False,
                }
                for vals in vals_list
            ]
        )
        operations._ask_managers()
        return operations

    def write(self, vals):
        if not self.env.su and {'state', 'requested_by_id', 'approved_by_id', 'date_done'} & set(
            vals
        ):
            raise AccessError(self.env._("An operation is approved or refused by its buttons."))
        if any(operation.state != 'to_approve' for operation in self):
            raise UserError(self.env._("What is done stays as it is. Make another operation."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(operation.state == 'done' for operation in self):
            raise UserError(self.env._("What is done stays as it is. Make another operation."))

    # === ACTION METHODS === #
    def action_submit(self):
        """Close the dialog: do it at once when its author may, else leave it to be approved."""
        self.ensure_one()
        if self.can_approve:
            self.action_approve()
            message = self.env._("Done.")
        else:
            message = self.env._("The managers of the wallets were asked to approve it.")
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'message': message,
                'type': 'success',
                'next': {'type': 'ir.actions.act_window_close'},
            },
        }

    def action_approve(self):
        """Do it. Above the limit by another manager than the one who asked."""
        for operation in self:
            if not self.env.user.has_group(MANAGER_GROUP):
                raise AccessError(self.env._("Only managers of the wallets approve operations."))
            if operation.state != 'to_approve':
                raise UserError(self.env._("This operation is over already."))
            if not operation.can_approve:
                raise UserError(
                    self.env._(
                        "From %s on, somebody else has to approve what you have asked for.",
                        operation.currency_id.format(operation._get_limit()),
                    )
                )
            entries = operation._apply()
            operation._finish('done')
            operation._notify_requester(self.env._("Done, see entry %s.", entries[:1].seq))

    def action_refuse(self):
        """Refuse it."""
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only managers of the wallets approve operations."))
        for operation in self:
            if operation.state != 'to_approve':
                raise UserError(self.env._("This operation is over already."))
            operation._finish('refused')
            operation._notify_requester(self.env._("Refused."))

    # === BUSINESS METHODS === #
    def _get_limit(self):
        """Return from which amount on two persons are needed, in the wallet's currency."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return company.currency_id._convert(
            company.wallet_approval_limit, self.currency_id, company, fields.Date.today()
        )

    def _is_above_limit(self):
        self.ensure_one()
        if not self.currency_id:
            return False
        return self.currency_id.compare_amounts(abs(self.amount), self._get_limit()) >= 0

    def _apply(self):
        """Book it; return the ``wallet.entry`` recordset."""
        self.ensure_one()
        key = f'wallet.operation,{self.id}'
        common = {'origin': self, 'reason': self.reason, 'operator': self.requested_by_id}
        if self.operation == 'transfer':
            return self.account_id._transfer(
                self.target_id, {self.bucket: self.amount}, key, force=True, **common
            )
        return self.account_id._book(
            'adjust',
            {self.bucket: self.amount},
            key,
            counterpart=self.counterpart_account_id,
            date_expiry=self.date_expiry or None,
            force=True,
            **common,
        )

    def _finish(self, state):
        # sudo: wallet.operation - its state is changed by its buttons only
        self.sudo().write(
            {'state': state, 'approved_by_id': self.env.uid, 'date_done': fields.Datetime.now()}
        )
        self.invalidate_recordset(['entry_ids'])
        self.sudo().activity_unlink(['mail.mail_activity_data_todo'])

    def _ask_managers(self):
        """Leave an activity for a manager who may approve it."""
        managers = (
            self.env.ref(MANAGER_GROUP).sudo().all_user_ids.filtered('active')
        )  # sudo: res.users - whoever asks need not know them
        for operation in self:
            others = managers.filtered(
                lambda user, company=operation.company_id: (
                    user != self.env.user and company in user.company_ids
                )
            )
            if others and (operation._is_above_limit() or self.env.user not in managers):
                operation.sudo().activity_schedule(
                    'mail.mail_activity_data_todo',
                    user_id=min(others.ids),
                    summary=self.env._("Approve the operation on a wallet"),
                )

    def _notify_requester(self, text):
        self.ensure_one()
        if self.requested_by_id != self.env.user:
            self.message_notify(
                body=text,
                subject=self.env._("Wallet operation: %s", self.reason),
                partner_ids=self.requested_by_id.partner_id.ids,
            )
