from odoo.fields import Command
from odoo.tests import tagged

from .common import LivechatCommon


@tagged('post_install', '-at_install')
class TestRouting(LivechatCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Region = cls.env['service.region']
        cls.north, cls.south = Region.create([{'name': "North"}, {'name': "South"}])
        cls.skill = cls.env['service.skill'].create({'name': "Printers"})
        cls.agent_a.region_ids = cls.north
        cls.agent_b.region_ids = cls.south
        cls.agent_c.region_ids = cls.south

    def test_the_visitor_gets_the_agent_of_his_region(self):
        for _number in range(2):
            chat, _cookie = self._open_chat(region=self.north)
            self.assertEqual(self._agent(chat), self.agent_a)
        self.assertEqual(chat.service_region_id, self.north)
        self.assertEqual(chat.helpdesk_team_id, self.team)
        chat, _cookie = self._open_chat(region=self.south)
        self.assertIn(self._agent(chat), self.agent_b | self.agent_c)

    def test_skills_come_before_the_region(self):
        self.team.livechat_skill_ids = self.skill
        self.agent_c.skill_ids = self.skill
        chat, _cookie = self._open_chat(region=self.north)
        self.assertEqual(self._agent(chat), self.agent_c)

    def test_the_choice_explains_itself(self):
        chat, _cookie = self._open_chat(region=self.north)
        assignment = self.env['service.assignment'].search(
            [('res_model', '=', 'discuss.channel'), ('res_id', '=', chat.id)]
        )
        self.assertEqual(assignment, chat.assignment_id)
        self.assertEqual(assignment.agent_id, self.agent_a)
        self.assertEqual(assignment.region_id, self.north)
        self.assertIn(self.agent_b, assignment.candidate_ids.agent_id)
        action = chat.with_user(self.user_a).action_explain_assignment()
        self.assertEqual(action['res_id'], assignment.id)

    def test_nothing_is_written_before_the_first_word(self):
        before = self.env['service.assignment'].search_count([])
        result = self._get_session(region=self.north, persisted=False)
        [thread] = result['store_data']['discuss.channel']
        self.assertEqual(thread['livechat_operator_id'], self.user_a.partner_id.id)
        self.assertNotIn('livechat_queue', thread)
        self.assertEqual(self.env['service.assignment'].search_count([]), before)

    def test_only_available_agents_with_an_open_browser(self):
        for presence in ('busy', 'away', 'offline'):
            self.agent_a.presence = presence
            chat, _cookie = self._open_chat(region=self.north)
            self.assertNotEqual(self._agent(chat), self.agent_a, presence)
        self.agent_a.presence = 'available'
        self._close_browser(self.user_a)
        chat, _cookie = self._open_chat(region=self.north)
        self.assertNotEqual(self._agent(chat), self.agent_a)

    def test_members_of_the_team_only(self):
        self._only()
        chat, _cookie = self._open_chat()
        self.assertFalse(self._agent(chat))
        self.assertEqual(chat.livechat_operator_id, self.desk)

    def test_capacity_counts_chats(self):
        self.agent_a.max_open_tickets = 1
        self._create_ticket(user_id=self.user_a.id)
        chat, _cookie = self._open_chat(region=self.north)
        self.assertEqual(self._agent(chat), self.agent_a, "Tickets do not keep visitors waiting.")
        other, _cookie = self._open_chat(region=self.north)
        self.assertNotEqual(self._agent(other), self.agent_a)
        self.assertEqual(self.agent_a.open_count, 2, "A chat is work like a ticket.")

    def test_chats_at_once_per_team(self):
        self._only(self.agent_a)
        self.team.livechat_max_sessions = 2
        chats = [self._open_chat()[0] for _number in range(3)]
        self.assertEqual([bool(self._agent(chat)) for chat in chats], [True, True, False])

    def test_an_idle_chat_takes_no_place(self):
        self._only(self.agent_a)
        self.agent_a.max_open_tickets = 1
        chat, _cookie = self._open_chat()
        chat.last_interest_dt = '2020-01-01 00:00:00'
        other, _cookie = self._open_chat()
        self.assertEqual(self._agent(other), self.agent_a)

    def test_the_load_is_balanced(self):
        self.team.assign_region = False
        agents = [self._agent(self._open_chat()[0]) for _number in range(3)]
        self.assertEqual(set(agents), {self.agent_a, self.agent_b, self.agent_c})

    def test_who_served_the_visitor_does_again(self):
        chat, _cookie = self._open_chat(
            region=self.north, previous_operator_id=self.user_c.partner_id.id
        )
        self.assertEqual(self._agent(chat), self.agent_c)
        self.assertIn("before", chat.assignment_id.reason)

    def test_own_agent_of_who_has_signed_in(self):
        partner = self._create_portal('carl')
        partner.agent_id = self.agent_b
        self.authenticate('helpdesk_carl', 'helpdesk_carl')
        result = self._get_session(region=self.north)
        chat = self.env['discuss.channel'].browse(result['channel_id'])
        self.assertEqual(self._agent(chat), self.agent_b)
        self.assertEqual((chat.customer_id, chat.customer_source), (partner, 'account'))

    def test_a_channel_without_team_works_as_in_core(self):
        channel = self.env['im_livechat.channel'].create(
            {'name': "Plain", 'user_ids': [Command.set(self.outsider.user_id.ids)]}
        )
        result = self._get_session(channel_id=channel.id)
        chat = self.env['discuss.channel'].browse(result['channel_id'])
        self.assertEqual(chat.livechat_operator_id, self.outsider.user_id.partner_id)
        self.assertFalse(chat.helpdesk_team_id)

    def test_forwarded_by_a_chatbot(self):
        chat, _cookie = self._open_chat(region=self.north)
        operator = chat.livechat_channel_id._get_operator()
        self.assertIn(operator, self.user_a | self.user_b | self.user_c)
        self._only()
        self.assertFalse(chat.livechat_channel_id._get_operator())

    def test_the_choice_takes_as_many_queries_for_many_agents(self):
        def choose():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.livechat._choose_agent(region=self.north, dry_run=True)
            return self.env.cr.sql_log_count - before

        choose()
        few = choose()
        for number in range(5):
            agent = self._create_agent(f'more{number}')
            self._open_browser(agent.user_id)
            self.team.user_ids += agent.user_id
        choose()
        self.assertLessEqual(choose(), few)

    def _create_portal(self, name):
        return self._create_user(name, 'base.group_portal', password=f'helpdesk_{name}').partner_id
