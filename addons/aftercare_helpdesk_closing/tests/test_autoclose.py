from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, ClosingCommon

LOGGER = 'odoo.addons.aftercare_helpdesk_closing.models.helpdesk_ticket'


@tagged('post_install', '-at_install')
class TestAutoclose(ClosingCommon):
    def test_silent_ticket_is_warned_of_and_then_closed(self):
        ticket = self._create_idle_ticket(8)
        self._run()
        self.assertFalse(ticket.closed)
        log = self._get_log(ticket)
        self.assertEqual(log.partner_id, self.customer)
        log._process()
        self.assertNotEqual(log.state, 'failed', log.detail)
        self.assertIn(ticket.number, log.subject)
        self.assertIn('2026', log.body)
        self._run(days=1)
        self.assertFalse(ticket.closed)
        self.assertEqual(len(self._get_log(ticket)), 1, "warned once")
        self._run(days=2)
        self.assertTrue(ticket.closed)
        self.assertFalse(ticket.is_cancelled)
        self.assertTrue(
            ticket.message_ids.filtered(lambda message: "Closed by itself" in message.body)
        )

    def test_nobody_is_warned_too_early(self):
        ticket = self._create_idle_ticket(7)
        self._run()
        self.assertFalse(ticket.autoclose_warned_date)

    def test_long_silence_is_warned_of_before_it_ends_the_ticket(self):
        ticket = self._create_idle_ticket(300)
        self._run()
        self.assertFalse(ticket.closed, "the rule may be new: nobody was told yet")
        self._run(days=2)
        self.assertTrue(ticket.closed)

    def test_without_warning_it_closes_at_once(self):
        self.team.autoclose_warning_days = 0
        ticket = self._create_idle_ticket(10)
        young = self._create_idle_ticket(9)
        self._run()
        self.assertTrue(ticket.closed)
        self.assertFalse(young.closed)
        self.assertFalse(self._get_log(ticket))

    def test_team_without_the_rule_closes_nothing(self):
        self.team.autoclose_days = 0
        ticket = self._create_idle_ticket(400)
        self._run()
        self._run(days=20)
        self.assertFalse(ticket.closed)
        self.assertFalse(ticket.autoclose_warned_date)

    def test_messages_begin_the_days_anew_and_notes_do_not(self):
        written, answered, noted = (self._create_idle_ticket(8) for _number in range(3))
        self._run()
        with freeze_time(NOW + timedelta(days=1)):
            self._post(written, self.customer)
            written.stage_id = self.stage_waiting
            self._post(answered, self.user_a.partner_id)
            noted.with_user(self.user_a).message_post(
                body="Rings nobody", subtype_xmlid='mail.mt_note'
            )
        self._run(days=2)
        self.assertFalse(written.closed)
        self.assertFalse(answered.closed)
        self.assertTrue(noted.closed)
        self._run(days=9)
        self.assertEqual(len(self._get_log(answered)), 2, "a new silence is warned of anew")
        self._run(days=11)
        self.assertTrue(answered.closed)

    def test_only_the_stages_the_team_has_chosen(self):
        waiting = self._create_idle_ticket(20)
        progress = self._create_idle_ticket(20)
        progress.stage_id = self.stage_progress
        self._set_idle(progress, 20)
        self._run()
        self.assertTrue(waiting.autoclose_warned_date)
        self.assertFalse(progress.autoclose_warned_date)
        waiting.autoclose_warned_date = False
        self.team.autoclose_from_stage_ids = self.stage_progress
        self._run()
        self.assertFalse(waiting.autoclose_warned_date)
        self.assertTrue(progress.autoclose_warned_date)

    def test_the_team_chooses_the_stage_to_close_in(self):
        self.team.write(
            {'autoclose_warning_days': 0, 'autoclose_stage_id': self.stage_cancelled.id}
        )
        ticket = self._create_idle_ticket(20)
        self._run()
        self.assertEqual(ticket.stage_id, self.stage_cancelled)

    def test_who_has_planned_something_goes_on(self):
        self.team.autoclose_warning_days = 0
        ticket = self._create_idle_ticket(20)
        ticket.activity_schedule('mail.mail_activity_data_todo', user_id=self.user_a.id)
        self._run()
        self.assertFalse(ticket.closed)
        ticket.activity_ids.action_done()
        self._run()
        self.assertTrue(ticket.closed)

    def test_planned_things_are_no_matter_where_the_team_says_so(self):
        self.team.write({'autoclose_warning_days': 0, 'autoclose_skip_activities': False})
        ticket = self._create_idle_ticket(20)
        ticket.activity_schedule('mail.mail_activity_data_todo', user_id=self.user_a.id)
        self._run()
        self.assertTrue(ticket.closed)

    def test_whose_closing_is_held_is_asked_once_for_each_silence(self):
        self.team.autoclose_warning_days = 0
        ticket = self._create_idle_ticket(20)
        asked = []
        Ticket = self.env.registry['helpdesk.ticket']
        write = Ticket.write

        def hold(tickets, vals):
            if vals.get('stage_id') in self.closing_stages.ids:
                asked.append(tickets)
                return True
            return write(tickets, vals)

        with patch.object(Ticket, 'write', hold):
            self._run()
            self._run(days=1)
            self._run(days=2)
            self.assertEqual(asked, [ticket])
            self.assertFalse(ticket.autoclose_date)
            with freeze_time(NOW + timedelta(days=3)):
                self._post(ticket, self.user_a.partner_id)
            self._run(days=13)
        self.assertEqual(asked, [ticket, ticket])

    def test_one_bad_ticket_holds_up_no_other(self):
        self.team.autoclose_warning_days = 0
        bad, good = self._create_idle_ticket(20), self._create_idle_ticket(20)
        Ticket = self.env.registry['helpdesk.ticket']
        on_close = Ticket._on_close

        def fail(tickets, stamps):
            if bad in tickets:
                raise UserError("There is still a repair going on.")
            return on_close(tickets, stamps)

        with patch.object(Ticket, '_on_close', fail), mute_logger(LOGGER):
            self._run()
            self._run(days=1)
        self.assertTrue(good.closed)
        self.assertFalse(bad.closed)
        notes = bad.message_ids.filtered(lambda message: "repair going on" in message.body)
        self.assertEqual(len(notes), 1, "its agent is told, once")

    def test_batches_are_committed_and_stop_when_time_is_up(self):
        self.team.autoclose_warning_days = 0
        tickets = self.Ticket.union(*(self._create_idle_ticket(20) for _number in range(3)))
        module = 'odoo.addons.aftercare_helpdesk_closing.models.helpdesk_ticket'
        with patch(f'{module}.BATCH_SIZE', 2):
            commit = self._run()
        self.assertEqual(
            [(call.args, call.kwargs) for call in commit.call_args_list],
            [((2,), {'remaining': 1}), ((1,), {'remaining': 0})],
        )
        self.assertTrue(all(tickets.mapped('closed')))

    def test_due_tickets_are_found_by_one_query(self):
        for days in (8, 12, 40):
            self._create_idle_ticket(days)
        self._run()
        self.env.flush_all()
        with freeze_time(NOW + timedelta(days=2)), self.assertQueryCount(1):
            due = self.Ticket._find_autoclose(100)
        self.assertEqual(len(due), 3)
        self.assertTrue(all(due.values()))

    def test_form_tells_when_the_ticket_will_close(self):
        ticket = self._create_idle_ticket(5).with_user(self.user_a)
        with freeze_time(NOW):
            self.assertEqual(ticket.autoclose_date, (NOW + timedelta(days=5)).date())
            late = self._create_idle_ticket(300)
            self.assertEqual(late.autoclose_date, (NOW + timedelta(days=2)).date())
            ticket.stage_id = self.stage_progress
            self.assertFalse(ticket.autoclose_date)

    def test_manager_sets_the_rule_up(self):
        manager = self._create_user('closing_boss', 'helpdesk_mgmt.group_helpdesk_manager')
        with Form(self.team.with_user(manager)) as form:
            form.autoclose_days = 30
            form.autoclose_warning_days = 5
        self.team.autoclose_from_stage_ids = [Command.set(self.stage_waiting.ids)]
        self.assertEqual(self.team.autoclose_days, 30)

    @mute_logger('odoo.sql_db')
    def test_warning_must_lie_within_the_silence(self):
        with self.assertRaises(IntegrityError):
            self.team.autoclose_warning_days = 10
            self.team.flush_recordset()
