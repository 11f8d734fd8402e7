from odoo import fields, models
from odoo.exceptions import AccessError


class ReferralReferrerChange(models.TransientModel):
    """A manager says who brought a customer, and why it changes."""

    _name = 'referral.referrer.change'
    _description = 'Change Referrer'

    partner_id = fields.Many2one('res.partner', string="Customer", required=True, readonly=True)
    previous_id = fields.Many2one(related='partner_id.referrer_id', string="Until Now")
    referrer_id = fields.Many2one(
        'res.partner',
        string="Brought By",
        domain="[('id', '!=', partner_id), ('parent_id', '=', False)]",
        help="Empty: nobody.",
    )
    reason = fields.Char(required=True)

    # === ACTION METHODS === #

    def action_apply(self):
        """Change it; commissions that exist stay with whoever has earned them."""
        self.ensure_one()
        if not self.env.user.has_group('aftercare_referral.aftercare_referral_group_manager'):
            raise AccessError(self.env._("Only referral managers say who brought a customer."))
        self.partner_id._set_referrer(self.referrer_id, 'staff', self.reason)
        return {'type': 'ir.actions.act_window_close'}
