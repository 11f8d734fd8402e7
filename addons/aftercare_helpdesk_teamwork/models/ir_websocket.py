from odoo import models


class IrWebsocket(models.AbstractModel):
    _inherit = 'ir.websocket'

    def _on_websocket_closed(self, cookies):
        """Override of `bus`: whose browser is gone has no ticket on the screen."""
        result = super()._on_websocket_closed(cookies)
        if self.env.user and self.env.user._is_internal():
            self.env['helpdesk.ticket.viewer']._leave(self.env.user)
        return result
