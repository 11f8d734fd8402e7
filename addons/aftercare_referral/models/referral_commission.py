from odoo import api, fields, models


class ReferralCommission(models.Model):
    """What somebody earns by a purchase of a customer whom he brought."""

    _name = 'referral.commission'
    _description = 'Commission'
    _order = 'id desc'

    beneficiary_id = fields.Many2one('res.partner', required=True, index=True)
    source_partner_id = fields.Many2one('res.partner', index=True)
    level = fields.Integer()
    kind = fields.Selection(
        [
            ('purchase', "Purchase"),
            ('renewal', "Renewal"),
            ('signup', "Registration"),
            ('reversal', "Reversal"),
        ]
    )
    currency_id = fields.Many2one('res.currency')
    base = fields.Monetary()
    rate = fields.Float()
    amount = fields.Monetary()
    state = fields.Selection(
        [('held', "Held"), ('due', "Due"), ('paid', "Paid"), ('void', "Void")], default='held'
    )

    @api.model
    def _book_event(self, event):
        return self.browse()

    @api.model
    def _reverse_event(self, key, refunded):
        return self.browse()

    def _is_source_settled(self):
        return True

    def _credit(self):
        return self.browse()
