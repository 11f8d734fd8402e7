from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import RecordCommon


@tagged('post_install', '-at_install')
class TestHelpdeskTicketRecord(RecordCommon):
    def test_entry_of_who_writes_it_now(self):
        record = self._add(
            self.user_a, handling="Unplugged", author_id=self.user_b.id, date='2000-01-01 00:00:00'
        )
        self.assertEqual(record.author_id, self.user_a)
        self.assertGreaterEqual(record.date, self.record.date)

    def test_entry_by_the_dialog(self):
        action = self.ticket.with_user(self.user_a).action_add_record()
        model = self.env[action['res_model']].with_user(self.user_a)
        with Form(model.with_context(**action['context'])) as form:
            form.handling = "Unplugged"
            form.progress = 'work'
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.record_ids[0].handling, "Unplugged")

    def test_last_word_counts(self):
        self.assertEqual(self.ticket.record_progress, 'analysis')
        self._add(self.user_b, progress='solved')
        self._add(self.user_b, handling="Called him")
        self.assertEqual(self.ticket.record_progress, 'solved')
        self.assertEqual(self.ticket.record_customer_status, 'down')
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.record_ids[-1], self.record, "the newest comes first")

    @mute_logger('odoo.sql_db')
    def test_empty_entries_are_refused(self):
        with self.assertRaises(CheckViolation), self.cr.savepoint():
            self._add(self.user_a, handling="   ").flush_recordset()

    def test_entries_are_never_changed(self):
        for user in (self.user_a, self.manager):
            record = self.record.with_user(user)
            self.assertEqual(record.problem, "Smoke")
            with self.assertRaises(AccessError):
                record.write({'problem': "Nothing"})
            with self.assertRaises(AccessError):
                record.unlink()

    def test_who_sees_the_ticket_reads(self):
        Record = self.env['helpdesk.ticket.record']
        self.assertIn(self.record, Record.with_user(self.user_c).search([]))
        self.assertIn(self.record, Record.with_user(self.manager).search([]))
        self.assertNotIn(self.record, Record.with_user(self.own).search([]))
        self.assertFalse(self.record.with_user(self.own).has_access('read'))

    def test_leader_of_a_hidden_team_reads(self):
        self.team.write({'visibility': 'invited', 'user_id': self.leader.id})
        Record = self.env['helpdesk.ticket.record']
        self.assertIn(self.record, Record.with_user(self.leader).search([]))
        outsider = self._create_user('outsider')
        self.assertNotIn(self.record, Record.with_user(outsider).search([]))

    def test_only_who_works_on_the_ticket_writes(self):
        for user in (self.own, self.seller, self.portal):
            with self.assertRaises(AccessError):
                self._add(user, handling="Me too")
        self.ticket.message_subscribe(self.own.partner_id.ids)
        self.assertTrue(self._add(self.own, handling="Me too"), "who was invited")

    def test_latest_is_read_for_all_tickets_at_once(self):
        tickets = self.ticket | self._create_ticket(user_id=self.user_a.id)
        self._add(self.user_a, tickets[1], progress='work')
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            tickets.mapped('record_progress')
