from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import NotificationCommon


@tagged('post_install', '-at_install')
class TestMatrix(NotificationCommon):
    def _get_event(self, user):
        matrix = self.env['notification.event'].with_user(user).get_matrix()
        events = [event for group in matrix['groups'] for event in group['events']]
        return matrix, next(event for event in events if event['id'] == self.event.id)

    def test_cells_hold_the_general_rules(self):
        on = self._create_rule('customer', 'mail')
        off = self._create_rule('agent', 'sms', active=False, is_urgent=True)
        _matrix, event = self._get_event(self.manager_user)
        self.assertEqual(event['cells']['customer.mail']['id'], on.id)
        self.assertTrue(event['cells']['customer.mail']['active'])
        self.assertEqual(event['cells']['agent.sms']['id'], off.id)
        self.assertFalse(event['cells']['agent.sms']['active'])
        self.assertNotIn('agent.mail', event['cells'])

    def test_own_rules_of_companies_are_mentioned(self):
        self._create_rule('customer', 'mail')
        self._create_rule('customer', 'mail', company_id=self.company.id)
        self._create_rule('customer', 'sms', company_id=self.company.id)
        _matrix, event = self._get_event(self.manager_user)
        self.assertEqual(event['cells']['customer.mail']['companies'], ["Cloud & Sons"])
        self.assertFalse(event['cells']['customer.sms']['id'])

    def test_only_managers_may_switch(self):
        self._create_rule('customer', 'mail')
        self.assertTrue(self._get_event(self.manager_user)[0]['can_edit'])
        self.assertFalse(self._get_event(self.agent_user)[0]['can_edit'])

    def test_test_event_is_not_shown(self):
        matrix, _event = self._get_event(self.manager_user)
        codes = [event['code'] for group in matrix['groups'] for event in group['events']]
        self.assertNotIn('notification.test', codes)

    def test_number_of_queries_does_not_depend_on_the_number_of_events(self):
        self._create_rule()
        Event = self.env['notification.event'].with_user(self.manager_user)
        Event.get_matrix()
        counts = []
        for turn in range(2):
            # the new events have emptied the caches
            self.env.invalidate_all()
            Event.get_matrix()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            Event.get_matrix()
            counts.append(self.env.cr.sql_log_count - start)
            for number in range(10):
                event = self.event.copy({'code': f'test_copy_{turn}_{number}'})
                self._create_rule(event_id=event.id)
        self.assertEqual(*counts)

    def test_channels_are_tried_at_once(self):
        self.manager_user.partner_id.write(
            {'email': 'ma@cloud.example.com', 'phone': '+86 138 0013 8007'}
        )
        Event = self.env['notification.event']
        results = {
            result['channel']: result['type']
            for result in Event.with_user(self.manager_user).send_test()
        }
        self.assertEqual(results['sms'], 'success')
        self.assertEqual(results['inapp'], 'success')
        self.assertIn('mail', results)
        with self.assertRaises(AccessError):
            Event.with_user(self.agent_user).send_test()


@tagged('post_install', '-at_install')
class TestMatrixTour(HttpCase, NotificationCommon):
    def test_switch_a_message_on_and_write_it(self):
        self.manager_user.group_ids += self.env.ref('base.group_user')
        self.start_tour(
            '/odoo/notifications', 'aftercare_notification_matrix', login='manager_note'
        )
        rules = self.event.rule_ids.sorted('channel')
        self.assertEqual(
            [(rule.audience, rule.channel, rule.active) for rule in rules],
            [('agent', 'inapp', True)],
        )
        self.assertEqual(rules.text, "A parcel has left.")
