from odoo import fields, models


class ReferralRule(models.Model):
    """Another rate for some affiliates or products."""

    _name = 'referral.rule'
    _description = 'Commission Rule'

    program_id = fields.Many2one('referral.program', required=True, index=True, ondelete='cascade')
