from unittest.mock import patch

from odoo.addons.aftercare_helpdesk.tests.common import HelpdeskCommon
from odoo.tests import HttpCase, tagged

GUEST_COOKIE = 'dgid'


@tagged('post_install', '-at_install')
class LivechatCommon(HelpdeskCommon, HttpCase):
    """A team with live chat and three agents who sit at their screens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whatever a default region would add to the choice
        cls.env['ir.config_parameter'].set_param('aftercare_region.default_region_id', False)
        # Messages that somebody has left from here by hand
        cls.env['discuss.channel'].search([('visitor_ip', '!=', False)]).visitor_ip = False
        cls.team.use_livechat = True
        cls.livechat = cls.team.livechat_channel_id
        cls.desk = cls.livechat.desk_partner_id
        for user in cls.user_a | cls.user_b | cls.user_c:
            user.password = user.login
            cls._open_browser(user)
        cls.outsider = cls._create_agent('out')
        cls._open_browser(cls.outsider.user_id)

    @classmethod
    def _open_browser(cls, user):
        cls.env['mail.presence']._update_presence(user)

    def _close_browser(self, user):
        user.sudo().presence_ids.status = 'offline'

    def _set_presence(self, agent, presence):
        """Use the switch in the top bar."""
        agent.with_user(agent.user_id).set_own_presence(presence)

    def _only(self, *agents):
        """Let only these agents of the team be there."""
        for agent in (self.agent_a, self.agent_b, self.agent_c):
            agent.presence = 'available' if agent in agents else 'offline'

    # --- what a visitor does ---

    def _forget_visitor(self):
        jar = self.opener.cookies
        for cookie in list(jar):
            if cookie.name == GUEST_COOKIE:
                jar.clear(cookie.domain, cookie.path, cookie.name)

    def _open_chat(self, text="My printer is on fire", region=None, **kwargs):
        """Say the first word of a new visitor, as the widget does.

        :return: tuple of the chat and the guest's cookie
        """
        self._forget_visitor()
        result = self._get_session(region, **kwargs)
        chat = self.env['discuss.channel'].browse(result['channel_id'])
        cookie = self.opener.cookies.get(GUEST_COOKIE)
        if text:
            self._say(chat, text)
        return chat, cookie

    def _get_session(self, region=None, **kwargs):
        params = {'channel_id': self.livechat.id, 'persisted': True, **kwargs}
        if not region:
            return self.make_jsonrpc_request('/im_livechat/get_session', params)
        with patch.object(
            self.registry['service.region'],
            'find_by_ip',
            lambda regions, address: regions.browse(region.id),
        ):
            return self.make_jsonrpc_request('/im_livechat/get_session', params)

    def _say(self, chat, text):
        return self.make_jsonrpc_request(
            '/mail/message/post',
            {
                'thread_model': 'discuss.channel',
                'thread_id': chat.id,
                'post_data': {
                    'body': text,
                    'message_type': 'comment',
                    'subtype_xmlid': 'mail.mt_comment',
                },
            },
        )

    def _be_visitor(self, cookie):
        self._forget_visitor()
        self.opener.cookies.set(GUEST_COOKIE, cookie)

    def _leave_message(self, chat=None, **kwargs):
        return self.make_jsonrpc_request(
            '/im_livechat/leave_message',
            {
                'livechat_channel_id': self.livechat.id,
                'channel_id': chat.id if chat else None,
                'name': "Vera Visitor",
                'email': 'vera@new.example',
                'text': "Please call me.\nIt is urgent.",
                **kwargs,
            },
        )

    def _leave(self, chat):
        return self.make_jsonrpc_request(
            '/im_livechat/visitor_leave_session', {'channel_id': chat.id}
        )

    def _agent(self, chat):
        """Return the agent whose chat it is, empty while nobody's."""
        return self.env['service.agent'].search(
            [('user_id.partner_id', '=', chat.livechat_operator_id.id)]
        )
