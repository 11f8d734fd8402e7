from odoo import api, fields, models

BUCKETS = ('cash', 'bonus', 'commission', 'held', 'bonus_held')


class WalletAccount(models.Model):
    """The money a customer keeps with us, in one company and one currency."""

    _name = 'wallet.account'
    _description = 'Wallet'
    _inherit = ['mail.thread', 'mail.activity.mixin', 'notification.mixin']
    _check_company_auto = True
    _order = 'partner_id, id'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, ondelete='restrict'
    )
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    cash = fields.Monetary(readonly=True, copy=False)
    bonus = fields.Monetary(readonly=True, copy=False)
    commission = fields.Monetary(readonly=True, copy=False)
    held = fields.Monetary(readonly=True, copy=False)
    bonus_held = fields.Monetary(string="Held Bonus", readonly=True, copy=False)
    seq = fields.Integer(string="Last Entry", readonly=True, copy=False)
    available = fields.Monetary(compute='_compute_available')
    entry_ids = fields.One2many('wallet.entry', 'account_id', string="Entries")
    is_frozen = fields.Boolean(string="Frozen", readonly=True, copy=False, tracking=True)

    _owner_uniq = models.Constraint(
        'UNIQUE(partner_id, company_id, currency_id)',
        "A customer has one wallet for each company and currency.",
    )
    _cash_check = models.Constraint('CHECK(cash >= 0)', "A balance is never below zero.")
    _bonus_check = models.Constraint('CHECK(bonus >= 0)', "A bonus is never below zero.")
    _held_check = models.Constraint(
        'CHECK(held >= 0 AND bonus_held >= 0)', "What is held is never below zero."
    )

    @api.depends('cash', 'bonus')
    def _compute_available(self):
        for account in self:
            account.available = account.cash + account.bonus

    @api.model
    def _get_for(self, partner, currency=None, company=None, create=True):
        """Return the wallet of the person's commercial partner, made when missing."""
        raise NotImplementedError

    def _book(
        self, kind, amounts, key, origin=None, reason='', move=None, operator=None, counterpart=None
    ):
        """Move money between buckets, the one way there is; see the interface."""
        raise NotImplementedError
