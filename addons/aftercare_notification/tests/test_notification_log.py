from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NotificationCommon

LOGGER = 'odoo.addons.aftercare_notification.models.notification_log'


@tagged('post_install', '-at_install')
class TestNotificationLog(NotificationCommon):
    def test_recipient_without_address_is_skipped(self):
        self._create_rule('customer', 'mail')
        self._create_rule('customer', 'sms')
        self.customer.write({'email': False, 'phone': False})
        rows = self._send()
        self.assertEqual(rows.mapped('state'), ['skipped', 'skipped'])
        self.assertEqual(rows.mapped('reason'), ['no_address', 'no_address'])
        self.assertIn("no address", rows[0].explanation)

    def test_invalid_address_fails(self):
        self._create_rule('customer', 'mail')
        self._create_rule('customer', 'sms')
        self.customer.write({'email': 'not an address', 'phone': '12'})
        rows = self._send()
        self.assertEqual(rows.mapped('state'), ['failed', 'failed'])
        self.assertIn("not an address", rows[0].explanation)
        self.assertFalse(any(rows.mapped('next_try')), "trying again would not help")

    def test_archived_recipient_is_skipped(self):
        self._create_rule()
        self.customer.active = False
        self.assertEqual(self._send().reason, 'archived')

    def test_rule_switched_off_meanwhile(self):
        rule = self._create_rule()
        row = self._notify()
        rule.active = False
        row._process()
        self.assertEqual(row.reason, 'rule_off')

    def test_rule_deleted_meanwhile(self):
        rule = self._create_rule()
        row = self._notify()
        rule.unlink()
        row._process()
        self.assertEqual(row.reason, 'rule_off')

    def test_document_deleted_meanwhile(self):
        self._create_rule('agent', 'inapp')
        row = self._notify()
        self.customer.unlink()
        row._process()
        self.assertEqual((row.state, row.reason), ('skipped', 'no_document'))

    def test_document_no_longer_of_interest(self):
        self._create_rule()
        row = self._notify()

        def filter_relevant(partners, code):
            return partners.browse()

        with patch.object(
            self.registry['res.partner'], '_notification_filter_relevant', filter_relevant
        ):
            row._process()
        self.assertEqual(row.reason, 'irrelevant')

    def test_opted_out_customer_is_skipped(self):
        self._create_rule('customer', 'mail')
        self._create_rule('customer', 'sms')
        self.env['notification.optout'].create(
            {'partner_id': self.customer.id, 'group_id': self.group.id, 'channel': 'sms'}
        )
        rows = self._send()
        self.assertEqual(
            {row.channel: row.reason for row in rows}, {'mail': 'handed_over', 'sms': 'opted_out'}
        )

    def test_security_message_is_sent_in_spite_of_opting_out(self):
        self._create_rule('customer', 'mail')
        self.event.is_security = True
        self.env['notification.optout'].create(
            {'partner_id': self.customer.id, 'group_id': self.group.id, 'channel': 'mail'}
        )
        self.assertEqual(self._send().reason, 'handed_over')

    def test_staff_can_not_opt_out_of_their_work(self):
        self._create_rule('agent', 'mail')
        self.env['notification.optout'].create(
            {'partner_id': self.agent.id, 'group_id': self.group.id, 'channel': 'mail'}
        )
        self.assertEqual(self._send().reason, 'handed_over')

    def test_broken_template_fails_and_says_why(self):
        rule = self._create_rule(text="{{ object.no_such_field }}")
        row = self._send()
        self.assertEqual((row.state, row.reason), ('failed', 'template'))
        self.assertIn("no_such_field", row.explanation)
        self.assertFalse(row.next_try)
        rule.text = "Mended"
        row.action_retry()
        row._process()
        self.assertEqual(row.reason, 'handed_over')
        self.assertEqual(row.body, "Mended")

    @mute_logger('odoo.sql_db')
    def test_template_that_breaks_the_transaction(self):
        self._create_rule(text="{{ object.env.cr.execute('SELECT 1/0') }}")
        good = self._create_rule('customer', 'sms')
        rows = self._send()
        self.assertEqual(rows.mapped('reason'), ['template', 'handed_over'])
        self.assertEqual(rows[1].rule_id, good)

    @mute_logger(LOGGER)
    def test_one_bad_row_does_not_stop_the_others(self):
        self._create_rule()
        others = self.env['res.partner'].create(
            [{'name': f"C{n}", 'email': f'c{n}@example.com'} for n in range(3)]
        )
        rows = self._notify(others)
        deliver = type(rows)._deliver_mail

        def deliver_mail(row, record, message):
            if row == rows[1]:
                raise ValueError("a bad day")
            return deliver(row, record, message)

        with patch.object(self.registry['notification.log'], '_deliver_mail', deliver_mail):
            rows._process()
        self.assertEqual(rows.mapped('state'), ['queued', 'failed', 'queued'])
        self.assertIn("a bad day", rows[1].explanation)
        self.assertTrue(rows[1].next_try)

    @mute_logger(LOGGER)
    def test_unexpected_errors_are_given_up_after_five_tries(self):
        self._create_rule()
        row = self._notify()
        waits = []
        with (
            freeze_time('2026-03-02 10:00:00') as clock,
            patch.object(
                self.registry['notification.log'], '_deliver_mail', side_effect=ValueError("x")
            ),
        ):
            row.next_try = '2026-03-02 10:00:00'
            while row.next_try:
                clock.move_to(row.next_try)
                before = row.next_try
                row._process()
                waits.append(row.next_try and (row.next_try - before).total_seconds() / 60)
        self.assertEqual(waits, [5, 30, 120, 480, False])
        self.assertEqual((row.state, row.attempts), ('failed', 5))

    def test_message_speaks_the_language_of_the_recipient(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.customer.lang = 'zh_CN'
        self.event.with_context(lang='zh_CN').name = "订单已发货"
        rule = self._create_rule()
        rule.with_context(lang='zh_CN').text = "{{ object.name }} 的包裹已发出。"
        row = self._send()
        self.assertEqual(row.lang, 'zh_CN')
        self.assertEqual(row.subject, "订单已发货")
        self.assertEqual(row.body, "Li Lei 的包裹已发出。")

    def test_templates_know_recipient_and_extra(self):
        self._create_rule(
            'agent', 'inapp', text="{{ recipient.name }}: {{ extra.get('carrier', '?') }}"
        )
        self.assertEqual(self._send(extra={'carrier': "SF"}).body, "Wu Min: SF")
        self.assertEqual(self._send().body, "Wu Min: ?")

    def test_time_is_shown_in_the_zone_of_the_recipient(self):
        self._create_rule(text="{{ format_datetime(object.create_date, dt_format='HH:mm') }}")
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2026-03-02 10:00:00' WHERE id = %s",
            [self.customer.id],
        )
        self.customer.invalidate_recordset()
        self.assertEqual(self._send().body, "18:00")

    def test_rule_without_words_says_what_happened(self):
        self._create_rule(text=False)
        self.assertEqual(self._send().body, "Order shipped: Li Lei")

    def test_retry_takes_up_again_what_was_skipped(self):
        self._create_rule()
        self.customer.email = False
        row = self._send()
        self.customer.email = 'new@customer.example.com'
        row.with_user(self.manager_user).action_retry()
        self.assertEqual((row.state, row.attempts), ('queued', 0))
        row._process()
        self.assertEqual((row.reason, row.address), ('handed_over', 'new@customer.example.com'))

    def test_send_now_and_cancel(self):
        self._create_rule(delay=60)
        self._create_rule('customer', 'sms', delay=60)
        rows = self._notify().with_user(self.manager_user)
        rows[0].action_send_now()
        rows[1].action_cancel()
        self.assertEqual(rows.mapped('state'), ['queued', 'skipped'])
        self.assertIn("Ma Li", rows[1].explanation)
        self.assertFalse(rows[1].next_try)

    def test_open_document(self):
        self._create_rule()
        action = self._notify().action_open_document()
        self.assertEqual((action['res_model'], action['res_id']), ('res.partner', self.customer.id))

    def test_retention_deletes_old_rows_with_their_messages(self):
        self._create_rule('agent', 'inapp')
        old, waiting, fresh = self._send(), self._notify(), self._send()
        (old + waiting).flush_recordset()
        self.env.cr.execute(
            "UPDATE notification_log SET create_date = '2020-01-01' WHERE id IN %s",
            [tuple((old + waiting).ids)],
        )
        message = old.mail_message_id
        self.assertTrue(message)
        self.env['notification.log']._gc_notification_logs()
        self.assertFalse(old.exists())
        self.assertFalse(message.exists())
        self.assertTrue(waiting.exists(), "it is still to be sent")
        self.assertTrue(fresh.exists())

    def test_row_whose_message_disappeared_is_closed(self):
        self._create_rule()
        row = self._send()
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM mail_mail WHERE id = %s", [row.mail_mail_id.id])
        self.env.cr.execute(
            "UPDATE notification_log SET write_date = '2020-01-01' WHERE id = %s", [row.id]
        )
        self.env.invalidate_all()
        self.env['notification.log']._gc_notification_logs()
        self.assertEqual((row.state, row.reason), ('skipped', 'cancelled'))

    def test_waiting_row_says_until_when(self):
        self._create_rule(delay=60)
        with freeze_time('2026-03-02 10:00:00'):
            row = self._notify()
        self.assertIn("until", row.explanation)

    def test_number_of_messages_on_the_contact(self):
        self._create_rule('customer', 'mail')
        self._create_rule('customer', 'sms')
        self._notify()
        self.assertEqual(self.customer.with_user(self.agent_user).notification_count, 2)
        partners = self.customer + self.agent + self.customer.copy()
        partners.invalidate_recordset()
        with self.assertQueryCount(1):
            partners.mapped('notification_count')

    def test_two_companies_write_in_their_own_name(self):
        other = self._create_company("Rain Ltd", email='hello@rain.example.com')
        self._create_rule()
        theirs = self.customer.copy({'company_id': other.id})
        rows = self._send(self.customer + theirs)
        self.assertEqual(rows.mapped('company_id'), self.company + other)
        self.assertEqual(
            rows.mapped('mail_mail_id.email_from'),
            ['"Cloud & Sons" <service@cloud.example.com>', '"Rain Ltd" <hello@rain.example.com>'],
        )
        self.assertEqual(rows[1].mail_mail_id.record_company_id, other)
