from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    can_give_coupon = fields.Boolean(
        string="Coupons",
        help="Agents who may write to a ticket may give its customer a coupon, also without any "
        "right in the coupon programmes.",
    )
