from datetime import datetime

from odoo.addons.aftercare_notification.tests.common import NotificationCommon
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

# Tuesday 10 March 2026; the company works in Shanghai, the agent in Madrid
NIGHT_IN_SHANGHAI = '2026-03-10 15:00:00'  # 23:00 there, 16:00 in Madrid
NIGHT_IN_MADRID = '2026-03-10 04:00:00'  # 05:00 there, 12:00 in Shanghai
OPENING_IN_MADRID = datetime(2026, 3, 10, 8)


@tagged('post_install', '-at_install')
class TestNotificationLog(NotificationCommon):
    """Messages wait for the shift of an agent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.notification_do_not_disturb = True
        office = cls._create_calendar("Office", 'Asia/Shanghai')
        cls.company.resource_calendar_id = office
        cls.service_agent = cls.env['service.agent'].create(
            {
                'user_id': cls.agent_user.id,
                'company_id': cls.company.id,
                'resource_calendar_id': office.id,
                'tz': 'Europe/Madrid',
                'presence': 'offline',
            }
        )
        cls._create_rule('agent', quiet_policy='waking')

    @classmethod
    def _create_calendar(cls, name, tz):
        return cls.env['resource.calendar'].create(
            {
                'name': name,
                'tz': tz,
                'company_id': cls.company.id,
                'attendance_ids': [
                    Command.create(
                        {
                            'name': str(day),
                            'dayofweek': str(day),
                            'hour_from': 9,
                            'hour_to': 18,
                            'day_period': 'full_day',
                        }
                    )
                    for day in range(5)
                ],
            }
        )

    def _send_at(self, moment):
        with freeze_time(moment):
            return self._send()

    def test_message_waits_for_the_shift_in_the_agents_time_zone(self):
        row = self._send_at(NIGHT_IN_MADRID)
        self.assertEqual((row.state, row.reason), ('waiting', 'off_work'))
        self.assertEqual(row.next_try, OPENING_IN_MADRID)

    def test_message_is_sent_during_the_shift(self):
        row = self._send_at(NIGHT_IN_SHANGHAI)
        self.assertNotEqual(row.state, 'waiting')

    def test_message_reaches_who_says_to_be_available(self):
        self.service_agent.presence = 'available'
        self.assertNotEqual(self._send_at(NIGHT_IN_MADRID).state, 'waiting')

    def test_message_waits_for_the_end_of_a_leave(self):
        self.env['resource.calendar.leaves'].create(
            {
                'name': "Leave",
                'resource_id': self.service_agent.resource_id.id,
                'calendar_id': self.service_agent.resource_calendar_id.id,
                'company_id': self.company.id,
                'date_from': datetime(2026, 3, 9, 23),
                'date_to': datetime(2026, 3, 10, 23),
            }
        )
        row = self._send_at(NIGHT_IN_SHANGHAI)
        self.assertEqual(row.next_try, datetime(2026, 3, 11, 8))

    def test_colleague_who_is_no_agent_keeps_the_company_working_time(self):
        self.service_agent.active = False
        row = self._send_at(NIGHT_IN_SHANGHAI)
        self.assertEqual(row.next_try, datetime(2026, 3, 11, 1))
