from datetime import date
from unittest.mock import patch

from odoo.addons.base.models.res_partner import ResPartner
from odoo.addons.base.tests.test_ir_cron import CronMixinCase
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NotificationCommon

LOGGER = 'odoo.addons.aftercare_notification.models.notification_event'


@tagged('post_install', '-at_install')
class TestNotificationEvent(NotificationCommon, CronMixinCase):
    def test_each_rule_tells_its_audience(self):
        self._create_rule('customer', 'mail')
        self._create_rule('customer', 'sms')
        self._create_rule('agent', 'inapp')
        rows = self._notify()
        self.assertEqual(
            {(row.channel, row.partner_id) for row in rows},
            {('mail', self.customer), ('sms', self.customer), ('inapp', self.agent)},
        )
        self.assertEqual(set(rows.mapped('state')), {'queued'})
        self.assertEqual(set(rows.mapped('res_name')), {"Li Lei"})

    def test_rule_that_is_off_tells_nobody(self):
        self._create_rule(active=False)
        self.assertFalse(self._notify())

    def test_unknown_event_does_nothing(self):
        Event = self.env['notification.event']
        self.assertFalse(Event._notify('no_such_event', self.customer))

    def test_archived_event_does_nothing(self):
        self._create_rule()
        self.event.active = False
        self.assertFalse(self._notify())

    def test_no_record_does_nothing(self):
        self._create_rule()
        self.assertFalse(self._notify(self.env['res.partner']))

    def test_context_switches_it_off(self):
        self._create_rule()
        Event = self.env['notification.event'].with_context(notification_disable=True)
        self.assertFalse(Event._notify('test_shipped', self.customer))

    def test_nobody_is_meant(self):
        self._create_rule('manager', 'inapp')
        self.assertFalse(self._notify())

    def test_person_in_two_audiences_is_told_once(self):
        self._create_rule('agent', 'inapp')
        self._create_rule('manager', 'inapp')

        def get_recipients(partners, audience):
            return dict.fromkeys(partners.ids, self.agent)

        with patch.object(
            self.registry['res.partner'], '_notification_get_recipients', get_recipients
        ):
            rows = self._notify()
        self.assertEqual(rows.mapped('audience'), ['agent'])

    def test_author_is_not_told_when_the_rule_says_so(self):
        rule = self._create_rule('agent', 'inapp')
        Event = self.env['notification.event'].with_user(self.agent_user)
        self.assertTrue(Event._notify('test_shipped', self.customer))
        rule.skip_author = True
        self.assertFalse(Event._notify('test_shipped', self.customer))
        self.assertTrue(self._notify())

    def test_portal_user_may_raise_an_event(self):
        self._create_rule('agent', 'inapp')
        portal_user = new_test_user(self.env, 'note_portal', 'base.group_portal')
        Event = self.env['notification.event'].with_user(portal_user)
        rows = Event._notify('test_shipped', self.customer.with_user(portal_user))
        self.assertEqual(rows.partner_id, self.agent)

    def test_own_rule_of_a_company_hides_the_general_one(self):
        other = self._create_company("Rain Ltd")
        general = self._create_rule()
        own = self._create_rule(company_id=other.id)
        theirs = self.customer.copy({'company_id': other.id})
        rows = self._notify(self.customer + theirs)
        self.assertEqual(
            {row.res_id: row.rule_id for row in rows},
            {self.customer.id: general, theirs.id: own},
        )
        own.active = False
        self.assertEqual(self._notify(self.customer + theirs).rule_id, general)

    def test_delay_puts_it_off(self):
        self._create_rule(delay=90)
        with freeze_time('2026-03-02 10:00:00'):
            row = self._notify()
        self.assertEqual(row.state, 'waiting')
        self.assertEqual(str(row.next_try), '2026-03-02 11:30:00')

    def test_queue_is_woken_when_the_message_is_due(self):
        self._create_rule(delay=90)
        cron = self.env.ref('aftercare_notification.ir_cron_notification_queue')
        with freeze_time('2026-03-02 10:00:00'), self.capture_triggers(cron.id) as capture:
            self._notify()
        self.assertEqual(capture.records.mapped(lambda t: str(t.call_at)), ['2026-03-02 11:30:00'])

    def test_same_number_of_queries_for_one_and_for_many(self):
        for audience, channel in (('customer', 'mail'), ('customer', 'sms'), ('agent', 'inapp')):
            self._create_rule(audience, channel)
        many = self.env['res.partner'].create(
            [
                {
                    'name': f"Customer {n}",
                    'email': f'c{n}@example.com',
                    'user_id': self.agent_user.id,
                }
                for n in range(20)
            ]
        )
        counts = []
        for records in (self.customer, many):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._notify(records)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0])

    def test_several_events_cost_hardly_more_than_one(self):
        self._create_rule()
        other = self.event.copy({'code': 'test_lost'})
        self._create_rule(event_id=other.id)
        Event = self.env['notification.event']
        counts = []
        for codes in (['test_shipped'], ['test_shipped', 'test_lost']):
            happenings = [(code, self.customer, None) for code in codes]
            for _turn in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                start = self.env.cr.sql_log_count
                rows = Event._notify_many(happenings)
                count = self.env.cr.sql_log_count - start
            self.assertEqual(rows.mapped('event_id.code'), codes)
            counts.append(count)
        self.assertEqual(*counts)

    def test_event_that_goes_wrong_does_not_silence_the_others(self):
        self._create_rule()
        other = self.event.copy({'code': 'test_lost'})
        self._create_rule(event_id=other.id)
        prepare = type(other)._prepare_logs

        def fail(event, code, records, extra):
            if code == 'test_lost':
                raise ValueError("no")
            return prepare(event, code, records, extra)

        self.patch(type(other), '_prepare_logs', fail)
        with self.assertLogs('odoo.addons.aftercare_notification', 'ERROR'):
            rows = self.env['notification.event']._notify_many(
                [('test_lost', self.customer, None), ('test_shipped', self.customer, None)]
            )
        self.assertEqual(rows.mapped('state'), ['failed', 'queued'])

    def test_switched_rule_counts_at_once(self):
        rule = self._create_rule()
        self.assertTrue(self._notify())
        rule.active = False
        self.assertFalse(self._notify())
        rule.active = True
        self.event.active = False
        self.assertFalse(self._notify())

    def test_extra_for_all_and_for_each_record(self):
        self._create_rule()
        other = self.customer.copy()
        rows = self._notify(self.customer + other, extra={'carrier': "SF"})
        self.assertEqual(rows.mapped('extra'), [{'carrier': "SF"}] * 2)
        rows = self._notify(
            self.customer + other,
            extra={self.customer.id: {'carrier': "SF"}, other.id: {'carrier': "EMS"}},
        )
        self.assertEqual([row.extra['carrier'] for row in rows], ["SF", "EMS"])

    @mute_logger(LOGGER)
    def test_broken_recipients_leave_a_failed_row(self):
        self._create_rule()
        self.customer.name = "Kept"

        def get_recipients(partners, audience):
            partners.name = "Lost"
            raise ZeroDivisionError("no team")

        with patch.object(
            self.registry['res.partner'], '_notification_get_recipients', get_recipients
        ):
            row = self._notify()
        self.assertEqual(row.state, 'failed')
        self.assertIn("no team", row.explanation)
        self.assertEqual(self.customer.name, "Kept", "the caller's work survives, the hook's not")

    @mute_logger(LOGGER, 'odoo.sql_db')
    def test_database_error_does_not_spoil_the_transaction(self):
        self._create_rule()

        def get_recipients(partners, audience):
            partners.env.cr.execute('SELECT 1/0')

        with patch.object(
            self.registry['res.partner'], '_notification_get_recipients', get_recipients
        ):
            row = self._notify()
        self.assertEqual(row.state, 'failed')
        self.assertTrue(self.customer.exists())

    def test_extra_of_any_type_is_kept_as_text(self):
        self._create_rule()
        row = self._notify(extra={'day': date(2026, 3, 2), 'partner': self.customer})
        self.assertEqual(row.extra['day'], '2026-03-02')
        self.assertIsInstance(row.extra['partner'], str)

    def test_precommit_hooks_of_the_caller_are_left_alone(self):
        self._create_rule()
        calls = []
        self.env.cr.precommit.add(lambda: calls.append(1))
        self._notify()
        self.assertFalse(calls)
        self.env.cr.precommit.clear()

    def test_usual_recipients(self):
        Mixin = self.env['notification.mixin']
        users = self.agent_user
        self.assertEqual(
            Mixin._notification_get_default_recipients(users, 'customer'), {users.id: self.agent}
        )
        self.assertEqual(
            Mixin._notification_get_default_recipients(self.customer, 'agent'),
            {self.customer.id: self.agent},
        )
        self.assertFalse(
            Mixin._notification_get_default_recipients(users, 'manager')[users.id],
            "nobody is told without being named",
        )

    def test_model_without_the_mixin(self):
        country = self.env['res.country']
        self.assertFalse(isinstance(country, ResPartner))
        event = self.event.copy(
            {'code': 'test_x', 'model_id': self.env['ir.model']._get_id('res.users')}
        )
        self.env['notification.rule'].create(
            {'event_id': event.id, 'audience': 'customer', 'channel': 'mail'}
        )
        row = self.env['notification.event']._notify('test_x', self.agent_user)
        self.assertEqual(row.partner_id, self.agent)

    def test_unknown_audience_is_refused(self):
        with self.assertRaises(ValidationError):
            self.event.audiences = 'customer,martian'
        self.event.audiences = 'customer'
        with self.assertRaises(ValidationError):
            self._create_rule('agent')
