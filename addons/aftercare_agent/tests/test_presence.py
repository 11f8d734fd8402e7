from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import GROUP_MANAGER, AgentCommon


@tagged('post_install', '-at_install')
class TestPresence(AgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time('2026-03-10 01:00:00'):
            cls.ann = cls._create_agent("Ann", 'offline')
            cls.bob = cls._create_agent("Bob", 'offline')
        cls.manager = cls._create_user('presence_manager', GROUP_MANAGER)

    def _set_own_presence(self, presence, user=None):
        return self.Agent.with_user(user or self.ann.user_id).set_own_presence(presence)

    @freeze_time('2026-03-10 02:30:00')
    def test_agent_sets_own_presence(self):
        data = self._set_own_presence('available')
        self.assertEqual(self.ann.presence, 'available')
        self.assertEqual(self.bob.presence, 'offline')
        self.assertEqual(data, {'presence': 'available', 'since': '2026-03-10 02:30:00'})

    def test_who_is_no_agent_cannot_set_it(self):
        with self.assertRaises(UserError):
            self._set_own_presence('available', self.manager)

    def test_unknown_presence_is_refused(self):
        with self.assertRaises(UserError):
            self._set_own_presence('dreaming')

    def test_agent_cannot_set_the_presence_of_others(self):
        with self.assertRaises(AccessError):
            self.bob.with_user(self.ann.user_id).presence = 'away'

    def test_manager_sets_the_presence_of_others(self):
        self.bob.with_user(self.manager).presence = 'away'
        self.assertEqual(self.bob.presence_log_ids.user_id, self.manager)

    @freeze_time('2026-03-10 02:30:00')
    def test_history_says_who_when_from_and_to(self):
        self._set_own_presence('busy')
        log = self.ann.presence_log_ids
        self.assertEqual((log.presence_from, log.presence_to), ('offline', 'busy'))
        self.assertEqual(log.user_id, self.ann.user_id)
        self.assertEqual(log.date, datetime(2026, 3, 10, 2, 30))
        self.assertEqual(log.hours, 1.5)

    def test_same_presence_leaves_no_trace(self):
        self._set_own_presence('offline')
        self.assertFalse(self.ann.presence_log_ids)

    def test_history_is_read_only(self):
        self._set_own_presence('busy')
        log = self.ann.presence_log_ids
        with self.assertRaises(AccessError):
            log.with_user(self.manager).presence_to = 'available'
        with self.assertRaises(AccessError):
            log.with_user(self.manager).unlink()

    def test_agent_reads_own_history_only(self):
        self._set_own_presence('busy')
        self._set_own_presence('away', self.bob.user_id)
        Log = self.env['service.agent.presence.log']
        self.assertEqual(Log.with_user(self.ann.user_id).search([]).agent_id, self.ann)
        self.assertEqual(Log.with_user(self.manager).search([]).agent_id, self.ann | self.bob)

    def test_hook_gets_the_presence_before(self):
        calls = []

        def _on_presence_change(agents, previous):
            calls.append((agents.mapped('presence'), previous))

        self.bob.presence = 'busy'
        self.patch(self.env.registry['service.agent'], '_on_presence_change', _on_presence_change)
        (self.ann | self.bob).write({'presence': 'busy'})
        self.assertEqual(calls, [(['busy'], {self.ann.id: 'offline'})])

    def test_other_tabs_are_told(self):
        messages = []

        def _bus_send(users, kind, message, **kwargs):
            messages.append((users, kind, message['presence']))

        self.patch(self.env.registry['res.users'], '_bus_send', _bus_send)
        self._set_own_presence('away')
        self.assertEqual(messages, [(self.ann.user_id, 'aftercare_agent/presence', 'away')])

    def test_archived_agent_is_offline(self):
        self.ann.presence = 'available'
        self.ann.with_user(self.manager).action_archive()
        self.assertEqual(self.ann.presence, 'offline')
        self.assertEqual(len(self.ann.presence_log_ids), 2)

    def test_agent_who_closed_the_browser_is_set_offline(self):
        now = fields.Datetime.now()
        (self.ann | self.bob).write({'presence': 'available'})
        (self.ann | self.bob).write({'presence_date': now - timedelta(hours=2)})
        self.env['mail.presence'].search(
            [('user_id', 'in', (self.ann | self.bob).user_id.ids)]
        ).unlink()
        self.env['mail.presence'].create(
            [
                {'user_id': self.ann.user_id.id, 'last_poll': now - timedelta(hours=1)},
                {'user_id': self.bob.user_id.id, 'last_poll': now - timedelta(minutes=1)},
            ]
        )
        self.Agent._cron_end_presence()
        self.assertEqual(self.ann.presence, 'offline')
        self.assertEqual(self.bob.presence, 'available')

    def test_who_just_said_to_be_available_is_left_alone(self):
        self.ann.presence = 'available'
        self.env['mail.presence'].search([('user_id', '=', self.ann.user_id.id)]).unlink()
        self.Agent._cron_end_presence()
        self.assertEqual(self.ann.presence, 'available')

    def test_timeout_of_zero_never_ends_presence(self):
        self.env['ir.config_parameter'].set_param('aftercare_agent.presence_timeout', 0)
        self.ann.write({'presence': 'available'})
        self.ann.write({'presence_date': datetime(2020, 1, 1)})
        self.Agent._cron_end_presence()
        self.assertEqual(self.ann.presence, 'available')
