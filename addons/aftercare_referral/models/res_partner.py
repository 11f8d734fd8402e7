from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    is_affiliate = fields.Boolean(string="Affiliate", copy=False)
    referral_code = fields.Char(copy=False, index='btree_not_null')
    referrer_id = fields.Many2one(
        'res.partner', string="Brought By", copy=False, index='btree_not_null'
    )
    referral_path = fields.Char(copy=False, readonly=True)
