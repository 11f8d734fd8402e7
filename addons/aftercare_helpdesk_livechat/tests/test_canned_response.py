from odoo.fields import Command
from odoo.tests import tagged

from .common import LivechatCommon


@tagged('post_install', '-at_install')
class TestCannedResponse(LivechatCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reply = cls.env['mail.canned.response'].create(
            {
                'source': 'care_hello',
                'substitution': "Welcome at the care team.",
                'helpdesk_team_ids': [Command.set(cls.team.ids)],
            }
        )

    def _fetch(self, user):
        user.password = user.login
        self.authenticate(user.login, user.login)
        data = self.make_jsonrpc_request('/mail/data', {'fetch_params': ['mail.canned.response']})
        return {row['source']: row for row in data.get('mail.canned.response', [])}

    def test_members_are_offered_the_replies_of_their_team(self):
        rows = self._fetch(self.user_a)
        self.assertEqual(rows['care_hello']['helpdesk_team_ids'], self.team.ids)
        self.assertTrue(self.reply.with_user(self.user_a).has_access('read'))
        self.assertFalse(self.reply.with_user(self.user_a).has_access('write'))

    def test_others_are_not(self):
        self.assertNotIn('care_hello', self._fetch(self.outsider.user_id))
        self.assertFalse(self.reply.with_user(self.outsider.user_id).has_access('read'))

    def test_a_manager_keeps_them(self):
        manager = self._create_user('boss', 'helpdesk_mgmt.group_helpdesk_manager')
        self.reply.with_user(manager).substitution = "Hello!"
        self.assertEqual(self.team.with_user(manager).canned_response_ids, self.reply)
