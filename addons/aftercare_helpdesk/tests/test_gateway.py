import base64
from datetime import timedelta

from odoo import fields
from odoo.addons.mail.tests.common import MockEmail
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import HelpdeskCommon

MAIL = """From: {sender}
To: {to}
Cc: {cc}
Subject: {subject}
Message-Id: <{msg_id}>
Date: Mon, 2 Mar 2026 10:00:00 +0000
MIME-Version: 1.0
{headers}Content-Type: text/plain; charset=utf-8

{body}
"""
MAIL_WITH_IMAGE = """From: {sender}
To: {to}
Subject: {subject}
Message-Id: <{msg_id}>
MIME-Version: 1.0
Content-Type: multipart/related; boundary="==b=="

--==b==
Content-Type: text/html; charset=utf-8

<p>See:</p><img src="cid:picture-1"/>
--==b==
Content-Type: image/png; name="a.png"
Content-Transfer-Encoding: base64
Content-ID: <picture-1>
Content-Disposition: inline; filename="a.png"

{image}
--==b==--
"""
BOUNCE = """Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@red.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce-1@red.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
In-Reply-To: {reply_to}
References: {reply_to}
Content-Type: multipart/report; report-type=delivery-status; boundary="==b=="

--==b==
Content-Type: text/plain; charset=utf-8

I could not deliver your mail.
--==b==
Content-Type: message/delivery-status

Reporting-MTA: dns; red.example

Final-Recipient: rfc822; carla@blue.example
Action: failed
Status: 5.1.1
--==b==
Content-Type: message/rfc822

Message-Id: {reply_to}
Subject: Re: ticket

Hello
--==b==--
"""
PNG = base64.b64encode(
    base64.b64decode(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    )
).decode()


@tagged('post_install', '-at_install')
class TestGateway(HelpdeskCommon, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env['mail.alias.domain'].create(
            {'name': 'desk.test', 'bounce_alias': 'bounce.t', 'catchall_alias': 'catchall.t'}
        )
        cls.company.alias_domain_id = domain
        cls.team.write({'alias_name': 'care', 'alias_domain_id': domain.id})
        cls.mail_count = 0

    def _receive(self, template=MAIL, reply_to=None, **values):
        """Have the gateway process a mail; return the tickets that were opened by it."""
        type(self).mail_count += 1
        headers = values.pop('headers', '')
        if reply_to:
            headers = (
                f'In-Reply-To: {reply_to.message_id}\nReferences: {reply_to.message_id}\n{headers}'
            )
        values = {
            'sender': '"Carla" <carla@blue.example>',
            'to': 'care@desk.test',
            'cc': '',
            'subject': "Help",
            'msg_id': f'mail-{self.mail_count}@customers.example',
            'body': "It does not work.",
            'headers': headers,
            'image': PNG,
            'reply_to': reply_to.message_id if reply_to else '',
            **values,
        }
        before = self.Ticket.search([], order='id desc', limit=1).id or 0
        with self.mock_mail_gateway(), mute_logger('odoo.addons.mail.models.mail_thread'):
            self.env['mail.thread'].message_process(False, template.format(**values))
        return self.Ticket.search([('id', '>', before)])

    def _answer(self, ticket):
        """Have the agent answer, so that the customer has something to reply to."""
        with self.mock_mail_gateway():
            return self._post(ticket, self.user_a.partner_id, "Please try again.")

    # --- new tickets ---

    def test_known_customer(self):
        ticket = self._receive()
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.partner_email, 'carla@blue.example')
        self.assertEqual(ticket.partner_name, "Carla")
        self.assertIn(self.customer, ticket.message_partner_ids)
        self.assertIn("does not work", ticket.description)
        self.assertTrue(ticket.user_id, "assigned by the rule")

    def test_channel_is_mail_whoever_fetches_it(self):
        self.assertEqual(
            self._receive().channel_id,
            self.env.ref('helpdesk_mgmt.helpdesk_ticket_channel_email'),
        )

    def test_missing_channel_is_no_obstacle(self):
        self.env.ref('helpdesk_mgmt.helpdesk_ticket_channel_email').unlink()
        self.assertFalse(self._receive().channel_id)

    def test_unknown_sender_becomes_a_customer_who_follows(self):
        ticket = self._receive(sender='"New One" <New.One@Green.example>')
        self.assertEqual(ticket.partner_id.email_normalized, 'new.one@green.example')
        self.assertEqual(ticket.partner_id.name, "New One")
        self.assertIn(ticket.partner_id, ticket.message_partner_ids)
        self.assertEqual(
            ticket.message_ids.filtered('message_id')[-1:].author_id, ticket.partner_id
        )
        again = self._receive(sender='new.one@green.EXAMPLE')
        self.assertEqual(again.partner_id, ticket.partner_id)

    def test_robots_are_no_customers(self):
        for sender in (
            'no-reply@shop.example',
            '"Shop" <noreply@shop.example>',
            'do-not-reply@shop.example',
            'bounces+123@shop.example',
        ):
            ticket = self._receive(sender=sender)
            self.assertFalse(ticket.partner_id, sender)
            self.assertEqual(len(ticket), 1)
            self.assertFalse(
                self.env['res.partner'].search([('email_normalized', 'ilike', 'shop.example')])
            )

    def test_no_sender(self):
        ticket = self._receive(sender='')
        self.assertEqual(len(ticket), 1)
        self.assertFalse(ticket.partner_id)
        self.assertFalse(ticket.partner_email)

    def test_no_subject_and_no_text(self):
        ticket = self._receive(subject='', body='')
        self.assertTrue(ticket.name)

    def test_subject_of_ten_thousand_characters(self):
        self.assertLessEqual(len(self._receive(subject="x" * 900).name), 255)

    def test_thirty_recipients_are_kept_but_do_not_follow(self):
        self.env['res.partner'].create(
            [{'name': f'P{i}', 'email': f'p{i}@crowd.example'} for i in range(30)]
        )
        crowd = ', '.join(f'p{i}@crowd.example' for i in range(30))
        ticket = self._receive(cc=crowd)
        self.assertEqual(ticket.message_partner_ids, self.customer | ticket.user_id.partner_id)
        self.assertEqual(ticket.email_cc.count('@crowd.example'), 30)

    def test_a_few_known_recipients_follow(self):
        ticket = self._receive(cc='Otto <otto@blue.example>, unknown@blue.example')
        self.assertIn(self.colleague, ticket.message_partner_ids)
        self.assertIn('unknown@blue.example', ticket.email_cc)
        self.assertFalse(self.env['res.partner'].search([('email', '=', 'unknown@blue.example')]))

    def test_images_of_the_mail_are_shown_in_the_description(self):
        ticket = self._receive(MAIL_WITH_IMAGE)
        self.assertNotIn('cid:', ticket.description)
        self.assertIn('/web/image/', ticket.description)

    def test_same_mail_twice_opens_one_ticket(self):
        self.assertEqual(len(self._receive(msg_id='twice@customers.example')), 1)
        self.assertFalse(self._receive(msg_id='twice@customers.example'))

    def test_loop_of_an_address_is_stopped(self):
        opened = sum(
            len(self._receive(sender='robot@loop.example', subject=f'Alarm {number}'))
            for number in range(25)
        )
        self.assertEqual(opened, 20)

    def test_mail_from_our_own_address_opens_nothing(self):
        self.assertFalse(self._receive(sender='care@desk.test'))

    def test_automatic_answers_open_nothing(self):
        for header in (
            'Auto-Submitted: auto-replied\n',
            'Auto-Submitted: auto-replied (vacation)\n',
            'X-Autoreply: yes\n',
            'Precedence: auto_reply\n',
            'Return-Path: <>\n',
        ):
            self.assertFalse(self._receive(headers=header), header)

    def test_automatic_alarms_open_tickets(self):
        self.assertEqual(len(self._receive(headers='Auto-Submitted: auto-generated\n')), 1)
        self.assertEqual(len(self._receive(headers='Auto-Submitted: no\n')), 1)

    def test_bounce_opens_and_reopens_nothing(self):
        ticket = self._create_ticket()
        message = self._answer(ticket)
        ticket.stage_id = self.stage_done
        self.assertFalse(self._receive(BOUNCE, reply_to=message, to='care@desk.test'))
        self.assertTrue(ticket.closed)

    # --- answers ---

    def test_answer_is_part_of_the_ticket(self):
        ticket = self._receive()
        message = self._answer(ticket)
        self.assertEqual(ticket.reply_state, 'customer')
        self.assertFalse(self._receive(reply_to=message, body="Still not."))
        self.assertEqual(ticket.reply_state, 'us')
        self.assertIn("Still not", ticket.message_ids[0].body)
        self.assertEqual(ticket.message_ids[0].author_id, self.customer)

    def test_new_carbon_copies_of_an_answer_are_kept(self):
        ticket = self._receive(cc='first@blue.example')
        self._receive(reply_to=self._answer(ticket), cc='second@blue.example')
        self.assertIn('first@blue.example', ticket.email_cc)
        self.assertIn('second@blue.example', ticket.email_cc)

    def test_answer_ends_the_waiting(self):
        ticket = self._receive()
        message = self._answer(ticket)
        ticket.stage_id = self.stage_waiting
        self._receive(reply_to=message)
        self.assertEqual(ticket.stage_id, self.stage_progress)

    def test_answer_to_a_closed_ticket_reopens_it(self):
        ticket = self._receive()
        agent = ticket.user_id
        message = self._answer(ticket)
        ticket.stage_id = self.stage_done
        self.team.reopen_stage_id = self.stage_new
        self.assertFalse(self._receive(reply_to=message))
        self.assertEqual(ticket.stage_id, self.stage_new)
        self.assertEqual(ticket.reply_state, 'us')
        self.assertEqual(ticket.user_id, agent)

    def test_reopened_ticket_of_an_agent_who_left_finds_another(self):
        ticket = self._receive()
        message = self._answer(ticket)
        ticket.stage_id = self.stage_done
        gone = ticket.agent_id
        gone.action_archive()
        gone.user_id.action_archive()
        self._receive(reply_to=message)
        self.assertFalse(ticket.closed)
        self.assertNotEqual(ticket.user_id, gone.user_id)
        self.assertTrue(ticket.user_id)

    def test_answer_to_an_old_ticket_opens_a_follow_up(self):
        ticket = self._receive()
        message = self._answer(ticket)
        ticket.write(
            {
                'stage_id': self.stage_done.id,
                'closed_date': fields.Datetime.now() - timedelta(days=self.team.reopen_days + 1),
            }
        )
        follow_up = self._receive(reply_to=message, subject="Re: Help", body="It is back.")
        self.assertTrue(ticket.closed)
        self.assertEqual(follow_up.origin_id, ticket)
        self.assertEqual(follow_up.team_id, self.team)
        self.assertEqual(follow_up.partner_id, self.customer)
        self.assertIn("It is back", follow_up.description)
        # The next answer in the old thread belongs to the same follow-up.
        self.assertFalse(self._receive(reply_to=message, body="Any news?"))
        self.assertIn("Any news", follow_up.message_ids[0].body)
        self.assertTrue(ticket.closed)
        self.assertEqual(ticket.action_view_follow_ups()['domain'], [('origin_id', '=', ticket.id)])

    def test_never_reopen(self):
        self.team.reopen_days = 0
        ticket = self._receive()
        message = self._answer(ticket)
        ticket.stage_id = self.stage_done
        self.assertEqual(self._receive(reply_to=message).origin_id, ticket)

    def test_answer_to_a_duplicate_goes_to_the_original(self):
        original, duplicate = self._receive(), self._receive()
        message = self._answer(duplicate)
        duplicate.write({'duplicate_id': original.id, 'stage_id': self.stage_cancelled.id})
        self._receive(reply_to=message, body="Hello?")
        self.assertTrue(duplicate.closed)
        self.assertIn("Hello?", original.message_ids[0].body)

    def test_out_of_office_answer_reopens_nothing(self):
        ticket = self._receive()
        message = self._answer(ticket)
        ticket.stage_id = self.stage_done
        state = ticket.reply_state
        self._receive(reply_to=message, headers='Auto-Submitted: auto-replied\n', body="Away")
        self.assertTrue(ticket.closed)
        self.assertEqual(ticket.reply_state, state)
        self.assertIn("Away", ticket.message_ids[0].body, "but can be read")

    def test_out_of_office_answer_is_nobodys_turn(self):
        ticket = self._receive()
        message = self._answer(ticket)
        self._receive(reply_to=message, headers='X-Autorespond: yes\n')
        self.assertEqual(ticket.reply_state, 'customer')

    def test_agent_answers_by_mail(self):
        ticket = self._receive()
        message = self._answer(ticket)
        self._receive(reply_to=message, body="Still not.")
        self._receive(reply_to=message, sender=self.user_b.email, body="I look into it.")
        self.assertEqual(ticket.reply_state, 'customer')

    def test_agent_who_answers_an_old_ticket_by_mail_opens_nothing(self):
        ticket = self._receive()
        message = self._answer(ticket)
        ticket.write({'stage_id': self.stage_done.id, 'closed_date': '2020-01-01 00:00:00'})
        self.assertFalse(self._receive(reply_to=message, sender=self.user_b.email))
        self.assertTrue(ticket.closed)

    # --- answers in the portal ---

    def test_portal_answer_reopens(self):
        ticket = self._create_ticket()
        ticket.stage_id = self.stage_done
        self._post(ticket, self.customer, "Not yet.")
        self.assertFalse(ticket.closed)

    def test_portal_answer_to_an_old_ticket_opens_a_follow_up(self):
        ticket = self._create_ticket()
        ticket.write({'stage_id': self.stage_done.id, 'closed_date': '2020-01-01 00:00:00'})
        attachment = self.env['ir.attachment'].create(
            {'name': 'a.txt', 'raw': b'a', 'res_model': ticket._name, 'res_id': ticket.id}
        )
        self._post(ticket, self.customer, "It is back.", attachment_ids=attachment.ids)
        follow_up = ticket.follow_up_ids
        self.assertTrue(ticket.closed)
        self.assertIn("It is back", follow_up.description)
        self.assertEqual(follow_up.attachment_ids.mapped('name'), ['a.txt'])
        self._post(ticket, self.customer, "Any news?")
        self.assertEqual(ticket.follow_up_ids, follow_up)
        self.assertIn("Any news", follow_up.message_ids[0].body)

    def test_internal_note_is_no_answer(self):
        ticket = self._create_ticket()
        ticket.stage_id = self.stage_done
        ticket.message_post(body="Nice customer", author_id=self.user_a.partner_id.id)
        self.assertTrue(ticket.closed)
        self.assertFalse(ticket.first_response_date)
