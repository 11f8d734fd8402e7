from markupsafe import Markup

from odoo import models

RENEWAL_EVENTS = ('license_reminder', 'license_expired', 'license_renewal_failed')


class NotificationRule(models.Model):
    _inherit = 'notification.rule'

    # === BUSINESS METHODS === #
    def _render_layout(self, row, record, message):
        """Override of `aftercare_notification`: reminders carry the link that renews without a
        login."""
        if row.audience == 'customer' and self.event_id.code in RENEWAL_EVENTS:
            if url := record._get_renewal_url():
                link = Markup('<p><a href="%s"><b>%s</b></a></p>') % (
                    url,
                    self.env._("Renew now"),
                )
                message = message | {'body': Markup(message['body']) + link}
        return super()._render_layout(row, record, message)
