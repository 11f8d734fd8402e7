from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PNG, HelpdeskWebsiteCase


@tagged('post_install', '-at_install')
class TestPortalTicket(HelpdeskWebsiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(user_id=cls.agent.id, stage_id=cls.stage_progress.id)
        cls.url = f'/my/ticket/{cls.ticket.id}'

    def _act(self, action, data=None, url=None):
        return self._post_page_form(url or self.url, f'{self.url}/{action}', data)

    def _close(self, stage=None):
        return self._act('close', {'stage_id': (stage or self.stage_done).id})

    # === PAGE === #

    def test_page_shows_the_way_the_agent_and_the_promise(self):
        self._login(self.customer)
        page = self._get_page(self.url)
        steps = page.xpath("//ol[contains(@class, 'o_ticket_steps')]/li")
        names = [step.xpath("string(.//*[@class='o_ticket_step_name'])") for step in steps]
        self.assertEqual(names, ["Web New", "Web Progress", "Web Done"])
        self.assertEqual([step.get('aria-current') for step in steps], [None, 'step', None])
        self.assertIn("Mei Chen", page.text_content())
        self.assertNotIn(self.agent.email, page.text_content())
        self.assertTrue(page.xpath("//div[@id='discussion']"))
        Ticket = self.env.registry['helpdesk.ticket']
        soon = fields.Datetime.now() + timedelta(hours=2)
        self.patch(Ticket, '_get_website_expected_answer', lambda self: soon)
        self.assertIn("We will do the next step by", self.url_open(self.url).text)
        late = soon - timedelta(days=1)
        self.patch(Ticket, '_get_website_expected_answer', lambda self: late)
        self.assertIn("We are late", self.url_open(self.url).text)

    def test_waiting_and_cancelled_are_steps_only_when_it_comes_to_that(self):
        self.ticket.stage_id = self.stage_waiting
        self.assertIn(self.stage_waiting, self.ticket._get_website_stages())
        self.ticket.stage_id = self.stage_cancelled
        stages = self.ticket._get_website_stages()
        self.assertEqual(stages[-1], self.stage_cancelled)
        self.assertNotIn(self.stage_done, stages)

    def test_page_shows_the_customers_files_and_no_internal_ones(self):
        Attachment = self.env['ir.attachment']
        values = {'raw': PNG, 'res_model': 'helpdesk.ticket', 'res_id': self.ticket.id}
        Attachment.with_user(self.customer).sudo().create({**values, 'name': 'mine.png'})
        Attachment.with_user(self.agent).sudo().create({**values, 'name': 'pile.png'})
        note = Attachment.with_user(self.customer).sudo().create({**values, 'name': 'note.png'})
        self.ticket.message_post(
            body="internal", subtype_xmlid='mail.mt_note', attachment_ids=note.ids
        )
        self._login(self.customer)
        page = self._get_page(self.url)
        links = page.xpath("//ul[contains(@class, 'o_ticket_attachments')]//a")
        self.assertEqual([link.text_content().strip() for link in links], ['mine.png'])
        self.assertEqual(self.url_open(links[0].get('href')).content, PNG)

    def test_guest_with_the_link(self):
        self.customer.partner_id.phone = '+34 600 111 222'
        self._login()
        url = self.ticket.get_portal_url()
        token = {'access_token': self.ticket.access_token}
        text = self.url_open(url).text
        self.assertIn(self.ticket.name, text)
        self.assertNotIn('600 111 222', text)
        self.assertNotIn(self.customer.email, text)
        response = self._act('close', {'stage_id': self.stage_done.id, **token}, url)
        self.assertEqual(self.ticket.stage_id, self.stage_done)
        self.assertIn("The ticket is closed", response.text)
        self._act('rate', {'rate': '3', **token}, url)
        rating = self._get_ratings()
        self.assertEqual((rating.rating, rating.partner_id), (3, self.customer.partner_id))
        self._act('reopen', {'reason': "Again", **token}, url)
        self.assertEqual(self.ticket.stage_id, self.stage_progress)

    # === CLOSE AND REOPEN === #

    def _find_message(self, text):
        return self.ticket.message_ids.filtered(lambda message: text in (message.body or ''))

    def test_customer_closes_and_reopens(self):
        self._login(self.customer)
        for stage_id in (self.stage_rejected.id, self.stage_waiting.id, 99999999, 'x', ''):
            response = self._act('close', {'stage_id': stage_id})
            self.assertEqual(self.ticket.stage_id, self.stage_progress)
            self.assertIn("not possible any more", response.text)
        self._act('reopen', {'reason': "Again"})
        self.assertEqual(self.ticket.stage_id, self.stage_progress)

        response = self._close()
        self.assertEqual(self.ticket.stage_id, self.stage_done)
        self.assertIn("The ticket is closed", response.text)
        note = self._find_message("Closed by the customer")
        self.assertEqual(note.author_id, self.customer.partner_id)

        response = self._act('reopen', {'reason': " \n "})
        self.assertIn("what is still wrong", response.text)
        self.assertEqual(self.ticket.stage_id, self.stage_done)

        response = self._act('reopen', {'reason': "Still <b>silent</b>"})
        self.assertIn("open again", response.text)
        self.assertEqual(self.ticket.stage_id, self.stage_progress)
        message = self._find_message("Still")
        self.assertEqual(message.author_id, self.customer.partner_id)
        self.assertIn("&lt;b&gt;", message.body)

        self._close(self.stage_cancelled)
        self.assertEqual(self.ticket.stage_id, self.stage_cancelled)
        self.assertNotIn("How was our help", self.url_open(self.url).text)

    def test_reopening_ends_with_the_teams_days(self):
        self._login(self.customer)
        self._close()
        self.ticket.closed_date = fields.Datetime.now() - timedelta(days=15)
        self.assertNotIn("Not solved after all", self.url_open(self.url).text)
        self._act('reopen', {'reason': "Again"})
        self.assertEqual(self.ticket.stage_id, self.stage_done)
        self.team.reopen_days = 16
        self.assertIn("Not solved after all", self.url_open(self.url).text)
        self.team.reopen_days = 0
        self._act('reopen', {'reason': "Again"})
        self.assertEqual(self.ticket.stage_id, self.stage_done)

    @mute_logger('odoo.http')
    def test_closing_needs_a_post_with_csrf_token(self):
        self._login(self.customer)
        for action in ('close', 'reopen', 'rate'):
            data = {'stage_id': self.stage_done.id, 'rate': 5}
            self.url_open(f'{self.url}/{action}?stage_id={self.stage_done.id}&rate=5')
            response = self.url_open(f'{self.url}/{action}', data=data)
            self.assertEqual(response.status_code, 400)
        self.assertEqual(self.ticket.stage_id, self.stage_progress)

    # === RATE === #

    def _get_ratings(self):
        return self.env['rating.rating'].search(
            [('res_model', '=', 'helpdesk.ticket'), ('res_id', '=', self.ticket.id)]
        )

    def test_customer_rates_and_changes_the_rating(self):
        self._login(self.customer)
        self._act('rate', {'rate': '5'})
        self.ticket.stage_id = self.stage_done
        for rate in ('0', '2', '6', 'x', '-1', ''):
            self._act('rate', {'rate': rate})
        self.assertFalse(self._get_ratings().filtered('consumed'))
        self.assertIn("How was our help", self.url_open(self.url).text)
        self._act('rate', {'rate': '5', 'feedback': "Quick <script>"})
        rating = self._get_ratings()
        self.assertEqual((rating.rating, rating.feedback), (5, "Quick <script>"))
        self.assertEqual(rating.rated_partner_id, self.agent.partner_id)
        self.assertEqual(rating.partner_id, self.customer.partner_id)
        self.assertTrue(rating.consumed)
        page = self.url_open(self.url).text
        self.assertIn("you may change your mind", page)
        self.assertNotIn("Quick <script>", page)
        self._act('rate', {'rate': '1', 'feedback': "It broke again"})
        rating = self._get_ratings()
        self.assertEqual((rating.rating, rating.feedback), (1, "It broke again"))

    def test_mailed_rating_and_page_are_one(self):
        self.ticket.stage_id = self.stage_done
        token = self.ticket._rating_get_access_token()
        self._login()
        self.assertIn('submit_feedback', self.url_open(f'/rate/{token}/5').text)
        self._post_page_form(
            f'/rate/{token}/5', f'/rate/{token}/submit_feedback', {'rate': 5, 'feedback': "Fine"}
        )
        self._login(self.customer)
        self.assertIn("you may change your mind", self.url_open(self.url).text)
        self.assertEqual(len(self._get_ratings()), 1)

    def test_agent_does_not_rate_own_work(self):
        self.ticket.stage_id = self.stage_done
        self._login(self.agent)
        self.assertNotIn("How was our help", self.url_open(self.url).text)
        self._act('rate', {'rate': '5'})
        self.assertFalse(self._get_ratings())

    # === REPLY === #

    def _reply(self, body, **post_data):
        return self.make_jsonrpc_request(
            '/mail/message/post',
            {
                'thread_model': 'helpdesk.ticket',
                'thread_id': self.ticket.id,
                'post_data': {
                    'body': body,
                    'message_type': 'comment',
                    'subtype_xmlid': 'mail.mt_comment',
                    **post_data,
                },
            },
        )

    def _upload(self, name, content):
        data = {
            'thread_id': self.ticket.id,
            'thread_model': 'helpdesk.ticket',
            'is_pending': 'true',
        }
        files = {'ufile': (name, content, 'image/png')}
        return self._post_page_form(self.url, '/mail/attachment/upload', data, files=files).json()

    def test_customer_replies_with_a_file_that_obeys_the_forms_rules(self):
        self._login(self.customer)
        for name, content in (('a.exe', b'x'), ('a.png', b'<script>'), ('a.html', b'<html>')):
            self.assertIn('error', self._upload(name, content))
        self.team.website_max_file_size = 1
        self.assertIn("1 MB", self._upload('a.txt', b'x' * 1048577)['error'])
        data = self._upload('screen.png', PNG)['data']
        attachment = self.env['ir.attachment'].browse(data['attachment_id'])
        self._reply(
            "Here it is",
            attachment_ids=attachment.ids,
            attachment_tokens=[attachment._get_ownership_token()],
        )
        message = self._find_message("Here it is")
        self.assertEqual(message.author_id, self.customer.partner_id)
        self.assertEqual(message.attachment_ids.name, 'screen.png')
