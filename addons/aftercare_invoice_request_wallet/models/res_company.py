from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    invoice_request_moment = fields.Selection(
        [
            ('consumption', "What the wallet has paid for"),
            ('recharge', "The recharge itself"),
        ],
        string="Wallet: Members Have Invoiced",
        default='consumption',
        required=True,
        help="The same money is never invoiced twice: what was recharged under one setting stays "
        "under it when the setting changes. Bonus money is never invoiced.",
    )
