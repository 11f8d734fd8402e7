from odoo.exceptions import AccessError
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .common import PNG, HelpdeskWebsiteCase


@tagged('post_install', '-at_install')
class TestPortalAccess(HelpdeskWebsiteCase):
    """Every route, asked by one customer with the ids of another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(
            "Secret title", user_id=cls.agent.id, description="<p>Secret text</p>"
        )
        cls.url = f'/my/ticket/{cls.ticket.id}'
        cls.attachment = cls.env['ir.attachment'].create(
            {
                'name': 'secret.png',
                'raw': PNG,
                'res_model': 'helpdesk.ticket',
                'res_id': cls.ticket.id,
            }
        )
        cls.message = cls.ticket.message_post(
            body="Secret message",
            message_type='comment',
            subtype_xmlid='mail.mt_comment',
            attachment_ids=cls.attachment.ids,
        )
        cls.ticket._portal_ensure_token()

    def _assert_unchanged(self):
        self.env.invalidate_all()
        self.assertEqual(self.ticket.stage_id, self.stage_new)
        self.assertFalse(self.ticket.rating_ids.filtered('consumed'))
        self.assertNotIn(self.stranger.partner_id, self.ticket.message_ids.author_id)
        self.assertIn("Secret message", self.message.body)
        self.assertTrue(self.attachment.exists())
        files = self.env['ir.attachment'].search_count(
            [('res_model', '=', 'helpdesk.ticket'), ('res_id', '=', self.ticket.id)]
        )
        self.assertEqual(files, 1)

    def _check_pages(self):
        foreign_token = self._create_ticket(user=self.stranger)._portal_ensure_token()
        for url in (
            self.url,
            f'{self.url}?access_token=x',
            f'{self.url}?access_token={foreign_token}',
            f'{self.url}/{foreign_token}',
            '/my/ticket/0',
        ):
            response = self.url_open(url, allow_redirects=False)
            self.assertEqual(response.status_code, 303, url)
            self.assertNotIn("Secret", response.text)
        self.assertNotIn("Secret", self.url_open('/my/tickets?filterby=all').text)

    def _check_actions(self):
        stage = {'stage_id': self.stage_done.id}
        for url, data in (
            (f'{self.url}/close', stage),
            (f'{self.url}/close', {**stage, 'access_token': 'x'}),
            (f'{self.url}/reopen', {'reason': "Again"}),
            (f'{self.url}/rate', {'rate': '1'}),
            ('/ticket/close', {**stage, 'ticket_id': self.ticket.id}),
        ):
            self._post_page_form('/helpdesk', url, data)
            self._assert_unchanged()
        self.url_open(f'/ticket/close?ticket_id={self.ticket.id}&stage_id={self.stage_done.id}')
        self._assert_unchanged()

    def _check_messages(self):
        thread = {'thread_model': 'helpdesk.ticket', 'thread_id': self.ticket.id}
        intruder = {'body': "Intruder"}
        for route, params in (
            ('/mail/message/post', {**thread, 'post_data': intruder}),
            ('/mail/message/post', {**thread, 'post_data': intruder, 'token': 'x'}),
            ('/mail/message/post', {**thread, 'post_data': intruder, 'hash': 'x', 'pid': 3}),
            ('/mail/thread/messages', thread),
            ('/mail/chatter_fetch', thread),
            ('/mail/chatter_fetch', {**thread, 'token': 'x'}),
            ('/portal/chatter_init', thread),
            (
                '/mail/message/update_content',
                {'message_id': self.message.id, 'update_data': intruder},
            ),
        ):
            try:
                result = str(self.make_jsonrpc_request(route, params))
            except JsonRpcException:
                continue
            self.assertNotIn("Secret", result, route)
            self.assertNotIn('secret.png', result, route)
        self._assert_unchanged()

    def _check_attachments(self):
        number = self.attachment.id
        for url in (
            f'/web/content/{number}',
            f'/web/content/{number}?access_token=x',
            f'/web/image/{number}',
            f'/mail/attachment/pdf_first_page/{number}',
        ):
            self.assertNotEqual(self.url_open(url).content, PNG, url)
        for route in ('/mail/attachment/delete', '/portal/attachment/remove'):
            with self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(route, {'attachment_id': number})
        response = self._post_page_form(
            '/helpdesk',
            '/mail/attachment/upload',
            {'thread_id': self.ticket.id, 'thread_model': 'helpdesk.ticket'},
            files={'ufile': ('a.png', PNG, 'image/png')},
        )
        self.assertEqual(response.status_code, 404)
        self._assert_unchanged()

    @mute_logger('odoo.http')
    def test_another_customer_is_refused_everywhere(self):
        self._login(self.stranger)
        self._check_pages()
        self._check_actions()
        self._check_messages()
        self._check_attachments()

    @mute_logger('odoo.http')
    def test_visitor_is_refused_everywhere(self):
        self._login()
        self._check_pages()
        self._check_actions()
        self._check_messages()
        self._check_attachments()

    def test_customer_and_colleague_reach_the_own_ones(self):
        self._login(self.customer)
        self.assertIn("Secret text", self.url_open(self.url).text)
        result = self.make_jsonrpc_request(
            '/mail/chatter_fetch',
            {'thread_model': 'helpdesk.ticket', 'thread_id': self.ticket.id},
        )
        [message] = result['data']['mail.message']
        self.assertIn("Secret message", str(message['body']))
        token = message['attachment_ids'][0]['raw_access_token']
        url = f'/web/content/{self.attachment.id}?access_token={token}'
        self.assertEqual(self.url_open(url).content, PNG)
        company = self.env['res.partner'].create({'name': "Customer Inc", 'is_company': True})
        (self.customer | self.stranger).partner_id.parent_id = company
        self._login(self.stranger)
        self.assertIn("Secret text", self.url_open(self.url).text)

    def test_customer_reads_neither_keys_nor_attempts(self):
        self.ticket.website_form_key = 'key'
        ticket = self.ticket.with_user(self.customer)
        with self.assertRaises(AccessError):
            ticket.read(['website_form_key'])
        for user in (self.customer, self.agent):
            with self.assertRaises(AccessError):
                self.env['helpdesk.ticket.attempt'].with_user(user).search([])
