from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    member_bonus_active = fields.Boolean(string="Welcome Bonus")
    member_bonus_trigger = fields.Selection(
        [
            ('registration', "When they register"),
            ('confirmation', "When they confirm the e-mail address"),
        ],
        string="Members Get It",
        default='confirmation',
        required=True,
    )
    member_bonus_check_phone = fields.Boolean(string="Once per Phone Number", default=True)
    member_bonus_ip_days = fields.Integer(string="Once per IP Address within (days)", default=1)
    member_child_limit = fields.Integer(string="Sub-members per Member", default=50)
    member_invitation_days = fields.Integer(string="Invitations Are Valid for (days)", default=7)
    member_invitation_limit = fields.Integer(string="Invitations per Member and Day", default=20)

    _member_limits_positive = models.Constraint(
        'CHECK (member_bonus_ip_days >= 0 AND member_child_limit >= 0'
        ' AND member_invitation_days > 0 AND member_invitation_limit >= 0)',
        "Limits of members can not be negative, and invitations are valid for a day at least.",
    )
