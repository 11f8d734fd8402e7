from odoo.addons.base.tests.common import HttpCaseWithUserPortal
from odoo.http import Request
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import NotificationCommon


@tagged('post_install', '-at_install')
class TestPortal(HttpCaseWithUserPortal, NotificationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_rule('customer', 'mail')
        cls._create_rule('customer', 'sms')
        cls.login_event = cls.event.copy(
            {'code': 'test_login', 'name': "Login from a new place", 'is_security': True}
        )
        cls._create_rule('customer', 'mail', event_id=cls.login_event.id)
        cls.quiet_group = cls.env['notification.group'].create(
            {'name': "Staff", 'code': 'test_staff'}
        )
        cls.staff_event = cls.event.copy(
            {'code': 'test_staff_only', 'group_id': cls.quiet_group.id}
        )
        cls._create_rule('agent', 'mail', event_id=cls.staff_event.id)

    def _get_optouts(self, partner):
        return {
            (optout.group_id.code, optout.channel)
            for optout in self.env['notification.optout'].search(
                [
                    ('partner_id', '=', partner.id),
                    ('group_id', 'in', (self.group + self.quiet_group).ids),
                ]
            )
        }

    def _post(self, **data):
        return self.url_open(
            '/my/notifications', data={'csrf_token': Request.csrf_token(self), **data}
        )

    def test_visitor_has_to_log_in(self):
        response = self.url_open('/my/notifications', allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn('/web/login', response.headers['Location'])

    def test_page_offers_what_customers_receive(self):
        self.authenticate('portal', 'portal')
        page = self.url_open('/my/notifications').text
        self.assertIn('name="test_orders.mail"', page)
        self.assertIn('name="test_orders.sms"', page)
        self.assertNotIn('name="test_staff.mail"', page)
        self.assertIn("Login from a new place", page)
        self.assertIn('/my/notifications', self.url_open('/my').text)

    def test_switching_off_and_on_again(self):
        self.authenticate('portal', 'portal')
        response = self._post(**{'test_orders.mail': '1'})
        self.assertIn('alert-success', response.text)
        self.assertEqual(self._get_optouts(self.partner_portal), {('test_orders', 'sms')})
        self._post(**{'test_orders.mail': '1', 'test_orders.sms': '1'})
        self.assertFalse(self._get_optouts(self.partner_portal))

    def test_saving_twice_is_the_same_as_once(self):
        self.authenticate('portal', 'portal')
        self._post()
        self._post()
        self.assertEqual(
            self._get_optouts(self.partner_portal),
            {('test_orders', 'sms'), ('test_orders', 'mail')},
        )

    def test_nobody_else_can_be_switched_off(self):
        self.authenticate('portal', 'portal')
        self._post(partner_id=self.customer.id, user_id=self.agent_user.id)
        self.assertFalse(self._get_optouts(self.customer))
        self.assertFalse(self._get_optouts(self.agent))
        self.assertTrue(self._get_optouts(self.partner_portal))

    @mute_logger('odoo.http')
    def test_form_without_csrf_token_is_refused(self):
        self.authenticate('portal', 'portal')
        response = self.url_open('/my/notifications', data={'test_orders.mail': '1'})
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self._get_optouts(self.partner_portal))

    def test_only_what_is_offered_can_be_switched(self):
        self.authenticate('portal', 'portal')
        self._post(
            **{'test_orders.mail': '1', 'test_orders.sms': '1', 'test_staff.mail': '', 'x.y': '1'}
        )
        self.assertFalse(self._get_optouts(self.partner_portal))

    def test_choice_is_respected(self):
        self.authenticate('portal', 'portal')
        self.partner_portal.write({'email': 'joel@example.com', 'phone': '+86 138 0013 8000'})
        self._post(**{'test_orders.mail': '1'})
        rows = self._send(self.partner_portal)
        self.assertEqual(
            {row.channel: row.reason for row in rows}, {'mail': 'handed_over', 'sms': 'opted_out'}
        )
