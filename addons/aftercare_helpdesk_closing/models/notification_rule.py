from odoo import models

LINK_EVENTS = ('ticket_created', 'ticket_autoclose_warning')


class NotificationRule(models.Model):
    _inherit = 'notification.rule'

    def _render_layout(self, row, record, message):
        """Override of `aftercare_notification`: the link by which the customer closes it."""
        if (
            row.audience == 'customer'
            and record._name == 'helpdesk.ticket'
            and self.event_id.code in LINK_EVENTS
            and record._has_closing_link()
        ):
            link = self.env['ir.qweb']._render(
                'aftercare_helpdesk_closing.mail_closing_link', {'url': record._get_closing_url()}
            )
            message = {**message, 'body': message['body'] + link}
        return super()._render_layout(row, record, message)
