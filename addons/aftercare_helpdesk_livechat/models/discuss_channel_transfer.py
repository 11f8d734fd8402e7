from odoo import api, models
from odoo.exceptions import UserError

from .im_livechat_channel import ON_DUTY


class DiscussChannel(models.Model):
    _inherit = 'discuss.channel'

    # === ACTION METHODS === #

    @api.readonly
    def get_transfer_agents(self):
        """Return the colleagues the chat can be given to, those who can take it now first.

        :return: list of dicts: ``id``, ``user_id``, ``name``, ``presence``, ``presence_label``,
            ``is_free``, ``chats``, ``capacity``, ``skills``
        """
        self._check_can_serve()
        # sudo: service.agent - presence and load are no secret among colleagues
        channel = self.sudo().livechat_channel_id
        agents = channel._get_team_agents() if channel else self.env['service.agent'].sudo()
        agents = agents.filtered(lambda agent: agent.user_id != self.env.user)
        free = channel._get_free_agents()
        counts = agents._get_chat_counts() if agents else {}
        labels = dict(agents._fields['presence']._description_selection(self.env))
        rows = [
            {
                'id': agent.id,
                'user_id': agent.user_id.id,
                'name': agent.name,
                'presence': agent.presence,
                'presence_label': labels[agent.presence],
                'is_free': agent in free,
                'chats': counts[agent.id],
                'skills': ', '.join(agent.skill_ids.mapped('name')),
            }
            for agent in agents
            if agent.presence in ON_DUTY
        ]
        return sorted(rows, key=lambda row: (not row['is_free'], row['chats'], row['name']))

    def action_take(self):
        """Serve a visitor who waits oneself, out of turn.

        :raises UserError: if he does not wait any more, or the user is no agent of the team
        """
        self.ensure_one()
        self._check_can_serve()
        chat = self._as_nobody()
        if chat.queue_state != 'waiting' or chat.livechat_end_dt:
            raise UserError(self.env._("This visitor does not wait any more."))
        agent = chat.livechat_channel_id._get_team_agents().filtered(
            lambda agent: agent.user_id == self.env.user
        )
        if not agent:
            raise UserError(self.env._("You are no agent of this team."))
        assignment = self.env['service.assignment']._record_choice(self, agent)
        env = chat._with_visitor_lang().env
        chat._give_to(agent, env._("%(agent)s is here for you.", agent=agent.name), assignment)
        self._refresh_queues(chat.livechat_channel_id)
        return self.action_open_chat()

    def action_transfer(self, agent_id, note=''):
        """Give the chat to a colleague who is available.

        :param int agent_id: the ``service.agent``
        :param str note: what he should know; the visitor does not read it
        :raises UserError: if he is not available, or the chat has ended
        """
        self._check_can_serve()
        chat = self._as_nobody()
        agent = chat.env['service.agent'].browse(agent_id).exists()
        if chat.livechat_end_dt:
            raise UserError(self.env._("This chat has ended."))
        if agent not in chat.livechat_channel_id._get_team_agents():
            raise UserError(self.env._("%(agent)s is no agent of the team.", agent=agent.name))
        if agent.presence != 'available':
            raise UserError(self.env._("%(agent)s is not available now.", agent=agent.name))
        note = (note or '').strip()
        assignment = self.env['service.assignment']._record_choice(self, agent, note or None)
        env = chat._with_visitor_lang().env
        chat._give_to(
            agent,
            env._("%(agent)s goes on with you.", agent=agent.name),
            assignment,
        )
        if note:
            agent.user_id._bus_send_transient_message(
                chat, self.env._("%(name)s says: %(note)s", name=self.env.user.name, note=note)
            )
        self._serve_queues()
        return True
