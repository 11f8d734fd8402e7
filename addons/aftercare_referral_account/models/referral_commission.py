from odoo import api, fields, models
from odoo.fields import Domain

from .account_move import PAID_STATES


class ReferralCommission(models.Model):
    _inherit = 'referral.commission'

    source_move_id = fields.Many2one(
        'account.move',
        string="Invoice",
        readonly=True,
        index='btree_not_null',
        ondelete='restrict',
        groups='aftercare_referral.aftercare_referral_group_user',
    )

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_base_values(self, event, event_record, program, affiliate):
        """Override of `aftercare_referral` to know the invoice."""
        values = super()._prepare_base_values(event, event_record, program, affiliate)
        if event['source']._name == 'account.move':
            values['source_move_id'] = event['source'].id
        return values

    def _prepare_reversal_values(self, amount, reason):
        """Override of `aftercare_referral` to know the invoice."""
        values = super()._prepare_reversal_values(amount, reason)
        values['source_move_id'] = self.source_move_id.id
        return values

    @api.model
    def _get_settled_domain(self):
        """Override of `aftercare_referral`: the invoice must still be paid."""
        return super()._get_settled_domain() & (
            Domain('source_move_id', '=', False)
            | Domain('source_move_id.payment_state', 'in', PAID_STATES)
        )
