from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

KEEP_IP_DAYS = 90


class ReferralAttribution(models.Model):
    """How it came that somebody counts as having brought a customer; never changed afterwards."""

    _name = 'referral.attribution'
    _description = 'Referral'
    _inherit = ['notification.mixin']
    _order = 'id desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, ondelete='cascade'
    )
    referrer_id = fields.Many2one(
        'res.partner', string="Brought By", index='btree_not_null', ondelete='set null'
    )
    previous_referrer_id = fields.Many2one(
        'res.partner', string="Until Then", index='btree_not_null', ondelete='set null'
    )
    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company, ondelete='cascade'
    )
    origin = fields.Selection(
        [
            ('link', "Followed a link"),
            ('code', "Typed a code"),
            ('inherited', "Belongs to a customer who was brought"),
            ('staff', "Set by staff"),
        ],
        required=True,
    )
    reason = fields.Char()
    user_id = fields.Many2one('res.users', string="By", ondelete='restrict')
    ip_address = fields.Char(string="IP Address", help="Forgotten after 90 days.")
    is_same_browser = fields.Boolean(
        help="The affiliate had been logged in with the browser in which the customer registered."
    )

    _ip_idx = models.Index('(create_date) WHERE ip_address IS NOT NULL')
    _referrer_idx = models.Index('(referrer_id, company_id, create_date)')

    # === CRUD METHODS === #

    def write(self, vals):
        raise UserError(self.env._("The history of referrals can not be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The history of referrals can not be changed."))

    @api.autovacuum
    def _gc_ip_addresses(self):
        """Forget where customers registered once it tells nothing any more."""
        self.env.execute_query(
            SQL(
                """UPDATE referral_attribution SET ip_address = NULL
                    WHERE ip_address IS NOT NULL AND create_date < %s RETURNING id""",
                fields.Datetime.now() - timedelta(days=KEEP_IP_DAYS),
            )
        )
        self.invalidate_model(['ip_address'])

    # === BUSINESS METHODS: notification === #

    def _notification_get_recipients(self, audience):
        """Override of `aftercare_notification`: who brought the customer is told."""
        if audience == 'customer':
            return {record.id: record.referrer_id for record in self}
        return super()._notification_get_recipients(audience)

    def _notification_get_extra(self, code):
        """Override of `aftercare_notification`: the customer is told by half of his name."""
        return {record.id: {'customer': record.partner_id._get_masked_name()} for record in self}

    def _notification_get_url(self, partner, audience):
        """Override of `aftercare_notification`: affiliates read on in the portal."""
        return (
            '/my/referral'
            if audience == 'customer'
            else super()._notification_get_url(partner, audience)
        )
