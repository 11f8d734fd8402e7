from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .common import TeamworkCommon


@tagged('post_install', '-at_install')
class TestReply(TeamworkCommon, HttpCase):
    """Who answers must have seen what he answers to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_a.password = 'helpdesk_ada'

    def setUp(self):
        super().setUp()
        self.seen = self._post(self.ticket, self.customer, "It smokes")

    def _reply(self, seen_id, subtype='mail.mt_comment'):
        return (
            self.ticket.with_user(self.user_a)
            .with_context(helpdesk_seen_message_id=seen_id)
            .message_post(body="Restart it", message_type='comment', subtype_xmlid=subtype)
        )

    def test_answer_to_the_last_message_goes_out(self):
        self.assertTrue(self._reply(self.seen.id))

    def test_answer_on_a_stale_screen_is_refused(self):
        for author in (self.customer, self.user_b.partner_id, self.colleague):
            newer = self._post(self.ticket, author, "Wait!")
            with self.assertRaisesRegex(UserError, author.name):
                self._reply(newer.id - 1)
            self.assertTrue(self._reply(newer.id), "seen meanwhile, or confirmed")

    def test_a_colleagues_note_counts(self):
        note = self.ticket.with_user(self.user_b).message_post(
            body="I called him", message_type='comment', subtype_xmlid='mail.mt_note'
        )
        with self.assertRaises(UserError):
            self._reply(self.seen.id)
        [unseen] = self.ticket.with_user(self.user_a).get_unseen_messages(self.seen.id)
        self.assertEqual((unseen['id'], unseen['is_note']), (note.id, True))

    def test_ones_own_words_and_robots_do_not_count(self):
        self._post(self.ticket, self.user_a.partner_id, "One more thing")
        self.ticket.message_post(body="Stage changed", message_type='notification')
        self.assertTrue(self._reply(self.seen.id))

    def test_notes_are_never_held_back(self):
        self._post(self.ticket, self.customer, "Wait!")
        self.assertTrue(self._reply(self.seen.id, subtype='mail.mt_note'))

    def test_who_has_no_screen_is_not_asked(self):
        self._post(self.ticket, self.customer, "Wait!")
        for seen_id in (None, False, True, 'x'):
            self.assertTrue(self._reply(seen_id))

    def test_what_came_in(self):
        self._post(self.ticket, self.customer, "Wait!")
        [message] = self.ticket.with_user(self.user_a).get_unseen_messages(self.seen.id)
        self.assertEqual(message['author'], self.customer.name)
        self.assertEqual(message['text'], "Wait!")
        self.assertFalse(message['is_note'])

    def test_strangers_learn_nothing(self):
        self._post(self.ticket, self.customer, "Wait!")
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.outsider).get_unseen_messages(0)
        with self.assertRaises(UserError):
            self.ticket.with_user(self.portal).get_unseen_messages(0)

    @mute_logger('odoo.http')
    def test_route_of_the_chatter(self):
        newer = self._post(self.ticket, self.customer, "Wait!")
        self.authenticate('helpdesk_ada', 'helpdesk_ada')

        def post(seen_id):
            return self.make_jsonrpc_request(
                '/mail/message/post',
                {
                    'thread_model': 'helpdesk.ticket',
                    'thread_id': self.ticket.id,
                    'post_data': {
                        'body': "Restart it",
                        'message_type': 'comment',
                        'subtype_xmlid': 'mail.mt_comment',
                    },
                    'context': {'helpdesk_seen_message_id': seen_id},
                },
            )

        with self.assertRaisesRegex(JsonRpcException, 'UserError'):
            post(self.seen.id)
        self.assertTrue(post(newer.id)['message_id'])

    def test_full_composer(self):
        newer = self._post(self.ticket, self.customer, "Wait!")
        action = self.ticket.with_user(self.user_a).action_reply()
        composer = (
            self.env['mail.compose.message']
            .with_user(self.user_a)
            .with_context(**action['context'])
            .create({'body': "Restart it"})
        )
        with self.assertRaises(UserError):
            composer.with_context(helpdesk_seen_message_id=self.seen.id).action_send_mail()
        composer.with_context(helpdesk_seen_message_id=newer.id).action_send_mail()
        self.assertIn("Restart it", self.ticket.message_ids[0].body)
