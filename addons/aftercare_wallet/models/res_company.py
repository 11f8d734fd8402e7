from odoo import fields, models

from ..tools.errors import WalletError

# Company field → name, type and the code that is tried when the chart has no such account yet
ACCOUNTS = {
    'wallet_liability_account_id': ("Customer Prepayments (Wallets)", 'liability_current', '2190'),
    'wallet_commission_account_id': ("Commissions Payable (Wallets)", 'liability_current', '2195'),
    'wallet_bonus_account_id': ("Discounts Granted (Wallet Bonus)", 'expense', '6190'),
    'wallet_commission_expense_account_id': ("Commissions to Members", 'expense', '6195'),
    'wallet_fee_account_id': ("Withdrawal Fees", 'income_other', '4590'),
    'wallet_adjust_account_id': ("Wallet Adjustments", 'expense', '6199'),
}


class ResCompany(models.Model):
    _inherit = 'res.company'

    wallet_liability_account_id = fields.Many2one(
        'account.account', string="Customer Prepayments", check_company=True
    )
    wallet_commission_account_id = fields.Many2one(
        'account.account', string="Commissions Payable", check_company=True
    )
    wallet_bonus_account_id = fields.Many2one(
        'account.account', string="Bonus (Discounts Granted)", check_company=True
    )
    wallet_commission_expense_account_id = fields.Many2one(
        'account.account', string="Commission Expense", check_company=True
    )
    wallet_fee_account_id = fields.Many2one(
        'account.account', string="Withdrawal Fees (Income)", check_company=True
    )
    wallet_adjust_account_id = fields.Many2one(
        'account.account', string="Manual Operations", check_company=True
    )
    wallet_journal_id = fields.Many2one(
        'account.journal', string="Wallet Payments Journal", check_company=True
    )
    wallet_entry_journal_id = fields.Many2one(
        'account.journal', string="Wallet Entries Journal", check_company=True
    )
    wallet_topup_min = fields.Monetary(string="Least Recharge", default=10)
    wallet_topup_max = fields.Monetary(string="Largest Recharge", default=50000)
    wallet_balance_max = fields.Monetary(string="Largest Balance")
    wallet_topup_amounts = fields.Char(string="Amounts to Choose", default='100, 200, 500, 1000')
    wallet_topup_requires_paid = fields.Boolean(string="Recharge After the First Paid Invoice")
    wallet_bonus_days = fields.Integer(string="Bonus Valid for Days", default=365)
    wallet_bonus_percent = fields.Float(string="Bonus Share", default=100)
    wallet_bonus_reminder_days = fields.Integer(string="Remind of a Bonus", default=7)
    wallet_low_balance = fields.Monetary(string="Low Balance")
    wallet_approval_limit = fields.Monetary(string="Second Approver From", default=1000)

    _wallet_limits_check = models.Constraint(
        'CHECK(wallet_topup_min >= 0 AND wallet_topup_max >= 0 AND wallet_balance_max >= 0'
        ' AND wallet_low_balance >= 0 AND wallet_approval_limit >= 0 AND wallet_bonus_days >= 0'
        ' AND wallet_bonus_reminder_days >= 0)',
        "Limits of the wallet are never negative.",
    )
    _wallet_bonus_percent_check = models.Constraint(
        'CHECK(wallet_bonus_percent >= 0 AND wallet_bonus_percent <= 100)',
        "The share of the bonus is between 0 and 100 %.",
    )

    # === BUSINESS METHODS: ACCOUNTING === #
    def _ensure_wallet_accounting(self):
        """Make the accounts and journals of the wallet that a company does not have yet.

        :raise WalletError: when the company has no chart of accounts
        """
        for company in self.sudo():  # sudo: res.company, account.account - whoever pays first
            fields_missing = [name for name in ACCOUNTS if not company[name]]
            if not fields_missing and company.wallet_journal_id and company.wallet_entry_journal_id:
                continue
            if not company._has_chart():
                raise WalletError(
                    self.env._(
                        "The wallet needs the chart of accounts of %s. Please set it up in the"
                        " settings of Invoicing first.",
                        company.name,
                    ),
                    'NO_ACCOUNTING',
                )
            for name in fields_missing:
                company[name] = company._create_wallet_account(*ACCOUNTS[name])
            company._ensure_wallet_journals()

    def _has_chart(self):
        self.ensure_one()
        Account = self.env['account.account'].with_company(self)
        return bool(Account.search_count(Account._check_company_domain(self), limit=1))

    def _create_wallet_account(self, name, account_type, start_code):
        """Create an account beside those of the same type."""
        self.ensure_one()
        Account = self.env['account.account'].with_company(self)
        similar = Account.search(
            [*Account._check_company_domain(self), ('account_type', '=', account_type)]
        )
        codes = sorted(code for code in similar.mapped('code') if code)
        return Account.create(
            {
                'name': name,
                'code': Account._search_new_account_code(codes[-1] if codes else start_code),
                'account_type': account_type,
                'reconcile': False,
                'company_ids': [fields.Command.link(self.root_id.id)],
            }
        )

    def _ensure_wallet_journals(self):
        self.ensure_one()
        Journal = self.env['account.journal'].with_company(self)
        if not self.wallet_journal_id:
            # of type bank, since payments need it; what lies there is what customers have prepaid
            journal = Journal.create(
                {
                    'name': self.env._("Wallet"),
                    'code': self._get_free_journal_code('WLT'),
                    'type': 'bank',
                    'company_id': self.id,
                    'default_account_id': self.wallet_liability_account_id.id,
                    'show_on_dashboard': False,
                }
            )
            # nobody takes money out of a wallet but through its book
            (
                journal.inbound_payment_method_line_ids + journal.outbound_payment_method_line_ids
            ).unlink()
            self.wallet_journal_id = journal
        if not self.wallet_entry_journal_id:
            self.wallet_entry_journal_id = Journal.create(
                {
                    'name': self.env._("Wallet Entries"),
                    'code': self._get_free_journal_code('WLE'),
                    'type': 'general',
                    'company_id': self.id,
                    'show_on_dashboard': False,
                }
            )

    def _get_free_journal_code(self, code):
        taken = set(
            self.env['account.journal']
            .with_context(active_test=False)
            .search([('company_id', '=', self.id)])
            .mapped('code')
        )
        return next(
            candidate
            for candidate in (code, *(f'{code}{number}' for number in range(2, 99)))
            if candidate not in taken
        )

    # === BUSINESS METHODS: RECHARGE === #
    def _get_wallet_provider(self):
        """Return the payment provider of the company's wallets, as superuser; may be empty."""
        self.ensure_one()
        # sudo: payment.provider - customers do not see providers
        return (
            self.env['payment.provider']
            .sudo()
            .search([('code', '=', 'wallet'), ('company_id', 'parent_of', self.id)], limit=1)
        )

    def _create_wallet_provider(self):
        """Create the provider of a company that was made after this addon was installed."""
        self.ensure_one()
        provider = self.env.ref('aftercare_wallet.payment_provider_wallet')
        return provider.sudo().copy({'company_id': self.root_id.id})

    def _get_wallet_topup_amounts(self):
        """Return the amounts to choose from, in order, within the limits."""
        self.ensure_one()
        amounts = set()
        for text in (self.wallet_topup_amounts or '').replace(';', ',').split(','):
            try:
                amount = self.currency_id.round(float(text))
            except (ValueError, OverflowError):
                continue
            if self._is_topup_in_limits(amount):
                amounts.add(amount)
        return sorted(amounts)

    def _is_topup_in_limits(self, amount):
        self.ensure_one()
        return (
            amount > 0
            and amount >= self.wallet_topup_min
            and (not self.wallet_topup_max or amount <= self.wallet_topup_max)
        )
