from odoo import api, models
from odoo.fields import Command
from odoo.tools import html2plaintext
from odoo.tools.mail import generate_tracking_message_id

# what the mail server may accept later
TRANSIENT_FAILURES = {'mail_smtp', 'unknown'}


class NotificationLog(models.Model):
    """The e-mail channel."""

    # one file for each channel, as another addon would add one
    _inherit = 'notification.log'  # pylint: disable=consider-merging-classes-inherited

    def _find_mail_obstacle(self, facts):
        if not self.partner_id.email:
            return 'skipped', 'no_address'
        self.address = self.partner_id.email
        if not self.partner_id.email_normalized:
            return 'failed', 'bad_address', self.partner_id.email
        self.address = self.partner_id.email_normalized
        return None

    def _deliver_mail(self, record, message):
        """Put an e-mail into Odoo's outgoing queue."""
        attachments = message.pop('attachments', [])
        mail = self.env['mail.mail'].create(
            self._prepare_message_values(record, message)
            | {
                'body_html': message['layout'],
                'recipient_ids': [Command.link(self.partner_id.id)],
                'auto_delete': True,
                # keeps the message when the mail is deleted, so that answers find the document
                'is_notification': True,
                'mail_server_id': message.get('mail_server_id'),
                'headers': repr(self._prepare_headers(record)),
                'attachment_ids': [Command.link(id_) for id_ in message.get('attachment_ids', [])],
            }
        )
        if attachments:
            mail.attachment_ids = [
                Command.create(
                    {
                        'name': name,
                        'datas': datas,
                        'res_model': 'mail.message',
                        'res_id': mail.mail_message_id.id,
                    }
                )
                for name, datas in attachments
            ]
        self._set_handed_over(
            message,
            mail_mail_id=mail.id,
            mail_message_id=mail.mail_message_id.id,
            message_id=mail.message_id,
        )

    def _prepare_message_values(self, record, message):
        """Return the values of the mail.message behind an e-mail or an in-app message."""
        company = self.company_id
        email_from = message.get('email_from') or company.email_formatted
        reply_to = (
            message.get('reply_to')
            or (
                record._notify_get_reply_to(default=email_from, author_id=company.partner_id.id)[
                    record.id
                ]
            )
        )
        return {
            'subject': message['subject'],
            'body': message['body'],
            'model': record._name,
            'res_id': record.id,
            'record_name': self.res_name,
            # belongs to one person, not to the discussion about the document
            'message_type': 'user_notification',
            'is_internal': True,
            'author_id': company.partner_id.id,
            'email_from': email_from or self.env.user.email_formatted,
            'reply_to': reply_to,
            'message_id': generate_tracking_message_id(f'{record.id}-{record._name}'),
            'record_company_id': company.id,
            'record_alias_domain_id': company.alias_domain_id.id,
        }

    def _prepare_headers(self, record):
        """Return the headers that keep robots from answering and offer to unsubscribe."""
        headers = {'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'OOF'}
        if self._is_optional():
            headers['List-Unsubscribe'] = f'<{record.get_base_url()}/my/notifications>'
        return headers

    @api.model
    def _update_from_mails(self, mails, failure_reason, failure_type):
        """Write down what became of e-mails."""
        for row in self.sudo().search([('mail_mail_id', 'in', mails.ids)]):
            mail = row.mail_mail_id
            if not failure_type:
                row._set_sent(message_id=mail.message_id)
                continue
            labels = dict(mail._fields['failure_type']._description_selection(self.env))
            row._set_failed(
                'transport',
                failure_reason or mail.failure_reason or labels.get(failure_type),
                is_transient=failure_type in TRANSIENT_FAILURES,
            )
            row._trigger_cron()

    @api.model
    def _update_from_bounce(self, message_dict):
        """Mark as failed what the recipient's mail server returned."""
        message_ids = message_dict.get('bounced_msg_ids')
        if not message_ids:
            return
        rows = self.sudo().search([('message_id', 'in', message_ids), ('state', '=', 'sent')])
        lines = html2plaintext(message_dict.get('body') or '').strip().splitlines()
        rows._set_failed('bounced', lines[0] if lines else False)
