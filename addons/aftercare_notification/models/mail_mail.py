from odoo import models


class MailMail(models.Model):
    _inherit = 'mail.mail'

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Override of `mail` to write into the log what became of a message."""
        # before super, which deletes the mail
        self.env['notification.log']._update_from_mails(self, failure_reason, failure_type)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )

    def cancel(self):
        """Override of `mail` to tell the log that a message will not be sent."""
        self.env['notification.log']._on_message_deleted('mail_mail_id', self.ids)
        return super().cancel()

    def unlink(self):
        """Override of `mail` to tell the log that a message was taken out of the queue."""
        self.env['notification.log']._on_message_deleted('mail_mail_id', self.ids)
        return super().unlink()
