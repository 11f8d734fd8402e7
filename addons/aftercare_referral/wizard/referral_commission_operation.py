from odoo import fields, models
from odoo.exceptions import AccessError


class ReferralCommissionOperation(models.TransientModel):
    """A manager does something to commissions and says why."""

    _name = 'referral.commission.operation'
    _description = 'Operation on Commissions'

    commission_ids = fields.Many2many('referral.commission', string="Commissions", readonly=True)
    partner_id = fields.Many2one('res.partner', string="Affiliate", readonly=True)
    operation = fields.Selection(
        [
            ('void', "Void"),
            ('hold', "Hold for review"),
            ('clear', "Clear"),
            ('write_off', "Write off"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(required=True)

    # === ACTION METHODS === #

    def action_apply(self):
        """Do it to all of them."""
        self.ensure_one()
        if not self.env.user.has_group('aftercare_referral.aftercare_referral_group_manager'):
            raise AccessError(self.env._("Only referral managers review commissions."))
        if self.operation == 'write_off':
            self.env['referral.commission']._write_off(self.partner_id, self.reason)
        else:
            self.commission_ids._operate(self.operation, self.reason)
        return {'type': 'ir.actions.act_window_close'}
