from unittest.mock import patch

from odoo import fields
from odoo.addons.aftercare_helpdesk_website.controllers.form import HelpdeskForm
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import EXE, PNG, HelpdeskWebsiteCase


@tagged('post_install', '-at_install')
class TestTicketFormLimits(HelpdeskWebsiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Attempt = cls.env['helpdesk.ticket.attempt']
        cls.Attempt.search([]).unlink()
        cls._set_limits(ip=10, email=5)

    def _count_tickets(self):
        return self.env['helpdesk.ticket'].search_count([('team_id', '=', self.team.id)])

    # === REPLAY === #

    def test_form_sent_twice_makes_one_ticket(self):
        self._login()
        values = self._get_filled_values()
        first = self._post_form(values)
        second = self._post_form(values)
        self.assertEqual(self._count_tickets(), 1)
        self.assertEqual(first.url, second.url)
        self.assertIn(self._find_tickets().number, second.text)
        # A second worker looks before the first one has committed, and sees no ticket
        unseen = patch.object(
            HelpdeskForm, '_find_ticket', lambda form, key: self.env['helpdesk.ticket']
        )
        with unseen, mute_logger('odoo.sql_db'):
            third = self._post_form(values, allow_redirects=False)
        self.assertEqual(third.status_code, 303)
        self.assertTrue(first.url.endswith(third.headers['Location'].split('/', 3)[-1]))
        self.assertEqual(self._count_tickets(), 1)
        # Without a token that was used there is nothing to thank for
        for token in ('', 'x', self.team._make_website_form_token()):
            url = f'{self.team.website_url}/thanks?token={token}'
            self.assertEqual(self.url_open(url, allow_redirects=False).status_code, 303)

    # === RATE === #

    def test_hundred_posts_in_a_minute(self):
        self._login()
        values = self._get_form_values()
        statuses = []
        for number in range(100):
            filled = {
                **values,
                'name': "Robot",
                'email': f'robot{number}@visitor.example',
                'subject': f"Spam {number}",
                'description': "Buy now",
                'form_token': self.team._make_website_form_token(issued=1.0),
            }
            response = self._post_form(filled, allow_redirects=False)
            statuses.append(response.status_code)
        self.assertEqual(statuses, [303] * 10 + [429] * 90)
        self.assertEqual(self._count_tickets(), 10)
        self.assertIn("Too many tickets were sent", response.text)
        self.assertIn("Buy now", response.text)
        self.assertEqual(response.headers['Retry-After'], '3600')

    def test_one_address_is_limited_over_all_computers_for_an_hour(self):
        self._set_limits(email=2, ip=0)
        self._login()
        for _number in range(2):
            self.assertEqual(self._post_form(self._get_filled_values()).status_code, 200)
        response = self._post_form(self._get_filled_values(email='GRACE@visitor.example'))
        self.assertEqual(response.status_code, 429)
        response = self._post_form(self._get_filled_values(email='other@visitor.example'))
        self.assertEqual(response.status_code, 200)
        self.Attempt.search([]).date = fields.Datetime.subtract(fields.Datetime.now(), minutes=61)
        self.assertEqual(self._post_form(self._get_filled_values()).status_code, 200)

    def test_failed_trials_are_limited_more_generously(self):
        self._set_limits(ip=1, email=0)
        self._login()
        statuses = [
            self._post_form(self._get_filled_values(name='')).status_code for _number in range(7)
        ]
        self.assertEqual(statuses, [422] * 6 + [429])

    def test_visitors_cannot_use_up_the_limit_of_an_account(self):
        self._set_limits(ip=2, email=2)
        values = {'email': self.customer.email}
        self._login()
        for status in (200, 200, 429):
            response = self._post_form(self._get_filled_values(**values))
            self.assertEqual(response.status_code, status)
        self._login(self.customer)
        for status in (200, 200, 429):
            self.assertEqual(self._post_form(self._get_filled_values()).status_code, status)
        self._login(self.stranger)
        self.assertEqual(self._post_form(self._get_filled_values()).status_code, 200)

    def test_old_form_of_upstream_has_the_limits_too(self):
        self._set_limits(email=1)
        self._login(self.customer)
        values = {'subject': "Moth in the relay", 'description': "Text"}

        def post(content):
            return self._post_page_form(
                '/my', '/submitted/ticket', values, files={'attachment': ('a.png', content)}
            )

        self.assertEqual(post(EXE).status_code, 400)
        self.assertFalse(self._find_tickets())
        self.assertEqual(post(PNG).status_code, 200)
        self.assertEqual(len(self._find_tickets()), 1)
        self.assertEqual(post(PNG).status_code, 429)
        self.assertEqual(len(self._find_tickets()), 1)

    def test_zero_means_no_limit(self):
        self._set_limits(ip=0, email=0)
        sender = {'ip': '192.0.2.1', 'email': 'a@b.example'}
        self.Attempt.create([{**sender, 'is_accepted': True}] * 50)
        self.assertFalse(self.Attempt._is_over_limit(**sender))
        self._set_limits(email=50)
        self.assertTrue(self.Attempt._is_over_limit(**sender))

    @freeze_time('2026-03-10 12:00:00')
    def test_addresses_are_forgotten_after_a_week(self):
        old, recent = self.Attempt.create(
            [
                {'ip': '192.0.2.1', 'date': '2026-03-03 11:59:59'},
                {'ip': '192.0.2.2', 'date': '2026-03-03 12:00:01'},
            ]
        )
        self.Attempt._gc_attempts()
        self.assertFalse(old.exists())
        self.assertTrue(recent.exists())

    def test_settings_hold_the_limits(self):
        settings = self.env['res.config.settings'].create({'helpdesk_tickets_per_ip': 3})
        settings.execute()
        key = 'aftercare_helpdesk_website.tickets_per_ip'
        self.assertEqual(self.env['ir.config_parameter'].get_param(key), '3')
