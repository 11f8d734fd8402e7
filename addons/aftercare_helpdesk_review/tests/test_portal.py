from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ReviewCommon


@tagged('post_install', '-at_install')
class TestPortal(ReviewCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_done.close_from_portal = True
        cls.portal_user = new_test_user(
            cls.env,
            login='helpdesk_carla',
            password='helpdesk_carla',
            groups='base.group_portal',
            partner_id=cls.customer.id,
        )
        cls.stranger_user = new_test_user(
            cls.env,
            login='helpdesk_stranger',
            password='helpdesk_stranger',
            groups='base.group_portal',
            partner_id=cls.stranger.id,
        )
        cls.user_a.password = 'helpdesk_ada'

    def _close(self, login, token=None):
        self.authenticate(login, login)
        return self.url_open(
            '/ticket/close',
            data={
                'ticket_id': self.ticket.id,
                'stage_id': self.stage_done.id,
                'access_token': token or '',
                'csrf_token': Request.csrf_token(self),
            },
        )

    def test_customer_closes_his_own_ticket(self):
        self._ask()
        self._close('helpdesk_carla')
        self.assertTrue(self.ticket.closed)
        self.assertEqual(self.ticket.review_state, 'none')
        self.assertEqual(self.ticket.review_ids[:1].decision, 'withdrawn')

    def test_stranger_does_not(self):
        response = self._close('helpdesk_stranger')
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self.ticket.closed)

    def test_agent_cannot_use_the_customers_way(self):
        token = self.ticket._portal_ensure_token()
        self._close('helpdesk_ada', token)
        self.assertFalse(self.ticket.closed)
        self.assertEqual(self.ticket.review_asked_by_id, self.user_a)

    def test_link_of_a_mail_asks_the_reviewers(self):
        token = self.ticket._portal_ensure_token()
        response = self._close(None, token)
        self.assertEqual(response.status_code, 200)
        self.assertFalse(self.ticket.closed)
        self.assertEqual(self.ticket.review_state, 'pending')
        self.assertIn("You asked to close this ticket", response.text)
        self._decide(self.rita)
        self.assertTrue(self.ticket.closed)

    def test_customer_does_not_read_the_reviews(self):
        self._ask()
        self._decide(self.rita, 'refused', "Sloppy work")
        self.authenticate('helpdesk_carla', 'helpdesk_carla')
        page = self.url_open(self.ticket.get_portal_url())
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("Sloppy work", page.text)
        self.assertNotIn("You asked to close", page.text)
