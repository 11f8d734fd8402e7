from odoo import models


class MailActivity(models.Model):
    _inherit = 'mail.activity'

    def _action_done(self, feedback=False, attachment_ids=None):
        """Override of `mail`: ticking off a request for help answers it."""
        # sudo: helpdesk.ticket.assistance - requests change by answers and withdrawals only
        requests = (
            self.env['helpdesk.ticket.assistance']
            .sudo()
            .search([('activity_id', 'in', self.ids), ('state', '=', 'open')])
            if 'helpdesk.ticket' in self.mapped('res_model')
            else None
        )
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if requests:
            requests._set_done(feedback)
        return result
