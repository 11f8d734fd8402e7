from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import InvoiceRequestCommon

ACTIVITY = 'aftercare_invoice_request.mail_activity_type_overdue'


@tagged('post_install', '-at_install')
class TestOverdue(InvoiceRequestCommon):
    def _get_todos(self, request):
        return request.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
        )

    def test_what_waits_too_long_is_a_todo_once(self):
        self.company.invoice_request_user_id = self.staff
        invoice = self._create_bill()
        with freeze_time('2026-03-02 10:00:00'):
            request = self._ask(invoice)
        with freeze_time('2026-03-09 10:00:00'):
            self.env.invalidate_all()
            self.assertFalse(request.is_overdue)
            self._run_cron()
            self.assertFalse(self._get_todos(request))
        with freeze_time('2026-03-10 10:00:00'):
            self.env.invalidate_all()
            self.assertTrue(request.is_overdue)
            self.assertIn(request, self.Request.search([('is_overdue', '=', True)]))
            self._run_cron()
            self._run_cron()
            todo = self._get_todos(request)
            self.assertEqual((len(todo), todo.user_id), (1, self.staff))
            self._attach(request)
            self.assertFalse(self._get_todos(request), "Done.")
            self.assertNotIn(request, self.Request.search([('is_overdue', '=', True)]))
            self.assertIn(request, self.Request.search([('is_overdue', '=', False)]))

    def test_without_a_responsible_a_manager_is_told(self):
        self.company.invoice_request_user_id = False
        invoice = self._create_bill()
        with freeze_time('2026-03-02 10:00:00'):
            request = self._ask(invoice)
        with freeze_time('2026-04-02 10:00:00'):
            self._run_cron()
            self.assertIn(self._get_todos(request).user_id, request._get_managers())

    def test_the_one_who_took_it_is_told(self):
        self.company.invoice_request_user_id = self.staff
        invoice = self._create_bill()
        with freeze_time('2026-03-02 10:00:00'):
            request = self._ask(invoice)
            request.user_id = self.manager
        with freeze_time('2026-04-02 10:00:00'):
            self._run_cron()
            self.assertEqual(self._get_todos(request).user_id, self.manager)

    def test_refused_requests_need_nothing(self):
        invoice = self._create_bill()
        with freeze_time('2026-03-02 10:00:00'):
            request = self._ask(invoice)
            request.sudo()._reject("No")
        with freeze_time('2026-04-02 10:00:00'):
            self._run_cron()
            self.assertFalse(self._get_todos(request))
            with self.assertRaises(UserError):
                request.action_issue() and self._attach(request)
