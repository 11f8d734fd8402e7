from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    referral_program_id = fields.Many2one(
        'referral.program', compute='_compute_referral_program_id', compute_sudo=True
    )
    referral_enrolment = fields.Selection(related='referral_program_id.enrolment', readonly=False)
    referral_levels = fields.Integer(related='referral_program_id.levels', readonly=False)
    referral_purchase_rate = fields.Float(
        related='referral_program_id.purchase_rate', readonly=False
    )
    referral_renewal_rate = fields.Float(related='referral_program_id.renewal_rate', readonly=False)
    referral_hold_days = fields.Integer(related='referral_program_id.hold_days', readonly=False)
    referral_cap_percent = fields.Float(related='referral_program_id.cap_percent', readonly=False)
    referral_cookie_days = fields.Integer(related='referral_program_id.cookie_days', readonly=False)

    # === COMPUTE METHODS === #

    @api.depends('company_id')
    def _compute_referral_program_id(self):
        for settings in self:
            settings.referral_program_id = self.env['referral.program']._get_for(
                settings.company_id
            )

    # === ACTION METHODS === #

    def action_open_referral_program(self):
        """Open all that the programme of the company says."""
        self.ensure_one()
        program = self.referral_program_id.with_context(active_test=False) or self.env[
            'referral.program'
        ].with_context(active_test=False).search([('company_id', '=', self.company_id.id)])
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'referral.program',
            'res_id': program.id,
            'view_mode': 'form',
        }
