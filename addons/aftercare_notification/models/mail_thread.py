from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = 'mail.thread'

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Override of `mail` to mark the message in the log as undeliverable."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        self.env['notification.log']._update_from_bounce(message_dict)
        return result
