from odoo.tests import tagged

from .common import NotificationCommon


@tagged('post_install', '-at_install')
class TestInapp(NotificationCommon):
    def test_message_is_in_the_inbox_whatever_the_preference(self):
        self._create_rule('agent', 'inapp')
        for preference in ('email', 'inbox'):
            self.agent_user.notification_type = preference
            before = self.agent._get_needaction_count()
            row = self._send()
            self.assertEqual((row.state, row.address), ('sent', 'agent_note'))
            self.assertEqual(self.agent._get_needaction_count(), before + 1)
            self.assertFalse(row.mail_message_id.mail_ids, "no e-mail beside it")

    def test_message_is_pushed_to_the_web_client(self):
        self._create_rule('agent', 'inapp')
        row = self._notify()
        Bus = self.env['bus.bus'].sudo()
        last = Bus.search([], order='id desc', limit=1).id
        row._process()
        self.env.cr.precommit.run()
        pushed = Bus.search([('id', '>', last)])
        self.assertTrue(any('mail.message/inbox' in note.message for note in pushed))

    def test_recipient_may_read_it_and_nobody_else_sees_it_in_the_chatter(self):
        self._create_rule('agent', 'inapp')
        message = self._send().mail_message_id
        self.assertIn("is on its way", message.with_user(self.agent_user).body)
        self.assertNotIn(message, self.customer.message_ids)

    def test_customer_has_no_inbox(self):
        self._create_rule('customer', 'inapp')
        row = self._send()
        self.assertEqual((row.state, row.reason), ('skipped', 'no_user'))
