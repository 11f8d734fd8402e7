from odoo import models
from odoo.fields import Command


class NotificationLog(models.Model):
    """The in-app channel: Odoo's inbox."""

    # one file for each channel, as another addon would add one
    _inherit = 'notification.log'  # pylint: disable=consider-merging-classes-inherited

    def _find_inapp_obstacle(self, facts):
        user = self.partner_id._notification_get_user()
        if not user:
            return 'skipped', 'no_user'
        self.address = user.login
        return None

    def _deliver_inapp(self, record, message):
        """Put a message into the recipient's inbox, counted in the systray at once.

        Unlike ``message_notify`` this does not turn into an e-mail for people who want
        Odoo's own notifications by e-mail: that is another channel here.
        """
        user = self.partner_id._notification_get_user()
        mail_message = self.env['mail.message'].create(
            self._prepare_message_values(record, message)
            | {
                'subtype_id': self.env['ir.model.data']._xmlid_to_res_id('mail.mt_note'),
                'partner_ids': [Command.link(self.partner_id.id)],
            }
        )
        recipients = [{'id': self.partner_id.id, 'uid': user.id, 'notif': 'inbox', 'active': True}]
        Thread = self.env['mail.thread']
        Thread._notify_thread_by_inbox(mail_message, recipients)
        Thread._notify_thread_by_web_push(mail_message, recipients)
        self._set_handed_over(message, mail_message_id=mail_message.id)
        self._set_sent(reason='delivered')
