from odoo import models


class ServiceAgent(models.Model):
    _inherit = 'service.agent'

    # === ACTION METHODS === #

    def action_view_ratings(self):
        """Override of `aftercare_helpdesk`: the report, which also knows who did not answer."""
        self.ensure_one()
        return self.env['helpdesk.rating.report']._get_action(
            self.name, [('rated_partner_id', '=', self.partner_id.id)]
        )
