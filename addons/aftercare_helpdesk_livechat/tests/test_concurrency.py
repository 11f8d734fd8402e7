import threading
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestConcurrency(BaseCase):
    """Two visitors at once for one free place, in two real transactions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.addClassCleanup(cls._clean_up)
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {'no_reset_password': True})
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
    def _clean_up(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
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
        cls.registry.clear_cache()

    @mute_logger('odoo.sql_db', 'odoo.service.model', 'odoo.models.unlink')
    def test_one_free_place_is_given_once(self):
        # The thread that runs the tests may hold the lock that the others need.
        self.patch(Registry, '_lock', threading.RLock())
        self.startPatcher(patch('odoo.service.model.time'))  # tries again at once
        barrier = threading.Barrier(2, timeout=20)
        states, tries, errors = [], [], []

        def attempt(env):
            tries.append(1)
            env = env(user=env.ref('base.public_user').id, su=True)
            channel = env['im_livechat.channel'].browse(self.livechat_id)
            if len(tries) <= 2:
                channel._get_free_agents()
                barrier.wait()
            guest = env['mail.guest'].create({'name': "Racing visitor"})
            channel = channel.with_context(guest=guest.sudo(False))
            info = channel._get_operator_info(lang=None, country_id=False, visitor_ip='127.0.0.1')
            vals = channel._get_livechat_discuss_channel_vals(**info)
            return env['discuss.channel'].create(vals).queue_state

        def run():
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    states.append(retrying(partial(attempt, env), env))
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=run) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        self.assertFalse(errors)
        self.assertEqual(sorted(states, key=bool), [False, 'waiting'])
        self.assertEqual(len(tries), 3, "The second one was tried again.")
