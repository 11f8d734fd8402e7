from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.money import to_decimal

# A bonus that comes back by a refund can be used for so long at least
REFUND_DAYS = 30


class WalletBonusLot(models.Model):
    """A bonus that was granted at once and expires at once; the first to expire is used first."""

    _name = 'wallet.bonus.lot'
    _description = 'Bonus Lot'
    _order = 'date_expiry, id'
    _rec_name = 'reason'

    account_id = fields.Many2one(
        'wallet.account', string="Wallet", required=True, readonly=True, ondelete='restrict'
    )
    company_id = fields.Many2one(related='account_id.company_id')
    currency_id = fields.Many2one(related='account_id.currency_id')
    amount = fields.Monetary(string="Granted", readonly=True, required=True)
    remaining = fields.Monetary(required=True, default=0, readonly=True)
    date_expiry = fields.Date(string="Last Day", readonly=True)
    reason = fields.Char(readonly=True)
    is_reminded = fields.Boolean(readonly=True)
    entry_ids = fields.One2many('wallet.entry', 'lot_id', string="Entries")

    _account_idx = models.Index('(account_id, date_expiry)')
    _due_idx = models.Index('(date_expiry) WHERE remaining > 0')
    _remaining_check = models.Constraint(
        'CHECK(remaining >= 0 AND remaining <= amount)',
        "A bonus lot holds no less than nothing and no more than was granted.",
    )

    # === BUSINESS METHODS === #
    @api.model
    def _create_for(self, account, amount, date_expiry, reason):
        """Create an empty lot, which an entry is about to fill.

        :param date_expiry: its last day; False: never; None: as the company sets it
        """
        if date_expiry is None:
            days = account.company_id.wallet_bonus_days
            date_expiry = days and self.env['wallet.entry']._get_today() + timedelta(days=days)
        return self.create(
            {
                'account_id': account.id,
                'amount': float(amount),
                'date_expiry': date_expiry or False,
                'reason': reason,
            }
        )

    @api.model
    def _get_stocks(self, account):
        """Return tuples (lot, Decimal left), the first to expire first."""
        lots = self.search([('account_id', '=', account.id), ('remaining', '>', 0)])
        return [(lot, to_decimal(lot.remaining, account.currency_id)) for lot in lots]

    @api.model
    def _get_reminder_domain(self):
        """Return the domain of the lots whose owners are to be reminded; a company may not."""
        today = self.env['wallet.entry']._get_today()
        # sudo: res.company - its settings
        companies = self.env['res.company'].sudo().search([('wallet_bonus_reminder_days', '>', 0)])
        soon = Domain.OR(
            Domain('company_id', '=', company.id)
            & Domain(
                'date_expiry', '<=', today + timedelta(days=company.wallet_bonus_reminder_days)
            )
            for company in companies
        )
        return (
            soon
            & Domain('date_expiry', '>=', today)
            & Domain('remaining', '>', 0)
            & Domain('is_reminded', '=', False)
        )

    def _remind(self):
        """Tell customers once that a bonus is about to expire."""
        for account, lots in self.grouped('account_id').items():
            account._notify_amount(
                'wallet_bonus_expiring',
                sum(lots.mapped('remaining')),
                date=fields.Date.to_string(min(lots.mapped('date_expiry'))),
            )
        self.is_reminded = True

    def _restore(self):
        """Let lots that have expired, or are about to, be used for a while again."""
        until = self.env['wallet.entry']._get_today() + timedelta(days=REFUND_DAYS)
        self.filtered(lambda lot: lot.date_expiry and lot.date_expiry < until).date_expiry = until
