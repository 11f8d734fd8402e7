from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    member_bonus_currency_id = fields.Many2one(
        related='company_id.currency_id', string="Currency of the Welcome Bonus"
    )
    member_bonus_amount = fields.Monetary(
        related='company_id.member_bonus_amount',
        readonly=False,
        currency_field='member_bonus_currency_id',
    )
