import re
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import fields
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ClosingCommon


@tagged('post_install', '-at_install')
class TestClosingLink(ClosingCommon, HttpCase):
    """The page behind the link of a mail, opened by somebody who has not signed in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(user_id=cls.user_a.id)

    def _get_path(self, ticket=None):
        return urlsplit((ticket or self.ticket)._get_closing_url()).path

    def _press(self, path, action, **values):
        page = self.url_open(path).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        values['csrf_token'] = token.group(1) if token else ''
        return self.url_open(f'{path}/{action}', data=values)

    def test_following_the_link_closes_nothing(self):
        for _visit in range(2):
            response = self.url_open(self._get_path())
            self.assertEqual(response.status_code, 200)
        self.assertIn(self.ticket.number, response.text)
        self.assertEqual(response.headers['Referrer-Policy'], 'no-referrer')
        self.assertFalse(self.ticket.closed)
        for action in ('close', 'reopen'):
            self.assertEqual(self.url_open(f'{self._get_path()}/{action}').status_code, 405)
        self.assertEqual(self.url_open(self._get_path(), method='HEAD').status_code, 200)
        self.assertFalse(self.ticket.closed)

    def test_the_button_closes(self):
        path = self._get_path()
        response = self._press(path, 'close', stage_id=self.stage_done.id)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.ticket.stage_id, self.stage_done)
        note = self.ticket.message_ids.filtered(lambda message: "link of a mail" in message.body)
        self.assertEqual(note.author_id, self.customer)

    @mute_logger('odoo.http')
    def test_posting_without_the_page_closes_nothing(self):
        response = self.url_open(f'{self._get_path()}/close', data={'stage_id': self.stage_done.id})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.ticket.closed)

    def test_only_stages_meant_for_customers(self):
        self.stage_done.close_from_portal = False
        path = self._get_path()
        for stage_id in (self.stage_done.id, self.stage_progress.id, '', 'x'):
            response = self._press(path, 'close', stage_id=stage_id)
            self.assertEqual(response.status_code, 422)
        self.assertFalse(self.ticket.closed)

    def test_team_that_closes_its_tickets_itself_offers_no_button(self):
        self.team.customer_can_close = False
        page = self.url_open(self._get_path()).text
        self.assertNotIn('/close"', page)

    @mute_logger('odoo.http')
    def test_forged_expired_and_outdated_links_lead_nowhere(self):
        path = self._get_path()
        other = self._create_ticket(partner_id=self.stranger.id)
        with freeze_time(fields.Datetime.now() - timedelta(days=100)):
            expired = self._get_path()
        head, token = path.rsplit('/', 1)
        for bad in (expired, f'{head}/{token[:-2]}AA', f'{head}/x', f'{head}/{other.id}'):
            self.assertEqual(self.url_open(bad).status_code, 404, bad)
            response = self.url_open(f'{bad}/close', data={'stage_id': self.stage_done.id})
            self.assertIn(response.status_code, (400, 404))
        self.assertEqual(self.url_open(path).status_code, 200)
        self.ticket.partner_id = self.stranger
        self.assertEqual(self.url_open(path).status_code, 404, "it was the former customer's")
        self.assertFalse(self.ticket.closed)

    def test_team_can_withdraw_its_links(self):
        path = self._get_path()
        self.team.has_closing_link = False
        self.assertEqual(self.url_open(path).status_code, 404)

    def test_reopening_asks_for_a_reason(self):
        self.ticket.stage_id = self.stage_done
        path = self._get_path()
        response = self._press(path, 'reopen', reason=" ")
        self.assertEqual(response.status_code, 422)
        self.assertTrue(self.ticket.closed)
        response = self._press(path, 'reopen', reason="It is silent again")
        self.assertEqual(response.status_code, 200)
        self.assertFalse(self.ticket.closed)
        message = self.ticket.message_ids.filtered(lambda message: "silent again" in message.body)
        self.assertEqual(message.author_id, self.customer)

    def test_team_that_does_not_reopen_offers_no_form(self):
        self.ticket.stage_id = self.stage_done
        self.team.customer_can_reopen = False
        self.assertNotIn('/reopen"', self.url_open(self._get_path()).text)

    def test_portal_page_offers_what_the_team_allows(self):
        new_test_user(
            self.env, 'closing_carla', groups='base.group_portal', partner_id=self.customer.id
        )
        self.authenticate('closing_carla', 'closing_carla')
        action = re.compile(r'action="[^"]*/close"')
        page = f'/my/ticket/{self.ticket.id}'
        self.assertTrue(action.search(self.url_open(page).text))
        self.team.customer_can_close = False
        self.assertFalse(action.search(self.url_open(page).text))
