import json
import re

from lxml import html

from odoo import Command
from odoo.addons.aftercare_helpdesk_website.tests.common import HelpdeskWebsiteCase
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestPortalComplaint(HelpdeskWebsiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Type = cls.env['helpdesk.ticket.type']
        Type.search([('kind', '!=', 'request')]).active = False
        cls.type_complaint = Type.create({'name': "Web Complaint", 'kind': 'complaint'})
        cls.cause = cls.env['helpdesk.complaint.cause'].create({'name': "Web Cause"})
        cls.officer = new_test_user(
            cls.env,
            'website_officer',
            groups='aftercare_helpdesk_complaint.aftercare_helpdesk_complaint_group_officer',
            name="Olga Officer",
        )
        cls.ticket = cls._create_ticket(user_id=cls.agent.id, stage_id=cls.stage_progress.id)
        cls.url = f'/my/ticket/{cls.ticket.id}'
        cls._set_limits(ip=100, email=100)

    def _get_values(self, url=None):
        page = self._get_page(url or f'{self.url}/complaint')
        form = page.xpath("//form[contains(@action, '/complaint/send')]")[0]
        return {field.get('name'): field.get('value') for field in form.xpath('.//input')}

    def _complain(self, text="He was rude", values=None, ticket=None, **data):
        ticket = ticket or self.ticket
        values = values or self._get_values(f'/my/ticket/{ticket.id}/complaint')
        return self.url_open(
            f'/my/ticket/{ticket.id}/complaint/send',
            data={**values, 'description': text, **data},
        )

    def _find_complaint(self, ticket=None):
        return self.env['helpdesk.ticket'].search(
            [('complaint_ticket_id', '=', (ticket or self.ticket).id)]
        )

    def test_customer_complains_about_a_ticket(self):
        self._login(self.customer)
        page = self._get_page(self.url)
        self.assertTrue(page.xpath(f"//a[@href='{self.url}/complaint']"))
        response = self._complain(cause=self.cause.id)
        self.assertIn("take it seriously", response.text)
        complaint = self._find_complaint()
        self.assertEqual(complaint.ticket_kind, 'complaint')
        self.assertEqual(complaint.partner_id, self.customer.partner_id)
        self.assertEqual(complaint.team_id, self.team)
        self.assertEqual(complaint.complaint_agent_ids, self.agent)
        self.assertEqual(complaint.complaint_cause_id, self.cause)
        self.assertFalse(complaint.user_id)
        self.assertFalse(complaint.is_sender_unverified)
        self.assertIn("He was rude", complaint.description)
        self.assertIn("We answer your complaint by", response.text)
        # The page of the ticket leads to it now, and there is no second one.
        self.assertIn(f'/my/ticket/{complaint.id}', self.url_open(self.url).text)
        self.assertIn(f'/my/ticket/{complaint.id}', self.url_open(f'{self.url}/complaint').url)

    def test_complaint_goes_to_the_team_meant_for_it(self):
        quality = self.Team.create({'name': "Web Quality"})
        self.team.complaint_team_id = quality
        self._login(self.customer)
        self._complain()
        self.assertEqual(self._find_complaint().team_id, quality)

    def test_form_of_the_team_takes_complaints_too(self):
        quality = self.Team.create({'name': "Web Quality"})
        self.team.complaint_team_id = quality
        self.team.website_ask_type = 'optional'
        self._login(self.customer)
        response = self._post_form(self._get_filled_values(type=str(self.type_complaint.id)))
        self.assertEqual(response.status_code, 200)
        ticket = self._find_tickets()
        self.assertEqual((ticket.ticket_kind, ticket.team_id), ('complaint', quality))

    def test_form_sent_twice_makes_one_complaint(self):
        self._login(self.customer)
        values = self._get_values()
        for _index in range(2):
            self.assertEqual(self._complain(values=values).status_code, 200)
        self.assertEqual(len(self._find_complaint()), 1)

    @mute_logger('odoo.http')
    def test_others_cannot_complain(self):
        own = self._create_ticket(user=self.stranger)
        self._login(self.stranger)
        values = self._get_values(f'/my/ticket/{own.id}/complaint')
        self._get_page(f'{self.url}/complaint', 404)
        self.assertEqual(self._complain(values=values).status_code, 404)
        self.assertFalse(self._find_complaint())
        # Nor an agent, who may read the ticket
        self._login(self.agent)
        self._get_page(f'{self.url}/complaint', 404)
        self.assertNotIn('/complaint', self.url_open(self.url).text)
        self._login()
        self._get_page(f'{self.url}/complaint', 404)

    @mute_logger('odoo.http')
    def test_token_is_needed_and_empty_text_is_refused(self):
        self._login(self.customer)
        values = self._get_values()
        without_csrf = {name: value for name, value in values.items() if name != 'csrf_token'}
        self.assertEqual(self._complain(values=without_csrf).status_code, 400)
        response = self._complain("  ")
        self.assertEqual(response.status_code, 422)
        self.assertIn("what went wrong", response.text)
        self._set_limits(email=1)
        self._complain()
        other = self._create_ticket(user_id=self.agent.id)
        response = self._complain("My text", ticket=other)
        self.assertEqual(response.status_code, 429)
        self.assertIn("My text", response.text)

    @mute_logger('odoo.http')
    def test_visitor_complains_by_the_link_of_the_mail(self):
        token = self.ticket._portal_ensure_token()
        url = f'{self.url}/complaint?access_token={token}'
        response = self._complain(values=self._get_values(url))
        self.assertIn("take it seriously", response.text)
        self.assertEqual(self._find_complaint().partner_id, self.customer.partner_id)
        self._get_page(f'{self.url}/complaint?access_token=wrong', 404)

    @mute_logger('odoo.http')
    def test_no_complaints_about_complaints_nor_without_a_type(self):
        self._login(self.customer)
        self._complain()
        complaint = self._find_complaint()
        self._get_page(f'/my/ticket/{complaint.id}/complaint', 404)
        other = self._create_ticket(user_id=self.agent.id)
        self.type_complaint.active = False
        self._get_page(f'/my/ticket/{other.id}/complaint', 404)
        self.assertNotIn("Complain about this", self.url_open(f'/my/ticket/{other.id}').text)

    def test_customer_reads_the_answer_once_it_is_closed(self):
        complaint = self._create_ticket(
            type_id=self.type_complaint.id, complaint_ticket_id=self.ticket.id
        )
        complaint.write(
            {
                'complaint_finding': 'partly',
                'complaint_measure': "SECRET MEASURE",
                'complaint_found': "<p>SECRET FINDING</p>",
                'complaint_answer': "We are sorry",
                'complaint_compensation': "One month",
            }
        )
        self._login(self.customer)
        url = f'/my/ticket/{complaint.id}'
        self.assertNotIn("We are sorry", self.url_open(url).text)
        complaint.stage_id = self.stage_done
        text = self.url_open(url).text
        self.assertIn("In part you were right", text)
        self.assertIn("We are sorry", text)
        self.assertIn("One month", text)
        self.assertNotIn("SECRET", text)

    def test_customer_withdraws_it(self):
        complaint = self._create_ticket(
            type_id=self.type_complaint.id, complaint_ticket_id=self.ticket.id
        )
        self._login(self.customer)
        url = f'/my/ticket/{complaint.id}'
        page = html.fromstring(self.url_open(url).text)
        buttons = page.xpath("//section[contains(@class, 'o_ticket_close')]//button")
        self.assertEqual([b.text_content().strip() for b in buttons], ["Withdraw the complaint"])
        self._post_page_form(url, f'{url}/close', {'stage_id': self.stage_done.id})
        self.assertFalse(complaint.closed)
        self._post_page_form(url, f'{url}/close', {'stage_id': self.stage_cancelled.id})
        self.assertTrue(complaint.closed and complaint.complaint_is_withdrawn)

    @mute_logger('odoo.http')
    def test_agent_concerned_sees_nothing_over_http(self):
        complaint = self._create_ticket(
            name="SECRET COMPLAINT",
            type_id=self.type_complaint.id,
            complaint_agent_ids=[Command.set(self.agent.ids)],
        )
        complaint.message_post(body="SECRET MESSAGE", subtype_xmlid='mail.mt_comment')
        attachment = self.env['ir.attachment'].create(
            {
                'name': 'a.txt',
                'raw': b'SECRET',
                'res_model': complaint._name,
                'res_id': complaint.id,
            }
        )
        for user, is_seen in ((self.agent, False), (self.officer, True)):
            self._login(user)
            texts = [
                self.url_open(f'/my/ticket/{complaint.id}').text,
                self._call('/web/dataset/call_kw/helpdesk.ticket/web_read', complaint),
                self._call('/web/dataset/call_kw/helpdesk.ticket/web_search_read', complaint),
                self._fetch_messages(complaint),
                self.url_open(f'/web/content/{attachment.id}').text,
            ]
            for text in texts:
                self.assertEqual("SECRET" in text, is_seen, f'{user.name}: {text[:300]}')

    def _call(self, url, complaint):
        specification = {'name': {}}
        kwargs = {'specification': specification}
        args = [complaint.ids]
        if url.endswith('search_read'):
            args = []
            kwargs['domain'] = [['id', '=', complaint.id]]
        model, method = url.split('/')[-2:]
        params = {'model': model, 'method': method, 'args': args, 'kwargs': kwargs}
        return self._post_json(url, params)

    def _fetch_messages(self, complaint):
        return self._post_json(
            '/mail/thread/messages',
            {'thread_model': complaint._name, 'thread_id': complaint.id},
        )

    def _post_json(self, url, params):
        return self.url_open(
            url,
            data=json.dumps({'params': params}),
            headers={'Content-Type': 'application/json'},
        ).text

    @mute_logger('odoo.http')
    def test_customers_read_no_internal_fields(self):
        complaint = self._create_ticket(
            type_id=self.type_complaint.id,
            complaint_ticket_id=self.ticket.id,
            complaint_measure="SECRET",
        )
        self._login(self.customer)
        for name in ('complaint_measure', 'complaint_agent_ids', 'complaint_found'):
            text = self._post_json(
                '/web/dataset/call_kw/helpdesk.ticket/read',
                {
                    'model': 'helpdesk.ticket',
                    'method': 'read',
                    'args': [complaint.ids, [name]],
                    'kwargs': {},
                },
            )
            self.assertTrue(re.search('error', text), name)
            self.assertNotIn("SECRET", text)
