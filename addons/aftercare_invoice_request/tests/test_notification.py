from odoo.tests import freeze_time, tagged

from .common import InvoiceRequestCommon


@tagged('post_install', '-at_install')
class TestNotification(InvoiceRequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, notification_disable=False))
        cls.Request = cls.Request.with_env(cls.env)

    def _get_logs(self, request, code, **domain):
        return (
            self.env['notification.log']
            .sudo()
            .search(
                [
                    ('res_model', '=', 'invoice.request'),
                    ('res_id', '=', request.id),
                    ('event_id.code', '=', code),
                    *[(name, '=', value) for name, value in domain.items()],
                ]
            )
        )

    def test_members_are_told_of_each_step(self):
        invoice = self._create_bill()
        request = self._ask(invoice)
        self.assertEqual(
            self._get_logs(request, 'invoice_request_submitted', audience='customer').partner_id,
            self.member,
        )
        self.assertIn(
            self.manager.partner_id,
            self._get_logs(request, 'invoice_request_submitted', audience='manager').partner_id,
        )
        self._attach(request.with_env(self.env))
        logs = self._get_logs(request, 'invoice_request_issued')
        self.assertEqual(set(logs.mapped('channel')), {'mail', 'sms'})
        self._credit(invoice, 30.0)
        self.assertTrue(self._get_logs(request, 'invoice_request_refunded', audience='manager'))
        request.sudo()._reverse({'number': 'RED-1', 'reason': "Refund"})
        self.assertTrue(self._get_logs(request, 'invoice_request_reversed', audience='customer'))

    def test_messages_can_be_read(self):
        request = self._ask(self._create_bill())
        other = self._ask(self._create_bill())
        other.sudo()._reject("The number belongs to somebody else")
        self._attach(request.with_env(self.env))
        logs = self._get_logs(request, 'invoice_request_submitted')
        logs |= self._get_logs(request, 'invoice_request_issued')
        logs |= self._get_logs(other, 'invoice_request_rejected')
        logs.sudo()._process()
        self.assertNotIn('failed', logs.mapped('state'), logs.mapped('detail'))
        mail = logs.filtered(
            lambda log: log.event_id.code == 'invoice_request_issued' and log.channel == 'mail'
        )
        self.assertIn('F/2026/1', mail.body)
        refusal = logs.filtered(
            lambda log: log.event_id.code == 'invoice_request_rejected' and log.channel == 'mail'
        )
        self.assertIn("belongs to somebody else", refusal.body)

    def test_who_cancels_is_not_told(self):
        request = self._ask(self._create_bill())
        request.with_user(self.user_portal).sudo()._cancel()
        self.assertFalse(self._get_logs(request, 'invoice_request_cancelled'))
        request = self._ask(self._create_bill())
        request.with_user(self.staff).action_cancel()
        self.assertTrue(self._get_logs(request, 'invoice_request_cancelled'))

    def test_overdue_and_delivered(self):
        invoice = self._create_bill()
        with freeze_time('2026-03-02 10:00:00'):
            request = self._ask(
                invoice,
                kind='paper_normal',
                delivery_name="Li",
                delivery_phone='1',
                delivery_address="Road",
            )
        request.user_id = self.staff
        with freeze_time('2026-04-02 10:00:00'):
            self._run_cron()
            logs = self._get_logs(request, 'invoice_request_overdue', audience='agent')
            self.assertEqual(logs.partner_id, self.staff.partner_id)
            self.assertEqual(
                request._notification_filter_relevant('invoice_request_overdue'), request
            )
        self._attach(request.with_env(self.env), courier="SF")
        self.assertFalse(request._notification_filter_relevant('invoice_request_overdue'))
        request.action_deliver()
        self.assertTrue(self._get_logs(request, 'invoice_request_delivered', audience='customer'))

    def test_members_are_led_to_their_page(self):
        request = self._ask(self._create_bill())
        self.assertEqual(
            request._notification_get_url(self.member, 'customer'),
            f'/my/invoice-requests/{request.id}',
        )
        self.assertIn('/mail/view', request._notification_get_url(self.staff.partner_id, 'agent'))
