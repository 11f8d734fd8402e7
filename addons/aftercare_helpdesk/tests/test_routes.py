from lxml import etree

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import HelpdeskCommon


@tagged('post_install', '-at_install')
class TestRoutes(HelpdeskCommon, HttpCase):
    """What a portal user can do from the outside, also with other customers' ids."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for login, partner in (('hd_carla', cls.customer), ('hd_stranger', cls.stranger)):
            new_test_user(cls.env, login=login, groups='base.group_portal', partner_id=partner.id)
        cls.ticket = cls._create_ticket()
        cls.company.helpdesk_mgmt_portal_select_team = True

    def _post_form(self, path, **values):
        return self.url_open(
            path,
            data={'csrf_token': http.Request.csrf_token(self), **values},
            allow_redirects=False,
        )

    def _close(self, ticket, stage=None, **values):
        stage_id = stage.id if stage else self.stage_done.id
        return self._post_form('/ticket/close', ticket_id=ticket.id, stage_id=stage_id, **values)

    def _submit(self, **values):
        before = self.Ticket.search([], order='id desc', limit=1).id
        response = self._post_form(
            '/submitted/ticket', **{'subject': "Help", 'description': "Nothing works", **values}
        )
        return response, self.Ticket.search([('id', '>', before)])

    # --- closing ---

    def test_customer_closes_his_ticket(self):
        self.authenticate('hd_carla', 'hd_carla')
        response = self._close(self.ticket)
        self.assertIn(response.status_code, (302, 303))
        self.assertIn(f'/my/ticket/{self.ticket.id}', response.headers['Location'])
        self.assertEqual(self.ticket.stage_id, self.stage_done)

    def test_foreign_customer_closes_nothing(self):
        self.authenticate('hd_stranger', 'hd_stranger')
        self.assertEqual(self._close(self.ticket).status_code, 404)
        self.assertFalse(self.ticket.closed)

    def test_follower_of_another_company_closes_nothing(self):
        self.ticket.message_subscribe(self.stranger.ids)
        self.authenticate('hd_stranger', 'hd_stranger')
        self.assertEqual(self._close(self.ticket).status_code, 404)
        self.assertEqual(self._close(self.ticket, access_token='x').status_code, 404)
        self.assertFalse(self.ticket.closed)

    def test_visitor_closes_with_the_token_only(self):
        token = self.ticket._portal_ensure_token()
        self.authenticate(None, None)
        self.assertEqual(self._close(self.ticket).status_code, 404)
        self.assertEqual(self._close(self.ticket, access_token='wrong').status_code, 404)
        self.assertFalse(self.ticket.closed)
        self.assertIn(self._close(self.ticket, access_token=token).status_code, (302, 303))
        self.assertTrue(self.ticket.closed)

    def test_a_mere_link_closes_nothing(self):
        self.authenticate('hd_carla', 'hd_carla')
        with mute_logger('odoo.http'):
            response = self.url_open(
                f'/ticket/close?ticket_id={self.ticket.id}&stage_id={self.stage_done.id}'
            )
        self.assertEqual(response.status_code, 405)
        self.assertFalse(self.ticket.closed)

    @mute_logger('odoo.http')
    def test_a_form_of_another_site_closes_nothing(self):
        self.authenticate('hd_carla', 'hd_carla')
        response = self.url_open(
            '/ticket/close', data={'ticket_id': self.ticket.id, 'stage_id': self.stage_done.id}
        )
        self.assertEqual(response.status_code, 400)
        self.assertFalse(self.ticket.closed)

    @mute_logger('odoo.http')
    def test_stages_that_are_not_the_customers(self):
        self.authenticate('hd_carla', 'hd_carla')
        rejected = self.env.ref('helpdesk_mgmt.helpdesk_ticket_stage_rejected')
        foreign = self.stage_done.copy(
            {'team_ids': [(6, 0, self._create_team("Other", self.user_a).ids)]}
        )
        for stage in (self.stage_progress, rejected, foreign):
            self.assertEqual(self._close(self.ticket, stage).status_code, 400, stage.name)
        self.assertFalse(self.ticket.closed)

    @mute_logger('odoo.http')
    def test_nonsense_is_refused(self):
        self.authenticate('hd_carla', 'hd_carla')
        for values in (
            {'ticket_id': 'x', 'stage_id': '1'},
            {'ticket_id': '', 'stage_id': ''},
            {'ticket_id': str(self.ticket.id), 'stage_id': 'x'},
            {'ticket_id': str(self.ticket.id), 'stage_id': '99999999999999999999'},
            {'ticket_id': '٣', 'stage_id': '1'},
        ):
            self.assertIn(self._post_form('/ticket/close', **values).status_code, (400, 404))
        self.assertEqual(
            self._post_form('/ticket/close', ticket_id='2147483647', stage_id='1').status_code,
            404,
        )

    # --- sending ---

    def test_customer_sends_a_ticket(self):
        self.authenticate('hd_carla', 'hd_carla')
        response, ticket = self._submit(team=self.team.id)
        self.assertIn(response.status_code, (302, 303))
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertIn(ticket.user_id, self.team.user_ids)

    @mute_logger('odoo.http')
    def test_numbers_that_are_none_are_refused(self):
        self.authenticate('hd_carla', 'hd_carla')
        for name in ('team', 'category', 'type'):
            for value in ('x', '1; DROP TABLE', '-1', '99999999999999999999'):
                response, ticket = self._submit(**{name: value})
                self.assertEqual(response.status_code, 400, f'{name}={value}')
                self.assertFalse(ticket)

    def test_teams_that_are_not_offered_are_not_taken(self):
        self.authenticate('hd_carla', 'hd_carla')
        internal = self._create_team("Internal", self.user_a, visibility='internal')
        hidden = self._create_team("Hidden", self.user_a, show_in_portal=False)
        for team_id in (internal.id, hidden.id, 2147483647):
            response, ticket = self._submit(team=team_id)
            self.assertIn(response.status_code, (302, 303))
            self.assertFalse(ticket.team_id)

    def test_categories_that_are_not_offered_are_not_taken(self):
        self.authenticate('hd_carla', 'hd_carla')
        hidden = self.env['helpdesk.ticket.category'].create(
            {'name': "Hidden", 'show_in_portal': False}
        )
        _response, ticket = self._submit(category=hidden.id)
        self.assertEqual(len(ticket), 1)
        self.assertFalse(ticket.category_id)

    @mute_logger('odoo.http')
    def test_ticket_without_words_is_refused(self):
        self.authenticate('hd_carla', 'hd_carla')
        for values in ({'subject': ' '}, {'description': ''}):
            response, ticket = self._submit(**values)
            self.assertEqual(response.status_code, 400)
            self.assertFalse(ticket)

    def test_a_mere_link_sends_nothing(self):
        self.authenticate('hd_carla', 'hd_carla')
        before = self.Ticket.search_count([])
        with mute_logger('odoo.http'):
            response = self.url_open('/submitted/ticket?subject=a&description=b')
        self.assertEqual(response.status_code, 405)
        self.assertEqual(self.Ticket.search_count([]), before)

    def test_script_in_the_text_is_shown_as_text(self):
        self.authenticate('hd_carla', 'hd_carla')
        _response, ticket = self._submit(
            subject="<script>alert(1)</script>", description="<script>alert(1)</script>"
        )
        self.assertNotIn('<script', ticket.description)
        page = self.url_open(f'/my/ticket/{ticket.id}').text
        self.assertNotIn('<script>alert(1)', page)

    # --- reading ---

    def test_customers_read_their_own_pages_only(self):
        self.authenticate('hd_carla', 'hd_carla')
        page = self.url_open(f'/my/ticket/{self.ticket.id}')
        self.assertIn(self.ticket.name, page.text)
        self.authenticate('hd_stranger', 'hd_stranger')
        page = self.url_open(f'/my/ticket/{self.ticket.id}', allow_redirects=False)
        self.assertIn(page.status_code, (302, 303))

    def test_page_closes_by_a_form_that_cannot_be_forged(self):
        view = self.env.ref('helpdesk_mgmt.portal_helpdesk_ticket_page')
        page = etree.fromstring(view.get_combined_arch())
        # None, if an addon has replaced them.
        for form in page.xpath("//form[@*[contains(., '/ticket/close')]]"):
            self.assertEqual(form.get('method').upper(), 'POST')
            self.assertTrue(form.xpath(".//input[@name='csrf_token']"))
