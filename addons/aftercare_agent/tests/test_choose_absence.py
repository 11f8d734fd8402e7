from datetime import datetime, timedelta

from odoo.tests import tagged

from .common import MOMENT, NIGHT, AgentCommon


@tagged('post_install', '-at_install')
class TestChooseAbsence(AgentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_agent("Ann", 'offline', region_ids=cls.east)
        cls.bob = cls._create_agent("Bob", 'offline', region_ids=cls.south)
        cls.partner = cls.env['res.partner'].create({'name': "Customer", 'agent_id': cls.ann.id})

    def _state(self, agent, at=MOMENT):
        return self.env['service.assignment.engine']._get_states(agent, at)[agent.id]

    # === WHO WORKS === #

    def test_offline_agent_works_during_the_shift(self):
        self.assertEqual(self._state(self.ann).code, 'shift')
        self.assertTrue(self._state(self.ann).working)

    def test_offline_agent_does_not_work_off_shift(self):
        state = self._state(self.ann, NIGHT)
        self.assertEqual((state.code, state.working), ('off', False))
        self.assertEqual(state.start, datetime(2026, 3, 11, 1, 0))

    def test_available_agent_works_even_off_shift(self):
        self.ann.presence = 'available'
        self.assertEqual(self._state(self.ann, NIGHT).code, 'present')
        self.assertEqual(self._choose(at=NIGHT).agent_id, self.ann)

    def test_busy_and_away_agents_do_not_work(self):
        for presence in ('busy', 'away'):
            self.ann.presence = presence
            self.assertFalse(self._state(self.ann).working)
            self.assertEqual(self._choose().agent_id, self.bob)

    def test_agent_on_leave_does_not_work_though_available(self):
        self.ann.presence = 'available'
        self._create_leave(self.ann, MOMENT - timedelta(hours=1), MOMENT + timedelta(days=1))
        state = self._state(self.ann)
        self.assertEqual((state.code, state.working), ('leave', False))
        self.assertEqual(self._choose().agent_id, self.bob)

    def test_leave_of_another_resource_of_the_user_counts(self):
        employee = self.env['resource.resource'].create(
            {'name': "Ann", 'user_id': self.ann.user_id.id, 'company_id': self.company.id}
        )
        self.env['resource.calendar.leaves'].create(
            {
                'resource_id': employee.id,
                'date_from': MOMENT - timedelta(hours=1),
                'date_to': MOMENT + timedelta(hours=1),
            }
        )
        self.assertEqual(self._state(self.ann).code, 'leave')

    def test_training_is_no_leave(self):
        leave = self._create_leave(self.ann, MOMENT, MOMENT + timedelta(hours=1))
        leave.time_type = 'other'
        self.assertEqual(self._state(self.ann).code, 'shift')

    def test_public_holiday_counts(self):
        self.env['resource.calendar.leaves'].create(
            {
                'name': "Holiday",
                'calendar_id': self.calendar.id,
                'company_id': self.company.id,
                'date_from': MOMENT - timedelta(hours=3),
                'date_to': MOMENT + timedelta(hours=12),
            }
        )
        self.assertEqual(self._state(self.ann).code, 'off')

    def test_changed_shift_counts_at_once(self):
        self.assertEqual(self._state(self.ann).code, 'shift')
        # 10:00 in Shanghai comes before this
        self.calendar.attendance_ids.hour_from = 12
        self.assertEqual(self._state(self.ann).code, 'off')
        self.calendar.tz = 'Asia/Tokyo'
        self.ann.tz = 'Asia/Tokyo'
        self.assertEqual(self._state(self.ann).start, datetime(2026, 3, 10, 3, 0))

    def test_shifts_are_computed_once(self):
        self._state(self.ann)
        self.env.flush_all()
        self.env.invalidate_all()
        # the agents and their leaves
        with self.assertQueryCount(2):
            self._state(self.ann)

    def test_holiday_of_another_company_does_not_count(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.env['resource.calendar.leaves'].with_company(other).create(
            {
                'name': "Holiday elsewhere",
                'calendar_id': False,
                'date_from': MOMENT - timedelta(hours=3),
                'date_to': MOMENT + timedelta(hours=12),
            }
        )
        self.assertEqual(self._state(self.ann).code, 'shift')

    def test_make_up_workday_counts(self):
        saturday = datetime(2026, 2, 14, 2, 0)
        self.assertEqual(self._state(self.ann, saturday).code, 'off')
        self.env['resource.calendar.exception'].create(
            {
                'name': "Make-up",
                'calendar_id': self.calendar.id,
                'date': saturday.date(),
                'dayofweek': '0',
            }
        )
        self.assertEqual(self._state(self.ann, saturday).code, 'shift')

    def test_shift_runs_in_the_time_zone_of_the_agent(self):
        self.ann.tz = 'Europe/Madrid'
        self.assertEqual(self._state(self.ann).start, datetime(2026, 3, 10, 8, 0))

    def test_agent_without_calendar_always_is_on_shift(self):
        self.ann.resource_calendar_id = False
        self.assertEqual(self._state(self.ann, NIGHT).code, 'shift')

    # === WHO IS PREFERRED === #

    def test_available_agent_is_preferred_to_one_on_shift(self):
        self.bob.presence = 'available'
        self._patch_open_counts({self.bob.id: 5})
        self.assertEqual(self._choose().agent_id, self.bob)

    def test_region_counts_more_than_being_available(self):
        self.bob.presence = 'available'
        self.assertEqual(self._choose(region=self.east, use_region=True).agent_id, self.ann)

    def test_who_works_is_preferred_to_who_serves_the_region(self):
        self.bob.presence = 'available'
        assignment = self._choose(region=self.east, use_region=True, at=NIGHT)
        self.assertEqual(assignment.agent_id, self.bob)
        self.assertTrue(assignment.relaxed_region)
        self.assertFalse(assignment.relaxed_presence)

    def test_when_nobody_works_who_starts_soonest_is_taken(self):
        self.bob.tz = 'Europe/Madrid'  # starts seven hours later
        self._patch_open_counts({self.ann.id: 9})
        assignment = self._choose(at=NIGHT)
        self.assertEqual(assignment.agent_id, self.ann)
        self.assertTrue(assignment.relaxed_presence)
        self.assertIn("later", self._candidate(assignment, self.bob).explanation)

    def test_when_nobody_works_the_region_still_counts(self):
        self.bob.tz = 'Europe/Madrid'
        assignment = self._choose(region=self.south, use_region=True, at=NIGHT)
        self.assertEqual(assignment.agent_id, self.bob)
        self.assertFalse(assignment.relaxed_region)

    def test_when_all_who_work_are_full_presence_is_relaxed(self):
        self.ann.write({'presence': 'available', 'max_open_tickets': 1})
        self._patch_open_counts({self.ann.id: 1})
        assignment = self._choose(at=NIGHT)
        self.assertEqual(assignment.agent_id, self.bob)
        self.assertTrue(assignment.relaxed_presence)

    def test_who_is_not_back_within_two_weeks_is_not_taken(self):
        for agent in self.ann | self.bob:
            self._create_leave(agent, MOMENT - timedelta(days=1), MOMENT + timedelta(days=30))
        assignment = self._choose()
        self.assertEqual(assignment.outcome, 'nobody')
        self.assertIn("two weeks", self._candidate(assignment, self.ann).explanation)

    def test_empty_calendar_is_nobody_s_shift(self):
        self.calendar.attendance_ids.unlink()
        self.assertEqual(self._choose().outcome, 'nobody')

    # === DEPUTIES === #

    def test_deputy_stands_in_for_the_absent_agent(self):
        cid = self._create_agent("Cid", 'offline')
        self.ann.deputy_id = self.bob
        self._patch_open_counts({self.bob.id: 9})
        self._create_leave(self.ann, MOMENT - timedelta(hours=1), MOMENT + timedelta(days=1))
        assignment = self._choose(partner=self.partner, use_own_agent=True)
        self.assertEqual(assignment.agent_id, self.bob)
        self.assertEqual(assignment.outcome, 'deputy')
        self.assertIn("Ann", assignment.reason)
        self.assertTrue(self._candidate(assignment, cid))

    def test_deputy_does_not_stand_in_for_who_is_there(self):
        self.ann.deputy_id = self.bob
        assignment = self._choose(partner=self.partner, use_own_agent=True)
        self.assertEqual(assignment.agent_id, self.ann)

    def test_deputy_of_the_deputy_stands_in(self):
        cid = self._create_agent("Cid")
        self._create_agent("Dan")
        self.ann.deputy_id = self.bob
        self.bob.deputy_id = cid
        (self.ann | self.bob).presence = 'away'
        assignment = self._choose(partner=self.partner, use_own_agent=True)
        self.assertEqual(assignment.agent_id, cid)

    def test_deputies_in_a_circle_end(self):
        self._create_agent("Cid")
        self.ann.deputy_id = self.bob
        self.bob.deputy_id = self.ann
        (self.ann | self.bob).presence = 'away'
        assignment = self._choose(partner=self.partner, use_own_agent=True)
        self.assertEqual(assignment.agent_id.name, "Cid")

    def test_deputy_of_an_archived_agent_stands_in(self):
        self.ann.deputy_id = self.bob
        self._create_agent("Cid")
        self.ann.active = False
        assignment = self._choose(partner=self.partner, use_own_agent=True)
        self.assertEqual(assignment.agent_id, self.bob)

    def test_at_night_the_own_agent_keeps_his_customer(self):
        self.ann.deputy_id = self.bob
        self.ann.tz = 'Europe/Madrid'
        assignment = self._choose(partner=self.partner, use_own_agent=True, at=NIGHT)
        self.assertEqual(assignment.agent_id, self.ann)

    def test_at_night_the_deputy_stands_in_for_who_is_on_leave(self):
        self.ann.deputy_id = self.bob
        self._create_agent("Cid", 'offline')
        self._create_leave(self.ann, NIGHT - timedelta(hours=1), NIGHT + timedelta(days=2))
        assignment = self._choose(partner=self.partner, use_own_agent=True, at=NIGHT)
        self.assertEqual(assignment.agent_id, self.bob)
