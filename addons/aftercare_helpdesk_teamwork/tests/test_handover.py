from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import TeamworkCommon


@tagged('post_install', '-at_install')
class TestHandover(TeamworkCommon):
    """Whatever way a ticket changes hands, it stands in the history."""

    def test_plain_write(self):
        self.ticket.with_user(self.user_a).write({'user_id': self.user_b.id})
        row = self.ticket.handover_ids
        self.assertEqual((row.kind, row.reason), ('change', False))
        self.assertEqual((row.from_user_id, row.to_user_id), (self.user_a, self.user_b))
        self.assertEqual(row.author_id, self.user_a)

    def test_several_tickets_in_one_write(self):
        other = self._create_ticket(user_id=self.user_b.id)
        (self.ticket | other).write({'user_id': self.user_b.id})
        self.assertEqual(len(self.ticket.handover_ids), 1)
        self.assertFalse(other.handover_ids, "it has not moved")

    def test_other_writes_leave_no_row(self):
        self.ticket.write({'priority': '3', 'user_id': self.user_a.id, 'team_id': self.team.id})
        self.ticket.stage_id = self.stage_done
        self.assertFalse(self.ticket.handover_ids)

    def test_give_back(self):
        self.ticket.with_user(self.user_a).action_unassign()
        self.assertEqual(self.ticket.handover_ids.kind, 'release')
        self.assertFalse(self.ticket.handover_ids.to_user_id)

    def test_rule(self):
        self.ticket.user_id = False
        self.team.assignment_method = 'balanced'
        self.ticket.with_user(self.user_b).action_assign_by_rule()
        row = self.ticket.handover_ids[0]
        self.assertEqual(row.kind, 'rule')
        self.assertEqual(row.to_user_id, self.ticket.user_id)
        self.assertTrue(row.to_user_id)

    def test_team_change_with_a_rule_is_one_step(self):
        self.other_team.assignment_method = 'balanced'
        self.ticket.team_id = self.other_team
        self.assertEqual(len(self.ticket.handover_ids), 1)
        self.assertEqual(self.ticket.handover_ids.to_user_id, self.user_d)

    def test_customer_comes_back_and_the_rule_chooses(self):
        self.team.assignment_method = 'balanced'
        self.ticket.stage_id = self.stage_done
        self.user_a.active = False
        self._post(self.ticket.with_user(self.portal).sudo(), self.customer)
        self.assertFalse(self.ticket.closed)
        self.assertTrue(self.ticket.user_id)
        self.assertEqual(self.ticket.handover_ids[0].to_user_id, self.ticket.user_id)

    def test_client_cannot_keep_a_change_out_of_the_history(self):
        for value in (True, {'ticket_ids': self.ticket.ids}, [self.ticket.id]):
            ticket = self.ticket.with_user(self.manager).with_context(
                aftercare_helpdesk_handover=value
            )
            ticket.user_id = self.user_b if ticket.user_id != self.user_b else self.user_c
        self.assertEqual(len(self.ticket.handover_ids), 3)

    def test_how_long_each_had_it(self):
        calendar = self.team.resource_calendar_id = self.env['resource.calendar'].create(
            {'name': "Always", 'tz': 'UTC', 'two_weeks_calendar': False, 'flexible_hours': False}
        )
        calendar.attendance_ids = [(5,)] + [
            (0, 0, {'name': str(day), 'dayofweek': str(day), 'hour_from': 0, 'hour_to': 24})
            for day in range(7)
        ]
        start = fields.Datetime.now()
        self._backdate(self.ticket, start)
        with freeze_time(start + timedelta(hours=3)):
            self.ticket.user_id = self.user_b
        with freeze_time(start + timedelta(hours=5)):
            self.ticket.user_id = self.user_c
        rows = self.ticket.handover_ids.sorted('date')
        self.assertEqual([round(hours, 1) for hours in rows.mapped('held_hours')], [3, 2])
        self.assertEqual(self.ticket.held_since, rows[-1].date)

    def test_agents_cannot_rewrite_history(self):
        self.ticket.user_id = self.user_b
        for user in (self.user_b, self.manager):
            row = self.ticket.handover_ids.with_user(user)
            self.assertTrue(row.from_user_id)
            with self.assertRaises(AccessError):
                row.write({'reason': "No"})
            with self.assertRaises(AccessError):
                row.unlink()
            with self.assertRaises(AccessError):
                row.create({'ticket_id': self.ticket.id, 'kind': 'take', 'date': row.date})

    def test_history_is_seen_by_who_sees_the_ticket(self):
        self.ticket.user_id = self.user_b
        Handover = self.env['helpdesk.ticket.handover']
        row = self.ticket.handover_ids
        self.assertIn(row, Handover.with_user(self.user_c).search([]))
        self.assertNotIn(row, Handover.with_user(self.outsider).search([]))
        self.assertFalse(row.with_user(self.outsider).has_access('read'))

    def test_company_switch(self):
        self.ticket.user_id = self.user_b
        company = self.env['res.company'].create({'name': "Elsewhere"})
        self.user_c.company_ids += company
        Handover = self.env['helpdesk.ticket.handover'].with_user(self.user_c)
        elsewhere = Handover.with_context(allowed_company_ids=company.ids)
        here = Handover.with_context(allowed_company_ids=self.company.ids)
        self.assertNotIn(self.ticket.handover_ids, elsewhere.search([]))
        self.assertIn(self.ticket.handover_ids, here.search([]))

    def test_counting_is_one_query(self):
        tickets = self.ticket | self._create_ticket(user_id=self.user_a.id)
        tickets.user_id = self.user_b
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            tickets.mapped('handover_count')
