from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = 'ir.http'

    def session_info(self):
        """Override of `web` to tell the top bar whether the user is an agent."""
        result = super().session_info()
        if self.env.user._is_internal():
            # sudo: service.agent - the user's own presence
            result['service_agent'] = self.env.user.sudo().service_agent_ids._get_presence_data()
        return result
