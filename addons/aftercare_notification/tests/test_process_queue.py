from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, freeze_time, get_db_name, tagged
from odoo.tools import mute_logger

from .common import NotificationCommon


@tagged('post_install', '-at_install')
class TestProcessQueue(NotificationCommon):
    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                'aftercare_notification.ir_cron_notification_queue'
            ).method_direct_trigger()

    def test_scheduled_action_sends_what_is_due_and_nothing_else(self):
        self._create_rule('customer', 'mail')
        self._create_rule('agent', 'inapp', delay=60)
        with freeze_time('2026-03-02 10:00:00'):
            rows = self._notify()
            self._run_cron()
            self.assertEqual(rows.mapped('reason'), ['handed_over', False])
            self._run_cron()
        self.assertEqual(rows.mapped('attempts'), [1, 0])
        with freeze_time('2026-03-02 11:00:00'):
            self._run_cron()
        self.assertEqual(rows.mapped('state'), ['queued', 'sent'])

    def test_many_rows_are_worked_off_in_batches(self):
        self._create_rule('agent', 'inapp')
        customers = self.env['res.partner'].create(
            [{'name': f"C{n}", 'user_id': self.agent_user.id} for n in range(7)]
        )
        rows = self._notify(customers)
        batches = []
        process = type(rows)._process

        def process_batch(batch):
            batches.append(len(batch & rows))
            return process(batch)

        with (
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            patch.object(self.registry['notification.log'], '_process', process_batch),
        ):
            api.Environment(cr, SUPERUSER_ID, {})['notification.log']._process_queue(batch_size=3)
        self.assertEqual(batches, [3, 3, 1])
        self.assertEqual(set(rows.mapped('state')), {'sent'})


@tagged('post_install', '-at_install')
class TestTwoRunsAtOnce(BaseCase):
    """Two real transactions work off the same queue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls.partner_id = (
                env['res.partner'].create({'name': "Two Runs", 'email': 'two@example.com'}).id
            )
            event = env['notification.event'].create(
                {
                    'name': "Two runs",
                    'code': 'test_two_runs',
                    'model_id': env['ir.model']._get_id('res.partner'),
                }
            )
            cls.event_id = event.id
            env['notification.rule'].create(
                {
                    'event_id': event.id,
                    'audience': 'customer',
                    'channel': 'mail',
                    'quiet_policy': 'always',
                    'text': "Once",
                }
            )

    @classmethod
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            rows = env['notification.log'].search([('event_id', '=', cls.event_id)])
            messages = rows.mail_message_id
            rows.mail_mail_id.unlink()
            rows.unlink()
            messages.unlink()
            env['notification.event'].browse(cls.event_id).unlink()
            env['res.partner'].browse(cls.partner_id).unlink()

    def _queue(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env['res.partner'].browse(self.partner_id)
            return env['notification.event']._notify('test_two_runs', partner).id

    def _count_mails(self, row_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            row = env['notification.log'].browse(row_id)
            self.assertEqual((row.state, row.reason), ('queued', 'handed_over'))
            return env['mail.mail'].search_count(
                [('recipient_ids', 'in', self.partner_id), ('state', '=', 'outgoing')]
            )

    def test_row_held_by_another_run_is_left_to_it(self):
        row_id = self._queue()
        before = 0
        with self.registry.cursor() as first_cr, self.registry.cursor() as second_cr:
            first = api.Environment(first_cr, SUPERUSER_ID, {})['notification.log']
            second = api.Environment(second_cr, SUPERUSER_ID, {})['notification.log']
            held = first.browse(row_id).try_lock_for_update()
            second._process_queue()
            self.assertEqual(second.browse(row_id).reason, False)
            held._process()
            first_cr.commit()
        self.assertEqual(self._count_mails(row_id), before + 1)
        self._forget(row_id)

    @mute_logger('odoo.sql_db')
    def test_row_sent_between_look_and_grip_is_not_sent_again(self):
        row_id = self._queue()
        with self.registry.cursor() as first_cr, self.registry.cursor() as second_cr:
            first = api.Environment(first_cr, SUPERUSER_ID, {})['notification.log']
            second = api.Environment(second_cr, SUPERUSER_ID, {})['notification.log']
            # the second run takes its snapshot before the first one commits
            self.assertTrue(second.search([('id', '=', row_id)]).next_try)
            first._process_queue()
            second._process_queue()
        self.assertEqual(self._count_mails(row_id), 1)
        self._forget(row_id)

    def _forget(self, row_id):
        with self.registry.cursor() as cr:
            row = api.Environment(cr, SUPERUSER_ID, {})['notification.log'].browse(row_id)
            row.mail_mail_id.unlink()
