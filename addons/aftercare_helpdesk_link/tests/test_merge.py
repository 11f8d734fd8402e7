from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged


@tagged('post_install', '-at_install')
class TestMerge(HelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.assignment_method = 'manual'
        cls.target = cls._create_ticket(name="Target", user_id=cls.user_a.id)
        cls.source = cls._create_ticket(
            name="Source",
            user_id=cls.user_b.id,
            partner_id=cls.colleague.id,
            priority='2',
            email_cc="Zoe <zoe@blue.example>",
            tag_ids=[(0, 0, {'name': "Tag"})],
        )

    def _merge(self, tickets, target=None, user=None, **values):
        """Merge by the dialog."""
        user = user or self.user_a
        action = tickets.with_user(user).action_merge()
        form = Form(self.env[action['res_model']].with_user(user).with_context(**action['context']))
        if target:
            form.target_id = target
        for name, value in values.items():
            form[name] = value
        return form.save().action_merge()

    def test_everything_is_carried_over(self):
        attachment = self.env['ir.attachment'].create(
            {
                'name': "log.txt",
                'raw': b'x',
                'res_model': 'helpdesk.ticket',
                'res_id': self.source.id,
            }
        )
        message = self._post(self.source, self.colleague, "The log", attachment_ids=attachment.ids)
        note = self.source.message_post(
            body="Internal", subtype_xmlid='mail.mt_note', message_type='comment'
        )
        self.source.message_subscribe(self.leader.partner_id.ids)
        self._merge(self.source | self.target)
        self.assertEqual((message | note).mapped('res_id'), [self.target.id] * 2)
        self.assertIn(message, self.target.message_ids)
        self.assertEqual(attachment.res_id, self.target.id)
        self.assertIn(self.colleague, self.target.message_partner_ids)
        self.assertIn(self.leader.partner_id, self.target.message_partner_ids)
        self.assertIn('zoe@blue.example', self.target.email_cc)
        self.assertEqual(self.target.tag_ids.mapped('name'), ["Tag"])
        self.assertEqual(self.target.priority, '2')
        quoted = self.target.message_ids.filtered(lambda m: "Source" in (m.body or ''))
        self.assertIn("Nothing happens.", quoted.body, "The description goes along.")

    def test_merged_ticket_is_cancelled_and_points_at_the_target(self):
        self._merge(self.source | self.target)
        self.assertEqual(self.source.duplicate_id, self.target)
        self.assertTrue(self.source.closed)
        self.assertTrue(self.source.is_cancelled)
        self.assertFalse(self.target.closed)

    def test_stage_of_duplicates_is_used_if_there_is_one(self):
        self.company.helpdesk_mgmt_duplicate_ticket_stage_id = self.stage_done
        self.assertEqual(self.source._get_merge_stage(), self.stage_done)

    def test_oldest_open_ticket_is_proposed(self):
        third = self._create_ticket(name="Third")
        self.target.stage_id = self.stage_done
        action = (third | self.source | self.target).with_user(self.user_a).action_merge()
        wizard = Form(
            self.env[action['res_model']].with_user(self.user_a).with_context(**action['context'])
        )
        self.assertEqual(wizard.target_id, self.source)

    def test_one_ticket_into_any_other(self):
        self._merge(self.source, self.target)
        self.assertEqual(self.source.duplicate_id, self.target)
        wizard = self.env['helpdesk.ticket.merge'].with_user(self.user_a)
        with self.assertRaises(UserError):
            wizard.create({'ticket_ids': [(6, 0, self._create_ticket().ids)]}).action_merge()

    def test_answers_arrive_in_the_target(self):
        self._merge(self.source | self.target)
        self._post(self.source, self.colleague, "One more thing")
        self.assertTrue(self.source.closed)
        self.assertIn("One more thing", "".join(self.target.message_ids.mapped('body')))

    def test_mail_arrives_in_the_target(self):
        sent = self._post(self.source, self.user_b.partner_id, "Answer")
        self._merge(self.source | self.target)
        mail = (
            "From: Otto <otto@blue.example>\nTo: care@desk.example\nSubject: Re: Source\n"
            f"Message-Id: <merged-1@blue.example>\nIn-Reply-To: {sent.message_id}\n"
            "Content-Type: text/plain\n\nBy mail"
        )
        self.env['mail.thread'].message_process('helpdesk.ticket', mail)
        self.assertIn("By mail", "".join(self.target.message_ids.mapped('body')))

    def test_customer_is_told_only_if_wanted(self):
        before = self.source.message_ids
        self._merge(self.source | self.target)
        self.assertFalse((self.source.message_ids - before).mapped('notified_partner_ids'))
        other = self._create_ticket(name="Other", user_id=self.user_a.id)
        self._merge(other | self.target, self.target, is_customer_told=True)
        told = other.message_ids.filtered(lambda m: m.subtype_id == self.env.ref('mail.mt_comment'))
        self.assertIn(self.customer, told.notified_partner_ids)
        self.assertIn(self.target.number, told.body)

    def test_closing_event_is_not_raised(self):
        logs = self.env['notification.log'].sudo()
        domain = [('res_model', '=', 'helpdesk.ticket'), ('res_id', '=', self.source.id)]
        before = logs.search_count(domain)
        self._merge(self.source | self.target)
        self.assertEqual(logs.search_count(domain), before)

    def test_target_waits_for_us_if_the_merged_one_did(self):
        self._post(self.target, self.user_a.partner_id, "Answered")
        self.assertEqual(self.target.reply_state, 'customer')
        self._merge(self.source | self.target)
        self.assertEqual(self.target.reply_state, 'us')
        self.assertTrue(self.target.waiting_since)

    def test_different_customers_have_to_be_confirmed(self):
        foreign = self._create_ticket(partner_id=self.stranger.id)
        with self.assertRaises(UserError):
            self._merge(self.target | foreign)
        self.assertFalse(foreign.closed)
        self.assertNotIn(self.stranger, self.target.message_partner_ids)
        self._merge(self.target | foreign, is_confirmed=True)
        self.assertEqual(foreign.duplicate_id, self.target)

    def test_only_tickets_one_may_write_to(self):
        hidden_team = self._create_team("Hidden", self.user_b, visibility='invited')
        hidden = self._create_ticket(team_id=hidden_team.id, user_id=self.user_b.id)
        reader = self._create_user('reader', 'base.group_user')
        for ticket in (self.source, self.target):
            ticket.message_subscribe(reader.partner_id.ids)
        with self.assertRaises(AccessError):
            self.source.with_user(reader)._merge_into(self.target.with_user(reader))
        wizard = self.env['helpdesk.ticket.merge']
        for user, tickets in (
            (self.user_a, hidden | self.target),
            (reader, self.source | self.target),
        ):
            with self.assertRaises(AccessError):
                wizard.with_user(user).create(
                    {'ticket_ids': [(6, 0, tickets.ids)], 'target_id': self.target.id}
                ).action_merge()
        self.assertFalse((hidden | self.source).mapped('duplicate_id'))

    def test_portal_user_cannot_merge(self):
        portal = new_test_user(
            self.env,
            login='helpdesk_merge_portal',
            groups='base.group_portal',
            partner_id=self.customer.id,
        )
        with self.assertRaises(AccessError):
            self.env['helpdesk.ticket.merge'].with_user(portal).create(
                {'ticket_ids': [(6, 0, self.source.ids)], 'target_id': self.target.id}
            )
        with self.assertRaises(AccessError):
            self.source.with_user(portal)._merge_into(self.target.with_user(portal))

    def test_what_was_merged_is_not_merged_again(self):
        third = self._create_ticket(name="Third")
        self._merge(self.source | self.target)
        with self.assertRaises(UserError):
            self._merge(self.source | third, third)
        with self.assertRaises(UserError):
            self._merge(third, self.source)
        with self.assertRaises(ValidationError):
            self.target.duplicate_id = self.source
        self._merge(self.target | third, third)
        self._post(self.source, self.colleague, "Through two")
        self.assertIn("Through two", "".join(third.message_ids.mapped('body')))

    def test_taking_out_again(self):
        self.source.stage_id = self.stage_progress
        own = self._post(self.target, self.customer, "Mine")
        message = self._post(self.source, self.colleague, "Text")
        attachment = self.env['ir.attachment'].create(
            {
                'name': "log.txt",
                'raw': b'x',
                'res_model': 'helpdesk.ticket',
                'res_id': self.source.id,
            }
        )
        self._merge(self.source | self.target)
        self.assertTrue(self.source.is_merged)
        self.source.with_user(self.user_b).action_unmerge()
        self.assertEqual((message.res_id, attachment.res_id), (self.source.id, self.source.id))
        self.assertEqual(own.res_id, self.target.id)
        self.assertFalse(self.source.duplicate_id)
        self.assertFalse(self.source.is_merged)
        self.assertEqual(self.source.stage_id, self.stage_progress)
        with self.assertRaises(UserError):
            self.source.action_unmerge()
        self._merge(self.source | self.target)
        self.assertEqual(message.res_id, self.target.id)

    def test_closed_ticket_keeps_its_stage(self):
        self.source.stage_id = self.stage_done
        self._merge(self.source | self.target)
        self.assertEqual(self.source.stage_id, self.stage_done)
