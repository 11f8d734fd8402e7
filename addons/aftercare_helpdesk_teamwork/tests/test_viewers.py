import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TeamworkCommon

KIND = 'helpdesk.ticket/viewers'


@tagged('post_install', '-at_install')
class TestViewers(TeamworkCommon):
    def _enter(self, user, **values):
        viewers = self.ticket.with_user(user).viewer_enter(**values)
        return {viewer['id']: viewer['is_writing'] for viewer in viewers}

    def _last_seen_by(self, user):
        messages = self._get_bus_messages(user, KIND)
        payload = json.loads(messages[-1])['payload']
        self.assertEqual(payload['ticket_id'], self.ticket.id)
        return {viewer['id']: viewer['is_writing'] for viewer in payload['viewers']}

    def test_who_comes_sees_the_others_and_is_seen(self):
        self.assertEqual(self._enter(self.user_a), {self.user_a.id: False})
        both = {self.user_a.id: False, self.user_b.id: False}
        self.assertEqual(self._enter(self.user_b), both)
        self.assertEqual(self._last_seen_by(self.user_a), both)

    def test_writing_is_seen(self):
        self._enter(self.user_a)
        self._enter(self.user_b)
        self._enter(self.user_b, is_writing=True)
        self.assertTrue(self._last_seen_by(self.user_a)[self.user_b.id])
        self._enter(self.user_b)
        self.assertFalse(self._last_seen_by(self.user_a)[self.user_b.id])

    def test_who_leaves_disappears(self):
        self._enter(self.user_a)
        self._enter(self.user_b)
        self.ticket.with_user(self.user_b).viewer_leave()
        self.assertEqual(self._last_seen_by(self.user_a), {self.user_a.id: False})

    def test_who_has_died_disappears(self):
        self._enter(self.user_b)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=3)):
            self.assertEqual(self._enter(self.user_a), {self.user_a.id: False})
            self.env['helpdesk.ticket.viewer']._gc_viewers()
        self.assertEqual(
            self.env['helpdesk.ticket.viewer'].search([('ticket_id', '=', self.ticket.id)]).user_id,
            self.user_a,
        )

    def test_lost_connection_ends_it_and_another_screen_is_told(self):
        self._enter(self.user_a)
        self._enter(self.user_b)
        websocket = self.env['ir.websocket'].with_user(self.user_b)
        with patch('odoo.addons.mail.models.ir_websocket.IrWebsocket._on_websocket_closed'):
            websocket._on_websocket_closed({})
        self.assertEqual(self._last_seen_by(self.user_a), {self.user_a.id: False})
        self.assertNotIn(self.user_b.id, self._last_seen_by(self.user_b))

    def test_reports_without_news_tell_nobody(self):
        self._enter(self.user_a)
        self._enter(self.user_b)
        before = len(self._get_bus_messages(self.user_a, KIND))
        self._enter(self.user_b)
        self.assertEqual(len(self._get_bus_messages(self.user_a, KIND)), before)

    def test_a_report_costs_two_queries_and_the_check(self):
        self._enter(self.user_a)
        self._enter(self.user_b)
        self._enter(self.user_c)
        self.env.flush_all()
        self.env.invalidate_all()
        ticket = self.ticket.with_user(self.user_b)
        # user's groups and name, access to the ticket, who is there and their names, the report
        with self.assertQueryCount(9):
            ticket.viewer_enter()

    def test_strangers_are_neither_told_nor_seen(self):
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.outsider).viewer_enter()
        with self.assertRaises(UserError):
            self.ticket.with_user(self.portal).viewer_enter()
        self.assertEqual(self._enter(self.user_a), {self.user_a.id: False})

    def test_nobody_sends_others_away(self):
        self._enter(self.user_a)
        self.ticket.with_user(self.portal).viewer_leave()
        self.ticket.with_user(self.outsider).viewer_leave()
        self.assertIn(self.user_a.id, self._enter(self.user_b))

    def test_presence_cannot_be_read_or_written_directly(self):
        Viewer = self.env['helpdesk.ticket.viewer']
        for user in (self.user_a, self.portal):
            with self.assertRaises(AccessError):
                Viewer.with_user(user).search([])
            with self.assertRaises(AccessError):
                Viewer.with_user(user).create({'ticket_id': self.ticket.id, 'user_id': user.id})

    def test_news_reach_the_screens(self):
        self._enter(self.user_a)
        self._enter(self.user_b)
        message = self._post(self.ticket, self.customer)
        [news] = self._get_bus_messages(self.user_a, 'helpdesk.ticket/message')
        payload = json.loads(news)['payload']
        self.assertEqual(payload['id'], message.id)
        self.assertEqual(payload['author'], self.customer.name)
        self._post(self.ticket, self.user_b.partner_id)
        kind = 'helpdesk.ticket/message'
        self.assertEqual(len(self._get_bus_messages(self.user_a, kind)), 2)
        self.assertEqual(len(self._get_bus_messages(self.user_b, kind)), 1, "not one's own")
