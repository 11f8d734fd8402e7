from contextlib import ExitStack, contextmanager
from unittest.mock import Mock, patch

from odoo.addons.aftercare_base.tests.common import RaceCase
from odoo.tests import tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestMailAtOnce(RaceCase):
    """A request sends its mails after its commit, while the queue is working."""

    @classmethod
    def _create_records(cls, env):
        cls.mail_ids = (
            env['mail.mail']
            .create(
                [
                    {
                        'subject': f"Mail {number}",
                        'body_html': "<p>Once</p>",
                        'email_from': 'us@example.com',
                        'email_to': f'{number}@example.com',
                        'auto_delete': True,
                    }
                    for number in range(3)
                ]
            )
            .ids
        )

    @classmethod
    def _delete_records(cls, env):
        env['mail.mail'].browse(cls.mail_ids).exists().unlink()

    @contextmanager
    def _mail_server(self, before_first=None):
        """Take what is sent.

        :param before_first: called once, while the first mail is on its way
        """
        sent, waiting = [], [before_first] if before_first else []

        def send_email(server, message, **options):
            if waiting:
                waiting.pop()()
            sent.append(message['To'])
            return message['Message-Id']

        server = self.registry['ir.mail_server']
        with ExitStack() as stack:
            stack.enter_context(patch.object(server, '_disable_send', Mock(return_value=False)))
            stack.enter_context(patch.object(server, '_connect__', Mock()))
            stack.enter_context(patch.object(server, 'send_email', send_email))
            yield sent

    def setUp(self):
        super().setUp()
        self._renew()

    def _renew(self):
        with self._open_env() as env:
            self._delete_records(env)
            self._create_records(env)

    def _send(self, positions, auto_commit=False):
        with self._open_env() as env:
            ids = [self.mail_ids[position] for position in positions]
            env['mail.mail'].browse(ids).send(auto_commit=auto_commit)

    def _assert_each_was_sent_once(self, sent):
        self.assertEqual(sorted(sent), ['0@example.com', '1@example.com', '2@example.com'])

    @mute_logger('odoo.sql_db')
    def test_queue_goes_on_behind_a_mail_that_a_request_has_sent_before_its_turn(self):
        with self._mail_server() as sent, self._open_env() as env:
            queue = env['mail.mail'].browse(self.mail_ids)
            self.assertEqual(set(queue.mapped('state')), {'outgoing'})
            self._send([0])
            queue.send(auto_commit=True)
            self._assert_each_was_sent_once(sent)

    def test_request_sends_some_while_the_queue_is_working(self):
        for position, case in enumerate(('in the hands of the queue', 'behind it', 'the last')):
            with self.subTest(case):
                self._renew()
                with self._mail_server(lambda at=position: self._send([at])) as sent:
                    self._send([0, 1, 2], auto_commit=True)
                self._assert_each_was_sent_once(sent)

    @mute_logger('odoo.sql_db')
    def test_request_sends_the_rest_of_what_the_queue_has_sent(self):
        with self._mail_server() as sent, self._open_env() as env:
            mails = env['mail.mail'].browse(self.mail_ids)
            self.assertEqual(set(mails.mapped('state')), {'outgoing'})
            self._send([1], auto_commit=True)
            mails.send()
            self._assert_each_was_sent_once(sent)
