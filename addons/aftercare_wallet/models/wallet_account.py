from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

BUCKETS = ('cash', 'bonus', 'commission', 'held', 'bonus_held')
RECENT = 20
MANAGER_GROUP = 'aftercare_wallet.aftercare_wallet_group_manager'


class WalletAccount(models.Model):
    """The money a customer keeps with us, in one company and one currency."""

    _name = 'wallet.account'
    _description = 'Wallet'
    _inherit = ['mail.thread', 'mail.activity.mixin', 'notification.mixin']
    _check_company_auto = True
    _order = 'id desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, ondelete='restrict'
    )
    company_id = fields.Many2one(
        'res.company',
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    cash = fields.Monetary(
        string="Balance", required=True, default=0, readonly=True, copy=False, aggregator=None
    )
    bonus = fields.Monetary(required=True, default=0, readonly=True, copy=False, aggregator=None)
    commission = fields.Monetary(
        required=True, default=0, readonly=True, copy=False, aggregator=None
    )
    held = fields.Monetary(
        required=True,
        default=0,
        readonly=True,
        copy=False,
        aggregator=None,
        help="Set aside for withdrawals that are asked for and payments that are under way.",
    )
    bonus_held = fields.Monetary(
        string="Held Bonus", required=True, default=0, readonly=True, copy=False, aggregator=None
    )
    seq = fields.Integer(
        string="Last Number", required=True, default=0, readonly=True, copy=False, aggregator=None
    )
    available = fields.Monetary(
        compute='_compute_available', help="What the customer can pay with: balance and bonus."
    )
    entry_ids = fields.One2many('wallet.entry', 'account_id', string="Entries")
    recent_entry_ids = fields.One2many(
        'wallet.entry', string="Latest Entries", compute='_compute_recent_entry_ids'
    )
    lot_ids = fields.One2many('wallet.bonus.lot', 'account_id', string="Bonus Lots")
    is_frozen = fields.Boolean(string="Frozen", readonly=True, copy=False, tracking=True)
    merged_into_id = fields.Many2one(
        'wallet.account',
        string="Merged Into",
        readonly=True,
        copy=False,
        ondelete='restrict',
        index='btree_not_null',
        help="The customer was merged with another one, whose wallet has taken over the money.",
    )

    _owner_uniq = models.UniqueIndex(
        '(partner_id, company_id, currency_id) WHERE merged_into_id IS NULL',
        "A customer has one wallet for each company and currency.",
    )
    _cash_check = models.Constraint('CHECK(cash >= 0)', "A balance is never below zero.")
    _bonus_check = models.Constraint('CHECK(bonus >= 0)', "A bonus is never below zero.")
    _held_check = models.Constraint(
        'CHECK(held >= 0 AND bonus_held >= 0)', "What is held is never below zero."
    )

    # === COMPUTE METHODS === #
    @api.depends('cash', 'bonus')
    def _compute_available(self):
        for account in self:
            account.available = account.cash + account.bonus

    @api.depends('entry_ids')
    def _compute_recent_entry_ids(self):
        for account in self:
            account.recent_entry_ids = self.env['wallet.entry'].search(
                [('account_id', '=', account.id), ('seq', '>', account.seq - RECENT)],
                order='seq desc',
            )

    @api.depends('partner_id', 'currency_id')
    def _compute_display_name(self):
        for account in self:
            account.display_name = f'{account.partner_id.display_name} ({account.currency_id.name})'

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get(name) for vals in vals_list for name in (*BUCKETS, 'seq')):
            raise UserError(self.env._("A wallet begins empty. Book what enters it."))
        return super().create(vals_list)

    def write(self, vals):
        if {*BUCKETS, 'seq', 'company_id', 'currency_id'} & set(vals):
            raise UserError(self.env._("A balance changes by an entry in the book only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(account.seq for account in self):
            raise UserError(self.env._("A wallet with entries can not be deleted."))

    # === ACTION METHODS === #
    def action_view_entries(self):
        """Open the book of the wallet."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_wallet.wallet_entry_action'
        )
        return action | {
            'domain': [('account_id', '=', self.id)],
            'context': {'search_default_group_none': 1},
        }

    def action_operate(self):
        """Open a new manual operation on the wallet."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Manual Operation"),
            'res_model': 'wallet.operation',
            'view_mode': 'form',
            'view_id': self.env.ref('aftercare_wallet.wallet_operation_view_form_dialog').id,
            'target': 'new',
            'context': {'default_account_id': self.id},
        }

    def action_freeze(self):
        """Open the dialog that asks why the wallets are frozen, or thawed."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Thaw Wallet")
            if self[:1].is_frozen
            else self.env._("Freeze Wallet"),
            'res_model': 'wallet.account.freeze',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_account_ids': self.ids,
                'default_is_frozen': not self[:1].is_frozen,
            },
        }

    # === BUSINESS METHODS === #
    @api.model
    def _get_for(self, partner, currency=None, company=None, create=True):
        """Return the wallet of a person's commercial partner.

        Two requests that create it at once collide, and one of them is tried again.

        :param partner: ``res.partner`` record
        :param currency: ``res.currency`` record, by default the company's
        :param company: ``res.company`` record, by default the current one
        :param bool create: whether a missing one is made
        :return: ``wallet.account`` record, empty when it is missing and not made
        """
        company = company or self.env.company
        currency = currency or company.currency_id
        owner = partner.commercial_partner_id
        if not owner:
            return self.browse()
        # sudo: wallet.account - whoever pays need not see the wallets
        account = self.sudo().search(self._get_owner_domain(owner, currency, company), limit=1)
        if not account and create:
            account = self.sudo()._insert(owner, currency, company)
        return account.with_env(self.env)

    @api.model
    def _get_owner_domain(self, owner, currency, company):
        return [
            ('partner_id', '=', owner.id),
            ('company_id', '=', company.id),
            ('currency_id', '=', currency.id),
            ('merged_into_id', '=', False),
        ]

    @api.model
    def _insert(self, owner, currency, company):
        """Insert an empty wallet; a row that came meanwhile is a conflict to be tried again."""
        owner.flush_recordset()
        [(account_id,)] = self.env.execute_query(
            SQL(
                """
                INSERT INTO wallet_account (
                    partner_id, company_id, currency_id, cash, bonus, commission, held, bonus_held,
                    seq, create_uid, create_date, write_uid, write_date
                ) VALUES (%s, %s, %s, 0, 0, 0, 0, 0, 0, %s, %s, %s, %s)
                ON CONFLICT (partner_id, company_id, currency_id) WHERE merged_into_id IS NULL
                DO NOTHING RETURNING id
                """,
                owner.id,
                company.id,
                currency.id,
                *(self.env.uid, self.env.cr.now()) * 2,
            )
        )
        return self.browse(account_id)

    def _set_frozen(self, is_frozen, reason):
        """Freeze wallets, or thaw them: nothing can be paid or withdrawn from a frozen one.

        :param str reason: kept in the wallet's history, required
        """
        if not self.env.su and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only managers of the wallets freeze and thaw them."))
        if not (reason or '').strip():
            raise UserError(self.env._("Please give a reason."))
        # sudo: wallet.account - nobody may write on it otherwise
        accounts_sudo = self.sudo().filtered(lambda account: account.is_frozen != is_frozen)
        accounts_sudo.is_frozen = is_frozen
        for account_sudo in accounts_sudo:
            account_sudo.message_post(body=reason, author_id=self.env.user.partner_id.id)
