from collections import Counter

from odoo import fields, models


class WalletAccount(models.Model):
    _inherit = 'wallet.account'

    sale_order_count = fields.Integer(
        compute='_compute_sale_order_count', groups='sales_team.group_sale_salesman'
    )

    # === COMPUTE METHODS === #
    def _compute_sale_order_count(self):
        # sudo: payment.transaction - sales people know their orders only
        groups = (
            self.env['payment.transaction']
            .sudo()
            ._read_group(self._get_sale_payment_domain(), ['wallet_account_id', 'sale_order_ids'])
        )
        counts = Counter(account.id for account, _order in groups)
        for account in self:
            account.sale_order_count = counts[account.id]

    # === ACTION METHODS === #
    def action_view_sale_orders(self):
        """Open the orders that were paid from the wallet, wholly or in part."""
        self.ensure_one()
        # sudo: payment.transaction - only to find the orders, whose own rules decide
        payments_sudo = (
            self.env['payment.transaction'].sudo().search(self._get_sale_payment_domain())
        )
        action = self.env['ir.actions.act_window']._for_xml_id('sale.action_orders')
        return action | {
            'domain': [('id', 'in', payments_sudo.sale_order_ids.ids)],
            'context': {'create': False},
        }

    def _get_sale_payment_domain(self):
        return [
            ('wallet_account_id', 'in', self.ids),
            ('provider_id.code', '=', 'wallet'),
            ('state', '=', 'done'),
            ('sale_order_ids', '!=', False),
        ]
