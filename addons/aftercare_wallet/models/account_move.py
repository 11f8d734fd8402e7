from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class AccountMove(models.Model):
    _inherit = 'account.move'

    wallet_entry_ids = fields.One2many('wallet.entry', 'move_id', string="Wallet Entries")

    wallet_payable = fields.Monetary(
        compute='_compute_wallet_payable',
        groups='aftercare_wallet.aftercare_wallet_group_manager',
        help="What the customer's wallet can pay of what is open.",
    )

    # === COMPUTE METHODS === #
    @api.depends('amount_residual', 'state', 'partner_id')
    def _compute_wallet_payable(self):
        Account = self.env['wallet.account']
        for move in self:
            account = Account.browse()
            if move.move_type == 'out_invoice' and move.state == 'posted' and move.amount_residual:
                account = Account._get_for(
                    move.partner_id, move.currency_id, move.company_id, create=False
                )
            move.wallet_payable = account._get_payable(move.amount_residual) if account else 0.0

    # === ACTION METHODS === #
    def action_pay_from_wallet(self):
        """Pay the invoice, as far as it goes, from the customer's wallet."""
        self.ensure_one()
        if not self.env.user.has_group('aftercare_wallet.aftercare_wallet_group_manager'):
            raise AccessError(self.env._("Only managers of the wallets pay from them."))
        self.check_access('read')
        if self.wallet_payable <= 0:
            raise UserError(self.env._("The customer's wallet is empty."))
        account = self.env['wallet.account']._get_for(
            self.partner_id, self.currency_id, self.company_id
        )
        # sudo: wallet.account - as the customer would
        tx = account.sudo()._pay(self.wallet_payable, invoice_ids=[Command.set(self.ids)])
        tx._log_message_on_linked_documents(
            self.env._("Paid from the wallet by %s.", self.env.user.name)
        )

    def button_draft(self):
        """Override of `account`: what the book of the wallets tells stays posted."""
        # sudo: wallet.entry - the rule holds for accountants, too
        entry = self.env['wallet.entry'].sudo().search([('move_id', 'in', self.ids)], limit=1)
        if entry:
            raise UserError(
                self.env._(
                    "%s is in the book of the wallets and can not be changed. Please make a"
                    " manual operation on the wallet, or refund the payment.",
                    entry.move_id.name,
                )
            )
        return super().button_draft()

    # === BUSINESS METHODS === #
    def _post(self, soft=True):
        """Override of `account`: an invoice of what was paid from the wallet becomes paid.

        Such a payment is complete at once, while those that wait for the bank are matched by
        `sale`.
        """
        posted = super()._post(soft)
        for invoice in posted.filtered(
            lambda move: move.move_type == 'out_invoice' and move.transaction_ids
        ):
            payments = invoice.transaction_ids.filtered(
                lambda tx: tx.provider_code == 'wallet' and tx.operation != 'refund'
            ).payment_id
            for line in payments.move_id.line_ids.filtered(
                lambda line: line.account_type == 'asset_receivable' and not line.reconciled
            ):
                if invoice.amount_residual:
                    invoice.js_assign_outstanding_line(line.id)
        return posted
