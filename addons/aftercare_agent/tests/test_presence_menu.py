from odoo.tests import HttpCase, tagged

from .common import GROUP_MANAGER, AgentCommon


@tagged('post_install', '-at_install')
class TestPresenceMenu(AgentCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_agent("Ann", 'offline', groups=f'{GROUP_MANAGER},base.group_user')

    def test_agent_switches_presence(self):
        self.start_tour('/odoo', 'aftercare_agent_presence', login=self.ann.user_id.login)
        self.assertEqual(self.ann.presence, 'away')
        self.assertEqual(self.ann.presence_log_ids.mapped('presence_to'), ['away', 'available'])

    def test_who_is_no_agent_has_no_switch(self):
        user = self._create_user('menu_employee', 'base.group_user')
        self.authenticate(user.login, user.login)
        self.assertIsNone(self._get_session_info()['service_agent'])

    def test_session_knows_the_presence(self):
        self.authenticate(self.ann.user_id.login, self.ann.user_id.login)
        self.assertEqual(self._get_session_info()['service_agent']['presence'], 'offline')

    def _get_session_info(self):
        return self.make_jsonrpc_request('/web/session/get_session_info', {})
