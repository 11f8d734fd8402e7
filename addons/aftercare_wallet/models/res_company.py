from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    wallet_liability_account_id = fields.Many2one('account.account', check_company=True)
    wallet_commission_account_id = fields.Many2one('account.account', check_company=True)
    wallet_bonus_account_id = fields.Many2one('account.account', check_company=True)
    wallet_commission_expense_account_id = fields.Many2one('account.account', check_company=True)
    wallet_fee_account_id = fields.Many2one('account.account', check_company=True)
    wallet_adjust_account_id = fields.Many2one('account.account', check_company=True)
    wallet_journal_id = fields.Many2one('account.journal', check_company=True)
    wallet_entry_journal_id = fields.Many2one('account.journal', check_company=True)

    def _ensure_wallet_accounting(self):
        """Find or make the accounts and journals of the wallet; raise when there is no chart."""
        raise NotImplementedError
