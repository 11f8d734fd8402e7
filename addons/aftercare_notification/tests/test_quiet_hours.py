from datetime import datetime

from odoo.tests import BaseCase, freeze_time, tagged

from ..tools import get_quiet_end
from .common import NotificationCommon


def utc(text):
    return datetime.strptime(text, '%Y-%m-%d %H:%M')


@tagged('post_install', '-at_install')
class TestQuietEnd(BaseCase):
    def _get(self, now, tz='Asia/Shanghai', start=22, end=8):
        return get_quiet_end(utc(now), tz, start, end)

    def test_day_is_not_quiet(self):
        self.assertIsNone(self._get('2026-03-02 04:00'))

    def test_night_before_and_after_midnight(self):
        # 23:00 and 03:00 in Shanghai
        self.assertEqual(self._get('2026-03-02 15:00'), utc('2026-03-03 00:00'))
        self.assertEqual(self._get('2026-03-02 19:00'), utc('2026-03-03 00:00'))

    def test_bounds(self):
        self.assertIsNotNone(self._get('2026-03-02 14:00'))
        self.assertIsNone(self._get('2026-03-03 00:00'))

    def test_quiet_within_a_day_and_half_hours(self):
        # 12:30 to 14:30, in Tehran (+03:30)
        self.assertEqual(
            self._get('2026-03-02 09:15', 'Asia/Tehran', 12.5, 14.5), utc('2026-03-02 11:00')
        )

    def test_no_length_is_never_quiet(self):
        self.assertIsNone(self._get('2026-03-02 15:00', start=8, end=8))

    def test_night_in_which_summer_time_begins(self):
        # Madrid, 29 March 2026: 02:00 becomes 03:00; 23:00 CET until 08:00 CEST
        self.assertEqual(self._get('2026-03-28 22:00', 'Europe/Madrid'), utc('2026-03-29 06:00'))

    def test_night_in_which_summer_time_ends(self):
        # Madrid, 25 October 2026: 03:00 becomes 02:00; 23:00 CEST until 08:00 CET
        self.assertEqual(self._get('2026-10-24 21:00', 'Europe/Madrid'), utc('2026-10-25 07:00'))

    def test_end_that_the_clock_jumps_over(self):
        # 02:30 does not exist on that day: it is 03:30 summer time
        self.assertEqual(
            self._get('2026-03-29 00:15', 'Europe/Madrid', 22, 2.5), utc('2026-03-29 01:30')
        )

    def test_end_that_the_clock_shows_twice(self):
        # 02:30 is first 00:30 UTC, then 01:30 UTC
        night = ('Europe/Madrid', 22, 2.5)
        self.assertEqual(self._get('2026-10-24 23:00', *night), utc('2026-10-25 00:30'))
        self.assertEqual(self._get('2026-10-25 01:10', *night), utc('2026-10-25 01:30'))
        self.assertIsNone(self._get('2026-10-25 00:40', *night))


@tagged('post_install', '-at_install')
class TestQuietHours(NotificationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                'notification_quiet_hours': True,
                'notification_quiet_from': 22,
                'notification_quiet_to': 8,
            }
        )
        calendar = cls.company.resource_calendar_id
        calendar.leave_ids.unlink()
        calendar.attendance_ids.unlink()
        calendar.attendance_ids = [
            (0, 0, {'name': day, 'dayofweek': day, 'hour_from': 9, 'hour_to': 18})
            for day in ('0', '1', '2', '3', '4')
        ]

    def _send_at(self, moment):
        with freeze_time(moment):
            return self._send()

    def test_customer_sleeps(self):
        self._create_rule(quiet_policy='waking')
        row = self._send_at('2026-03-02 15:00:00')
        self.assertEqual((row.state, row.reason), ('waiting', 'quiet'))
        self.assertEqual(str(row.next_try), '2026-03-03 00:00:00')
        with freeze_time('2026-03-03 00:00:00'):
            row._process()
        self.assertEqual(row.reason, 'handed_over')

    def test_it_is_the_time_zone_of_the_recipient_that_counts(self):
        self._create_rule(quiet_policy='waking')
        self.customer.tz = 'Europe/Madrid'
        self.assertEqual(self._send_at('2026-03-02 15:00:00').reason, 'handed_over')

    def test_recipient_without_time_zone_has_that_of_the_company(self):
        self._create_rule(quiet_policy='waking')
        self.customer.tz = False
        self.assertEqual(self._send_at('2026-03-02 15:00:00').reason, 'quiet')

    def test_rule_that_does_not_care(self):
        self._create_rule(quiet_policy='always')
        self.assertEqual(self._send_at('2026-03-02 15:00:00').reason, 'handed_over')

    def test_urgent_message_is_sent_at_night(self):
        self._create_rule(quiet_policy='waking', is_urgent=True)
        self.assertEqual(self._send_at('2026-03-02 15:00:00').reason, 'handed_over')

    def test_switched_off_for_the_company(self):
        self._create_rule(quiet_policy='waking')
        self.company.notification_quiet_hours = False
        self.assertEqual(self._send_at('2026-03-02 15:00:00').reason, 'handed_over')

    def test_waits_for_working_time_over_the_weekend(self):
        self._create_rule('agent', 'mail', quiet_policy='working')
        # Friday 20:00 in Shanghai
        row = self._send_at('2026-03-06 12:00:00')
        self.assertEqual((row.state, row.reason), ('waiting', 'off_work'))
        self.assertEqual(str(row.next_try), '2026-03-09 01:00:00')

    def test_sent_in_working_time_even_if_that_is_at_night(self):
        self._create_rule('agent', 'mail', quiet_policy='working')
        self.company.write({'notification_quiet_from': 8, 'notification_quiet_to': 20})
        self.assertEqual(self._send_at('2026-03-06 06:00:00').reason, 'handed_over')

    def test_calendar_without_working_time_holds_nothing_back_for_ever(self):
        self._create_rule('agent', 'mail', quiet_policy='working')
        self.company.resource_calendar_id.attendance_ids.unlink()
        self.assertEqual(self._send_at('2026-03-06 06:00:00').reason, 'handed_over')

    def test_do_not_disturb_keeps_mail_and_sms_from_staff(self):
        self.company.notification_do_not_disturb = True
        self.agent.phone = '+86 138 0013 8009'
        for channel in ('mail', 'sms', 'inapp'):
            self._create_rule('agent', channel)
        rows = self._send_at('2026-03-06 12:00:00')
        self.assertEqual(
            {row.channel: row.reason for row in rows},
            {'mail': 'off_work', 'sms': 'off_work', 'inapp': 'delivered'},
        )

    def test_do_not_disturb_lets_urgent_messages_and_customers_through(self):
        self.company.notification_do_not_disturb = True
        self._create_rule('agent', 'mail', is_urgent=True)
        self._create_rule('customer', 'mail')
        rows = self._send_at('2026-03-06 12:00:00')
        self.assertEqual(set(rows.mapped('reason')), {'handed_over'})

    def test_own_working_time_of_a_person(self):
        self._create_rule('agent', 'mail', quiet_policy='working')
        calendar = self.env['resource.calendar'].create(
            {
                'name': "Late shift",
                'tz': 'Asia/Shanghai',
                'attendance_ids': [
                    (0, 0, {'name': "Fri", 'dayofweek': '4', 'hour_from': 18, 'hour_to': 23})
                ],
            }
        )
        self.env['resource.resource'].create(
            {
                'name': "Wu Min",
                'user_id': self.agent_user.id,
                'calendar_id': calendar.id,
                'company_id': self.company.id,
            }
        )
        self.assertEqual(self._send_at('2026-03-06 12:00:00').reason, 'handed_over')
