from odoo import fields, models


class ReferralProgram(models.Model):
    """What a company pays to those who bring customers."""

    _name = 'referral.program'
    _description = 'Referral Programme'

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company
    )
    levels = fields.Integer(default=1)
    hold_days = fields.Integer(default=30)
    cap_percent = fields.Float(digits=(5, 2), default=30)
    cookie_days = fields.Integer(default=60)
