from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = 'mail.thread'

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Override of `mail`: tickets decide what becomes of mail that is routed to them."""
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        if any(route[0] == 'helpdesk.ticket' for route in routes):
            return self.env['helpdesk.ticket']._route_mail(message, message_dict, routes)
        return routes
