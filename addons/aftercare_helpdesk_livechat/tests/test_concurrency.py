from odoo.addons.aftercare_base.tests.common import RaceCase
from odoo.tests import tagged


@tagged('post_install', '-at_install')
class TestConcurrency(RaceCase):
    """Two visitors at once for one free place, in two real transactions."""

    @classmethod
    def _create_records(cls, env):
        user = env['res.users'].create({'name': "Chat Racer", 'login': 'chat_racer'})
        agent = env['service.agent'].create(
            {'user_id': user.id, 'presence': 'available', 'max_open_tickets': 1}
        )
        team = env['helpdesk.ticket.team'].create(
            {'name': "Chat Race", 'user_ids': [(6, 0, user.ids)], 'use_livechat': True}
        )
        env['mail.presence']._update_presence(user)
        cls.user_id, cls.agent_id, cls.team_id = user.id, agent.id, team.id
        cls.livechat_id = team.livechat_channel_id.id

    @classmethod
    def _delete_records(cls, env):
        channel = env['im_livechat.channel'].browse(cls.livechat_id)
        desk = channel.desk_partner_id
        chats = channel.channel_ids
        guests = chats.channel_member_ids.guest_id
        chats.unlink()
        guests.unlink()
        env['helpdesk.ticket.team'].browse(cls.team_id).unlink()
        desk.unlink()
        env['service.agent'].browse(cls.agent_id).unlink()
        env['res.users'].browse(cls.user_id).unlink()

    def test_one_free_place_is_given_once(self):
        def open_chat(env):
            env = env(user=env.ref('base.public_user').id, su=True)
            guest = env['mail.guest'].create({'name': "Racing visitor"})
            channel = env['im_livechat.channel'].browse(self.livechat_id)
            channel = channel.with_context(guest=guest.sudo(False))
            info = channel._get_operator_info(lang=None, country_id=False, visitor_ip='127.0.0.1')
            vals = channel._get_livechat_discuss_channel_vals(**info)
            return env['discuss.channel'].create(vals).queue_state

        states, errors, tries = self._race([open_chat, open_chat])
        self.assertFalse(errors)
        self.assertEqual(sorted(states, key=bool), [False, 'waiting'])
        self.assertEqual(tries, 3, "The second one was tried again.")
