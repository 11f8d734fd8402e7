from odoo import fields, models


class WalletAccount(models.Model):
    _inherit = 'wallet.account'

    sale_order_count = fields.Integer(
        compute='_compute_sale_order_count', groups='sales_team.group_sale_salesman'
    )

    # === COMPUTE METHODS === #
    def _compute_sale_order_count(self):
        counts = dict(
            self.env['payment.transaction']
            .sudo()  # sudo: payment.transaction - sales people know their orders only
            ._read_group(
                [
                    ('wallet_account_id', 'in', self.ids),
                    ('provider_code', '=', 'wallet'),
                    ('state', '=', 'done'),
                    ('sale_order_ids', '!=', False),
                ],
                ['wallet_account_id'],
                ['sale_order_ids:count_distinct'],
            )
        )
        for account in self:
            account.sale_order_count = counts.get(account, 0)

    # === ACTION METHODS === #
    def action_view_sale_orders(self):
        """Open the orders that were paid from the wallet, wholly or in part."""
        self.ensure_one()
        # sudo: payment.transaction - only to find the orders, whose own rules decide
        orders = (
            self.env['payment.transaction']
            .sudo()
            .search(
                [
                    ('wallet_account_id', '=', self.id),
                    ('provider_code', '=', 'wallet'),
                    ('state', '=', 'done'),
                    ('sale_order_ids', '!=', False),
                ]
            )
            .sale_order_ids
        )
        action = self.env['ir.actions.act_window']._for_xml_id('sale.action_orders')
        return action | {'domain': [('id', 'in', orders.ids)], 'context': {'create': False}}
