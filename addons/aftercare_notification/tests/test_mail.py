import smtplib

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.base.tests.test_ir_cron import CronMixinCase
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NotificationCommon


@tagged('post_install', '-at_install')
class TestMail(NotificationCommon, CronMixinCase):
    def test_template_is_rendered_in_the_layout(self):
        self._create_rule(mail_template_id=self._create_mail_template().id)
        row = self._send()
        self.assertEqual((row.state, row.reason), ('queued', 'handed_over'))
        self.assertEqual(row.subject, "Parcel of Li Lei")
        self.assertEqual(row.body.strip(), "Dear Li Lei, it is on its way.")
        mail = row.mail_mail_id
        self.assertEqual(mail.state, 'outgoing')
        self.assertEqual(mail.recipient_ids, self.customer)
        self.assertEqual(mail.email_from, '"Cloud & Sons" <service@cloud.example.com>')
        self.assertIn("Dear Li Lei", mail.body_html)
        self.assertIn("/my/notifications", mail.body_html)
        self.assertIn("List-Unsubscribe", mail.headers)

    def test_template_decides_about_sender_and_attachments(self):
        attachment = self.env['ir.attachment'].create({'name': 'terms.txt', 'raw': b'terms'})
        template = self._create_mail_template(
            email_from='parcels@cloud.example.com', attachment_ids=attachment.ids
        )
        self._create_rule(mail_template_id=template.id)
        mail = self._send().mail_mail_id
        self.assertEqual(mail.email_from, 'parcels@cloud.example.com')
        self.assertEqual(mail.attachment_ids.mapped('name'), ['terms.txt'])

    def test_template_with_a_language_of_its_own_follows_the_recipient(self):
        self.env['res.lang']._activate_lang('zh_CN')
        template = self._create_mail_template(lang='en_US')
        template.with_context(lang='zh_CN').subject = "{{ object.name }} 的包裹"
        self._create_rule(mail_template_id=template.id)
        self.customer.lang = 'zh_CN'
        row = self._send()
        self.assertEqual(row.subject, "Li Lei 的包裹")
        self.assertIn('lang="zh_CN"', row.mail_mail_id.body_html)

    def test_right_to_left_languages(self):
        self.env['res.lang']._activate_lang('fa_IR')
        self.customer.lang = 'fa_IR'
        self._create_rule()
        self.assertIn('dir="rtl"', self._send().mail_mail_id.body_html)

    def test_message_is_not_part_of_the_discussion(self):
        self._create_rule('agent', 'mail')
        message = self._send().mail_mail_id.mail_message_id
        self.assertTrue(message.is_internal)
        self.assertNotIn(message, self.customer.message_ids)

    def test_empty_template_fails(self):
        template = self._create_mail_template()
        self._create_rule(mail_template_id=template.id)
        template.body_html = False
        row = self._send()
        self.assertEqual((row.state, row.reason), ('failed', 'template'))

    def test_broken_template_fails(self):
        template = self._create_mail_template()
        self._create_rule(mail_template_id=template.id)
        self.env.cr.execute(
            """UPDATE mail_template SET body_html = '{"en_US": "<t t-out=\\"object.nope\\"/>"}'
            WHERE id = %s""",
            [template.id],
        )
        template.invalidate_recordset()
        row = self._send()
        self.assertEqual((row.state, row.reason), ('failed', 'template'))
        self.assertIn('nope', row.explanation)

    def test_sent_mail_is_marked_sent_and_answers_find_the_document(self):
        self._create_rule()
        row = self._send()
        mail = row.mail_mail_id
        sent = self._send_mails(row)
        self.assertEqual((row.state, len(sent)), ('sent', 1))
        self.assertTrue(row.sent_date)
        self.assertFalse(mail.exists(), "the copy in the queue is deleted")
        message = self.env['mail.message'].search([('message_id', '=', sent[0]['Message-Id'])])
        self.assertEqual((message.model, message.res_id), ('res.partner', self.customer.id))
        self.assertEqual(sent[0]['Auto-Submitted'], 'auto-generated')

    @mute_logger('odoo.addons.mail.models.mail_mail')
    def test_failing_mail_server_is_tried_again_later(self):
        self._create_rule()
        with freeze_time('2026-03-02 10:00:00'):
            row = self._send()
            self._send_mails(row, error=smtplib.SMTPException("gone"))
        self.assertEqual((row.state, row.attempts), ('failed', 1))
        self.assertIn("gone", row.explanation)
        self.assertEqual(str(row.next_try), '2026-03-02 10:05:00')
        first = row.mail_mail_id
        with freeze_time('2026-03-02 10:05:00'):
            row._process()
            self.assertFalse(first.exists(), "the failed one must not be sent beside the new one")
            self.assertEqual((row.state, row.attempts), ('queued', 2))
            self.assertEqual(len(self._send_mails(row)), 1)
        self.assertEqual(row.state, 'sent')

    @mute_logger('odoo.addons.mail.models.mail_mail')
    def test_mail_put_back_into_the_queue_by_hand_is_sent_once(self):
        self._create_rule()
        row = self._send()
        self._send_mails(row, error=smtplib.SMTPException("gone"))
        mail = row.mail_mail_id
        mail.mark_outgoing()
        row._process()
        self.assertEqual((row.state, row.mail_mail_id), ('queued', mail))
        self.assertEqual(len(self._send_mails(row)), 1)
        self.assertEqual(row.state, 'sent')

    @mute_logger('odoo.addons.mail.models.mail_mail')
    def test_refused_address_is_not_tried_again(self):
        self._create_rule()
        row = self._send()
        self._send_mails(row, error=AssertionError(IrMail_Server.NO_VALID_RECIPIENT))
        self.assertEqual((row.state, row.reason, row.next_try), ('failed', 'transport', False))

    def test_cancelled_mail_is_skipped(self):
        self._create_rule()
        row = self._send()
        row.mail_mail_id.with_user(self.env.ref('base.user_admin')).sudo().cancel()
        self.assertEqual((row.state, row.reason), ('skipped', 'cancelled'))

    def test_mail_deleted_from_the_queue_is_skipped(self):
        self._create_rule()
        row = self._send()
        row.mail_mail_id.unlink()
        self.assertEqual((row.state, row.reason), ('skipped', 'cancelled'))

    def test_returned_mail_fails(self):
        self._create_rule()
        row = self._send()
        self._send_mails(row)
        self.env['notification.log']._update_from_bounce(
            {'bounced_msg_ids': [row.message_id], 'body': "<p>Mailbox full</p>"}
        )
        self.assertEqual((row.state, row.reason, row.detail), ('failed', 'bounced', "Mailbox full"))
        self.assertFalse(row.next_try)

    def test_button_leads_staff_to_the_document(self):
        self._create_rule('agent', 'mail')
        html = self._send().mail_mail_id.body_html
        self.assertIn(f'/mail/view?model=res.partner&amp;res_id={self.customer.id}', html)
        self.assertNotIn('/my/notifications', html, "staff can not switch it off")

    def test_mail_queue_is_woken(self):
        self._create_rule()
        row = self._notify()
        with self.capture_triggers('mail.ir_cron_mail_scheduler_action') as capture:
            row._process()
        self.assertEqual(len(capture.records), 1)
