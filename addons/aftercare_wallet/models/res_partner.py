from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    wallet_account_ids = fields.One2many(
        'wallet.account', 'partner_id', string="Wallets", domain=[('merged_into_id', '=', False)]
    )
    wallet_balance = fields.Char(
        compute='_compute_wallet_balance',
        groups='aftercare_wallet.aftercare_wallet_group_user',
        help="What the customer can pay with in the current company.",
    )

    # === COMPUTE METHODS === #
    def _compute_wallet_balance(self):
        accounts = self.env['wallet.account'].search(
            [
                ('partner_id', 'in', self.commercial_partner_id.ids),
                ('company_id', '=', self.env.company.id),
                ('merged_into_id', '=', False),
            ]
        )
        by_owner = accounts.grouped('partner_id')
        for partner in self:
            found = by_owner.get(partner.commercial_partner_id, accounts.browse())
            partner.wallet_balance = (
                " · ".join(account.currency_id.format(account.available) for account in found)
                if found
                else self.env.company.currency_id.format(0.0)
            )

    # === ACTION METHODS === #
    def action_view_wallet(self):
        """Open the wallet of the customer, made when missing."""
        self.ensure_one()
        owner = self.commercial_partner_id
        accounts = self.env['wallet.account'].search(
            [('partner_id', '=', owner.id), ('merged_into_id', '=', False)]
        ) or self.env['wallet.account']._get_for(owner)
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_wallet.wallet_account_action'
        )
        if len(accounts) == 1:
            return action | {'res_id': accounts.id, 'views': [(False, 'form')]}
        return action | {'domain': [('id', 'in', accounts.ids)]}
