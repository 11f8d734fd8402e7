from odoo import fields, models


class ReferralCommissionLine(models.Model):
    """The lines of a sale that a commission was paid for."""

    _name = 'referral.commission.line'
    _description = 'Line of a Commission'
    _order = 'id'
    _rec_name = 'product_id'

    commission_id = fields.Many2one(
        'referral.commission', required=True, readonly=True, ondelete='cascade', index=True
    )
    key = fields.Char(required=True, readonly=True)
    product_id = fields.Many2one(
        'product.product', readonly=True, ondelete='restrict', index='btree_not_null'
    )
    subject = fields.Char(readonly=True, help="What a renewal prolongs, such as one licence.")
    quantity = fields.Float(readonly=True, digits=(16, 4))
    share = fields.Float(
        string="Real Money",
        readonly=True,
        digits=(7, 6),
        help="The share that was paid by real money rather than by bonus or points.",
    )
    source_currency_id = fields.Many2one(related='commission_id.source_currency_id')
    base = fields.Monetary(currency_field='source_currency_id', readonly=True)

    _subject_idx = models.Index('(subject) WHERE subject IS NOT NULL')
