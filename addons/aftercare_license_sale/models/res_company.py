from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    license_revoke_on_refund = fields.Boolean(
        string="Take Licences Back on Refund",
        default=True,
        help="A credit note or refunded payment revokes the licences, or takes back the terms, that "
        "the money was for.",
    )
