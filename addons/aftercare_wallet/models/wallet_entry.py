from odoo import api, fields, models
from odoo.exceptions import UserError


class WalletEntry(models.Model):
    """One movement of one bucket of a wallet; never changed afterwards."""

    _name = 'wallet.entry'
    _description = 'Wallet Entry'
    _order = 'id desc'
    _rec_name = 'reason'

    account_id = fields.Many2one(
        'wallet.account', string="Wallet", required=True, readonly=True, ondelete='restrict'
    )
    partner_id = fields.Many2one(related='account_id.partner_id', string="Customer")
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='restrict')
    currency_id = fields.Many2one('res.currency', required=True, readonly=True, ondelete='restrict')
    seq = fields.Integer(string="No.", required=True, readonly=True, aggregator=None)
    kind = fields.Selection(
        [
            ('topup', "Recharge"),
            ('topup_reversal', "Recharge taken back"),
            ('spend', "Payment"),
            ('spend_refund', "Refund"),
            ('reserve', "Set aside"),
            ('reserve_release', "Set free"),
            ('bonus_grant', "Bonus"),
            ('bonus_expire', "Bonus expired"),
            ('commission', "Commission"),
            ('commission_reversal', "Commission taken back"),
            ('commission_to_cash', "Commission to balance"),
            ('adjust', "Adjustment"),
            ('withdraw_hold', "Withdrawal requested"),
            ('withdraw_paid', "Withdrawal paid"),
            ('withdraw_release', "Withdrawal released"),
            ('transfer_in', "Transfer received"),
            ('transfer_out', "Transfer sent"),
        ],
        required=True,
        readonly=True,
    )
    bucket = fields.Selection(
        [
            ('cash', "Balance"),
            ('bonus', "Bonus"),
            ('commission', "Commission"),
            ('held', "Held"),
            ('bonus_held', "Held Bonus"),
        ],
        required=True,
        readonly=True,
    )
    amount = fields.Monetary(required=True, readonly=True)
    balance_after = fields.Monetary(required=True, readonly=True, aggregator=None)
    key = fields.Char(string="Idempotency Key", required=True, readonly=True)
    line = fields.Integer(required=True, readonly=True, aggregator=None)
    lot_id = fields.Many2one(
        'wallet.bonus.lot', readonly=True, ondelete='restrict', index='btree_not_null'
    )
    res_model = fields.Char(string="Origin Model", readonly=True)
    res_id = fields.Many2oneReference(string="Origin", model_field='res_model', readonly=True)
    move_id = fields.Many2one(
        'account.move',
        string="Journal Entry",
        readonly=True,
        ondelete='restrict',
        index='btree_not_null',
    )
    operator_id = fields.Many2one('res.users', string="By", readonly=True, ondelete='restrict')
    reason = fields.Char(readonly=True)

    _key_uniq = models.Constraint('UNIQUE(key, line)', "This was booked already.")
    _seq_uniq = models.Constraint('UNIQUE(account_id, seq)', "Entries are numbered one by one.")
    _explained = models.Constraint(
        'CHECK(res_id IS NOT NULL OR (reason IS NOT NULL AND operator_id IS NOT NULL))',
        "An entry needs the record it comes from, or a reason and an author.",
    )
    _account_kind_idx = models.Index('(account_id, kind, seq)')
    _account_bucket_idx = models.Index('(account_id, bucket, seq)')
    _company_date_idx = models.Index('(company_id, create_date)')
    _origin_idx = models.Index('(res_model, res_id)')

    def init(self):
        """Override: let the database refuse, too, whoever asks it."""
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION wallet_entry_refuse() RETURNS trigger AS $$
            BEGIN
                RAISE EXCEPTION 'wallet_entry is append-only' USING ERRCODE = 'restrict_violation';
            END
            $$ LANGUAGE plpgsql;
            CREATE OR REPLACE TRIGGER wallet_entry_append_only
                BEFORE UPDATE OR DELETE ON wallet_entry
                FOR EACH ROW EXECUTE FUNCTION wallet_entry_refuse();
            CREATE OR REPLACE TRIGGER wallet_entry_no_truncate
                BEFORE TRUNCATE ON wallet_entry
                FOR EACH STATEMENT EXECUTE FUNCTION wallet_entry_refuse();
            """
        )

    # === CRUD METHODS === #
    @api.model_create_multi
    def create(self, vals_list):
        raise UserError(self.env._("Entries are written by booking on a wallet only."))

    def write(self, vals):
        raise UserError(self.env._("The book of the wallets can not be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The book of the wallets can not be changed."))

    # === ACTION METHODS === #
    def action_view_origin(self):
        """Open the record the entry comes from."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            raise UserError(self.env._("This entry was made by hand: %s", self.reason))
        return {
            'type': 'ir.actions.act_window',
            'res_model': self.res_model,
            'res_id': self.res_id,
            'view_mode': 'form',
        }

    # === BUSINESS METHODS === #
    @api.model
    def _get_today(self):
        """Return the date on which money is booked and bonuses expire."""
        return fields.Date.context_today(self)
