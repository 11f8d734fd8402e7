from odoo import fields
from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.exceptions import AccessError
from odoo.tests import HttpCase

ACTION = 'aftercare_helpdesk_form.helpdesk_ticket_action_team'


class TestTeamLists(HelpdeskCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.user_id = cls.leader
        cls.action = cls.env.ref(ACTION)

    def _save_view(self, user, team=None, shared=False, name="Mine"):
        return self.env['ir.embedded.actions'].with_user(user).create(
            {
                'name': name,
                'parent_action_id': self.action.id,
                'parent_res_model': 'helpdesk.ticket.team',
                'parent_res_id': (team or self.team).id,
                'action_id': self.action.id,
                'user_id': not shared and user.id,
            }
        )  # fmt: skip

    def _get_bar(self, user, team=None):
        # Each user has a request of his own
        self.env.invalidate_all()
        action = (team or self.team).with_user(user).action_view_open_tickets()
        return [view['name'] for view in action['embedded_action_ids']]

    def test_team_opens_with_its_lists(self):
        bar = self._get_bar(self.user_a)
        self.assertEqual(bar, ["Unassigned", "Waiting for Us", "Overdue", "Dashboard", "Analysis"])
        action = self.team.with_user(self.user_a).action_view_open_tickets()
        self.assertEqual(action['domain'], [('team_id', '=', self.team.id)])
        self.assertIn("Care", action['display_name'])

    def test_bar_is_open_until_it_is_closed(self):
        settings = self.env['res.users.settings']._find_or_create_for_user(self.user_a)
        settings = settings.with_user(self.user_a)
        key = f'{self.action.id}+{self.team.id}'
        bar = settings._res_users_settings_format()['embedded_actions_config_ids'][key]
        self.assertTrue(bar['embedded_visibility'])
        self.assertEqual(len(bar['embedded_actions_visibility']), 6)
        settings.set_embedded_actions_setting(
            self.action.id, self.team.id, {'embedded_visibility': False}
        )
        bar = settings.get_embedded_actions_settings()[key]
        self.assertFalse(bar['embedded_visibility'])
        self.assertEqual(len(bar['embedded_actions_visibility']), 6)

    def test_member_keeps_lists_for_himself(self):
        self._save_view(self.user_a)
        self.assertIn("Mine", self._get_bar(self.user_a))
        self.assertNotIn("Mine", self._get_bar(self.user_b))

    def test_only_the_leader_shares_lists(self):
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._save_view(self.user_a, shared=True)
        view = self._save_view(self.leader, shared=True, name="Ours")
        self.assertIn("Ours", self._get_bar(self.user_a))
        with self.assertRaises(AccessError), self.cr.savepoint():
            view.with_user(self.user_a).unlink()
        with self.assertRaises(AccessError), self.cr.savepoint():
            view.with_user(self.user_a).user_id = self.user_a
        view.with_user(self.leader).unlink()

    def test_lists_of_a_hidden_team_are_hidden(self):
        secret = self._create_team("Secret", self.user_b, visibility='invited')
        view = self._save_view(self._manager(), secret, shared=True, name="Fraud cases")
        Views = self.env['ir.embedded.actions']
        self.assertTrue(Views.with_user(self.user_b).search([('id', '=', view.id)]))
        self.assertFalse(Views.with_user(self.user_a).search([('id', '=', view.id)]))
        self.assertIn("Fraud cases", self._get_bar(self.user_b, secret))
        self.assertFalse(self._get_bar(self.user_a, secret))

    def _manager(self):
        return self._create_user('listmanager', 'helpdesk_mgmt.group_helpdesk_manager')

    def test_overdue_are_the_late_ones(self):
        late, early = self._create_ticket(name="Late"), self._create_ticket(name="Early")
        self._backdate(late, '2026-01-01 08:00:00')
        if 'sla_deadline' in late._fields:
            late.flush_recordset()
            for ticket, days in ((late, -1), (early, 1)):
                deadline = fields.Datetime.add(fields.Datetime.now(), days=days)
                self.env.cr.execute(
                    'UPDATE helpdesk_ticket SET sla_deadline = %s WHERE id = %s',
                    [deadline, ticket.id],
                )
        self.env.invalidate_all()
        action = self.team.with_user(self.user_a).action_view_overdue_tickets()
        found = self.Ticket.with_user(self.user_a).search(action['domain'])
        self.assertIn(late, found)
        self.assertNotIn(early, found)

    def test_dashboard_is_the_desk_of_the_team(self):
        action = self.team.with_user(self.user_a).action_view_desk()
        self.assertEqual(action['tag'], 'helpdesk_desk')
        self.assertEqual(action['params'], {'team_id': self.team.id})

    def test_deleted_team_takes_its_lists_with_it(self):
        team = self._create_team("Short", self.user_a)
        view = self._save_view(self.user_a, team)
        team.unlink()
        self.assertFalse(view.exists())

    def test_agent_goes_through_the_lists(self):
        self.user_a.write({'lang': 'en_US', 'password': 'helpdesk_ada'})
        self._create_ticket(name="Tour ticket").action_unassign()
        self.start_tour(
            '/odoo/helpdesk-team-lists', 'aftercare_helpdesk_form_lists', login='helpdesk_ada'
        )
