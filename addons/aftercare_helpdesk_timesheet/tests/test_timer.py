from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, freeze_time

from .common import HelpdeskTimesheetCommon


class TestTimer(HelpdeskTimesheetCommon):
    def _as_agent(self, ticket=None, user=None):
        ticket = (ticket or self.ticket).with_user(user or self.user_a)
        ticket.invalidate_recordset()
        return ticket

    def _open(self, action, user=None):
        """Open the dialog an action leads to."""
        return Form(
            self.env[action['res_model']]
            .with_user(user or self.user_a)
            .with_context(**action['context'])
        )

    @freeze_time('2026-03-02 10:00:00')
    def test_start_and_stop(self):
        self._as_agent().action_timer_start()
        self.assertEqual(self._as_agent().timer_start, fields.Datetime.now())
        with freeze_time('2026-03-02 10:29:30'):
            form = self._open(self._as_agent().action_timer_stop())
            self.assertEqual(form.hours, 0.5)
            self.assertFalse(form.is_long)
            form.name = "Restarted the server"
            form.save().action_log()
        line = self.ticket.timesheet_ids
        self.assertEqual(line.name, "Restarted the server")
        self.assertEqual(line.unit_amount, 0.5)
        self.assertEqual(line.employee_id, self.employee_a)
        self.assertEqual(str(line.date), '2026-03-02')
        self.assertFalse(self._as_agent().timer_start)

    @freeze_time('2026-03-02 10:00:00')
    def test_a_description_is_asked_for(self):
        self._as_agent().action_timer_start()
        form = self._open(self._as_agent().action_timer_stop())
        with self.assertRaises(AssertionError):
            form.save()

    @freeze_time('2026-03-02 10:00:00')
    def test_a_forgotten_timer_is_noticed(self):
        self._as_agent().action_timer_start()
        with freeze_time('2026-03-03 09:00:00'):
            form = self._open(self._as_agent().action_timer_stop())
            self.assertTrue(form.is_long)
            form.hours = 0.25
            form.name = "Forgot to stop"
            form.save().action_log()
        self.assertEqual(self.ticket.hours_spent, 0.25)

    def test_thrown_away_is_not_logged(self):
        self._as_agent().action_timer_start()
        form = self._open(self._as_agent().action_timer_stop())
        form.name = "Nothing"
        form.save().action_discard()
        self.assertFalse(self.ticket.timesheet_ids)
        self.assertFalse(self._as_agent().timer_start)

    def test_one_timer_for_each_user(self):
        other = self._create_ticket()
        self._as_agent().action_timer_start()
        self.assertEqual(self._as_agent(other).timer_ticket_id, self.ticket)
        form = self._open(self._as_agent(other).action_timer_start())
        self.assertEqual(form.next_ticket_id, other)
        form.name = "First this"
        form.save().action_log()
        self.assertEqual(self.ticket.timesheet_ids.name, "First this")
        self.assertTrue(self._as_agent(other).timer_start)
        self.assertFalse(self._as_agent().timer_start)
        self.assertEqual(
            self.env['helpdesk.timer'].search_count([('user_id', '=', self.user_a.id)]), 1
        )

    def test_starting_twice_changes_nothing(self):
        self._as_agent().action_timer_start()
        timer = self.ticket.with_user(self.user_a)._get_own_timer()
        timer.date_start -= timedelta(hours=1)
        self._as_agent().action_timer_start()
        self.assertEqual(self._as_agent().timer_start, timer.date_start)

    def test_colleagues_have_timers_of_their_own(self):
        self._as_agent().action_timer_start()
        colleague = self._as_agent(user=self.user_b)
        self.assertFalse(colleague.timer_start)
        with self.assertRaises(UserError):
            colleague.action_timer_stop()
        colleague.action_timer_start()
        self.assertEqual(
            self.env['helpdesk.timer'].search_count([('ticket_id', '=', self.ticket.id)]), 2
        )

    def test_the_dialog_of_another_is_refused(self):
        self._as_agent().action_timer_start()
        form = self._open(self._as_agent().action_timer_stop())
        form.name = "Mine"
        wizard = form.save()
        with self.assertRaises(AccessError):
            wizard.with_user(self.user_b).action_log()
        timer = self.ticket.with_user(self.user_a)._get_own_timer()
        forged = (
            self.env['helpdesk.timer.stop']
            .with_user(self.user_b)
            .create({'timer_id': timer.id, 'name': "Forged", 'hours': 1})
        )
        with self.assertRaises(UserError):
            forged.action_log()
        self.assertTrue(self._as_agent().timer_start)

    def test_timers_are_not_written_directly(self):
        with self.assertRaises(AccessError):
            self.env['helpdesk.timer'].with_user(self.user_a).create({'ticket_id': self.ticket.id})

    def test_no_timer_on_tickets_one_may_not_write(self):
        with self.assertRaises(AccessError):
            self._as_agent(user=self.outsider).action_timer_start()

    def test_no_timer_without_timesheets(self):
        self.team.allow_timesheets = False
        with self.assertRaises(UserError):
            self._as_agent().action_timer_start()

    def test_the_time_may_not_be_nothing(self):
        self._as_agent().action_timer_start()
        form = self._open(self._as_agent().action_timer_stop())
        form.name = "Nothing"
        form.hours = 0
        with self.assertRaises(UserError):
            form.save().action_log()


class TestTimerTour(HelpdeskTimesheetCommon, HttpCase):
    def test_from_start_to_the_logged_time(self):
        self.user_a.write({'lang': 'en_US', 'password': 'helpdesk_ada'})
        self.start_tour(
            f'/odoo/helpdesk.ticket/{self.ticket.id}',
            'aftercare_helpdesk_timesheet_timer',
            login='helpdesk_ada',
        )
        self.assertEqual(self.ticket.timesheet_ids.mapped('name'), ["Talked to Carla"])
