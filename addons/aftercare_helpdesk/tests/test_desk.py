from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged, users

from .common import HelpdeskCommon


@tagged('post_install', '-at_install')
class TestDesk(HelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Desk = cls.env['helpdesk.desk']

    def _get_counters(self, user=None):
        data = self.Desk.with_user(user or self.user_a).get_data(self.team.id)
        return {counter['key']: counter['value'] for counter in data['counters']}

    def test_counters(self):
        before = self._get_counters()
        self.assertEqual(before['open'], 0)
        answered = self._create_ticket(priority='3')
        self._post(answered, self.user_a.partner_id)
        self._create_ticket(user_id=self.user_b.id)
        self._create_ticket().action_unassign()
        self._create_ticket().stage_id = self.stage_done
        self.env.flush_all()
        counters = self._get_counters()
        self.assertEqual(counters['open'], 3)
        self.assertEqual(counters['unassigned'], 1)
        self.assertEqual(counters['needs_answer'], 2)
        self.assertEqual(counters['urgent'], 1)
        self.assertEqual(counters['closed_today'], 1)

    def test_tiles_lead_to_the_tickets_they_count(self):
        self._create_ticket(priority='2')
        self._create_ticket().action_unassign()
        self._create_ticket().stage_id = self.stage_done
        self.env.flush_all()
        data = self.Desk.with_user(self.user_a).get_data(self.team.id)
        for counter in data['counters']:
            if 'domain' in counter:
                found = self.Ticket.with_user(self.user_a).search_count(counter['domain'])
                self.assertEqual(found, counter['value'], counter['key'])

    def test_agents_with_their_load(self):
        self.agent_a.max_open_tickets = 5
        self.agent_b.presence = 'busy'
        self._create_ticket(user_id=self.user_a.id, priority='2')
        closed = self._create_ticket(user_id=self.user_a.id)
        closed.stage_id = self.stage_done
        token = closed._rating_get_access_token()
        closed.rating_apply(5, token=token)
        self.env.flush_all()
        rows = {row['id']: row for row in self.Desk.get_data(self.team.id)['agents']}
        self.assertEqual(set(rows), {self.agent_a.id, self.agent_b.id, self.agent_c.id})
        row = rows[self.agent_a.id]
        self.assertEqual(
            (row['open'], row['needs_answer'], row['urgent'], row['capacity']), (1, 1, 1, 5)
        )
        self.assertEqual((row['closed_today'], row['rating']), (1, 'top'))
        self.assertEqual(rows[self.agent_b.id]['presence'], 'busy')

    def test_teams_with_their_load(self):
        self._create_ticket()
        self.env.flush_all()
        rows = {row['id']: row for row in self.Desk.get_data()['teams']}
        self.assertEqual(rows[self.team.id]['open'], 1)

    def test_newest_and_longest_waiting(self):
        old, new = self._create_ticket(), self._create_ticket()
        self._backdate(old, datetime(2026, 3, 2, 9))
        self._post(new, self.user_a.partner_id)
        self.env.flush_all()
        data = self.Desk.get_data(self.team.id)
        self.assertEqual([row['id'] for row in data['arrivals']], [new.id, old.id])
        self.assertEqual([row['id'] for row in data['waiting']], [old.id])
        self.assertEqual(data['waiting'][0]['waiting_since'], '2026-03-02 09:00:00')
        self.assertEqual(data['waiting'][0]['partner'], "Carla")

    @freeze_time('2026-03-02 20:00:00')
    def test_days_are_those_of_the_user(self):
        self.user_a.tz = 'Asia/Shanghai'
        ticket = self._create_ticket()
        self._backdate(ticket, datetime(2026, 3, 2, 15, 59))
        other = self._create_ticket()
        self._backdate(other, datetime(2026, 3, 2, 16, 1))
        other.stage_id = self.stage_done
        self.env.flush_all()
        days = {
            day['date']: (day['created'], day['closed'])
            for day in self.Desk.with_user(self.user_a).get_data(self.team.id)['days']
        }
        self.assertEqual(len(days), 14)
        self.assertEqual(days['2026-03-02'], (1, 0))
        self.assertEqual(days['2026-03-03'], (1, 1))

    def test_number_of_queries_is_constant(self):
        desk = self.Desk.with_user(self.user_a)

        def add(number):
            agent = self._create_agent(f'more_{number}')
            team = self._create_team(f"More {number}", agent.user_id)
            self.Ticket.create([self._prepare_ticket(team_id=team.id) for _number in range(10)])

        for number in range(3):
            add(number)
        few = self._count_queries(desk.get_data)
        for number in range(3, 9):
            add(number)
        self.assertEqual(self._count_queries(desk.get_data), few)
        # Three of them are the user, his partner and his company; addons may add counters.
        self.assertLessEqual(few, 18)

    def test_empty_desk(self):
        team = self._create_team("Empty", self.user_a)
        self.assertTrue(self.Desk.get_data(team.id)['is_empty'])
        self._create_ticket(team_id=team.id)
        self.assertFalse(self.Desk.get_data(team.id)['is_empty'])

    @users('helpdesk_ada')
    def test_desk_shows_what_the_user_may_see(self):
        agent = self._create_agent('zoe')
        hidden = self._create_team("Hidden", agent.user_id, visibility='invited')
        ticket = self._create_ticket(team_id=hidden.id)
        self.env.flush_all()
        data = self.env['helpdesk.desk'].get_data(hidden.id)
        self.assertEqual(sum(row['open'] for row in data['agents']), 0)
        self.assertNotIn(ticket.id, [row['id'] for row in data['arrivals']])
        data = self.env['helpdesk.desk'].with_user(agent.user_id).get_data(hidden.id)
        self.assertIn(ticket.id, [row['id'] for row in data['arrivals']])

    def test_customers_have_no_desk(self):
        portal = new_test_user(self.env, login='helpdesk_portal', groups='base.group_portal')
        with self.assertRaises(AccessError):
            self.Desk.with_user(portal).get_data()
