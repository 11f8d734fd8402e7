from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    member_phone_required = fields.Boolean(
        string="Phone required", config_parameter='aftercare_member.phone_required'
    )
    member_terms_url = fields.Char(
        string="Terms of use",
        config_parameter='aftercare_member.terms_url',
        help="Visitors have to accept the terms at this address before they can register.",
    )
    member_registration_limit = fields.Integer(
        string="Registrations per hour and IP address",
        config_parameter='aftercare_member.registration_limit',
        help="0 means without limit.",
    )
    member_reassign_on_correction = fields.Boolean(
        string="Agent follows a corrected region",
        config_parameter='aftercare_member.reassign_on_correction',
        help="When a member corrects the region for the first time, the agent is chosen anew.",
    )
    member_bonus_active = fields.Boolean(related='company_id.member_bonus_active', readonly=False)
    member_bonus_trigger = fields.Selection(
        related='company_id.member_bonus_trigger', readonly=False
    )
    member_bonus_check_phone = fields.Boolean(
        related='company_id.member_bonus_check_phone', readonly=False
    )
    member_bonus_ip_days = fields.Integer(related='company_id.member_bonus_ip_days', readonly=False)
    member_child_limit = fields.Integer(related='company_id.member_child_limit', readonly=False)
    member_invitation_days = fields.Integer(
        related='company_id.member_invitation_days', readonly=False
    )
    member_invitation_limit = fields.Integer(
        related='company_id.member_invitation_limit', readonly=False
    )

    def action_open_member_sequences(self):
        """Open the number series of members, one for all companies or one for each."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Member Numbers"),
            'res_model': 'ir.sequence',
            'view_mode': 'list,form',
            'domain': [('code', '=', 'res.partner.member')],
            'context': {'default_code': 'res.partner.member', 'default_prefix': 'M'},
        }
