from odoo import models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY


class MailMail(models.Model):
    _inherit = 'mail.mail'

    def _send(
        self,
        auto_commit=False,
        raise_exception=False,
        smtp_session=None,
        alias_domain_id=False,
        mail_server=False,
        post_send_callback=None,
    ):
        """Override of `mail` to send nothing that somebody else is sending or has sent.

        A request sends its mails after its commit, and the queue sends what it finds. Where both
        meet, Odoo's queue stops at the mail that is gone, and all mails behind it wait for an hour.

        :param bool auto_commit: whether the transaction is committed after each mail, as the
            queue does; then each is looked at when its turn comes
        """
        for mails in self if auto_commit else [self]:
            super(MailMail, mails._lock_unsent())._send(
                auto_commit=auto_commit,
                raise_exception=raise_exception,
                smtp_session=smtp_session,
                alias_domain_id=alias_domain_id,
                mail_server=mail_server,
                post_send_callback=post_send_callback,
            )
        return True

    def _lock_unsent(self):
        """Return those of these mails that are still there and in nobody else's hands."""
        try:
            with self.env.cr.savepoint(flush=False):
                return self.try_lock_for_update(allow_referencing=True)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # one of them was sent since this transaction began; the queue finds what was not
            if len(self) == 1:
                return self.browse()
            return self.browse().union(*(mail._lock_unsent() for mail in self))

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
