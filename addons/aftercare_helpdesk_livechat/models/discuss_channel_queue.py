import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.mail.tools.discuss import Store
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

# A visitor whose page is closed keeps his place for a moment: pages are reloaded.
ABSENCE = timedelta(minutes=1)
ABSENCE_END = timedelta(minutes=5)


class DiscussChannel(models.Model):
    _inherit = 'discuss.channel'

    queue_state = fields.Selection(
        selection=[
            ('waiting', "Waiting"),
            ('served', "Served"),
            ('left', "Left"),
            ('message', "Left a message"),
        ],
        string="Queue",
        readonly=True,
        help="What became of a visitor for whom nobody was free when he came.",
    )
    queue_date = fields.Datetime(string="Queued", readonly=True)
    served_date = fields.Datetime(string="Served", readonly=True)
    wait_hours = fields.Float(
        string="Waiting Time", compute='_compute_wait_hours', store=True, aggregator='avg'
    )

    _queue_idx = models.Index("(livechat_channel_id, queue_date, id) WHERE queue_state = 'waiting'")
    _open_chat_idx = models.Index(
        "(last_interest_dt) WHERE channel_type = 'livechat' AND livechat_end_dt IS NULL"
    )
    _message_ip_idx = models.Index("(visitor_ip, create_date) WHERE queue_state = 'message'")

    # === COMPUTE METHODS === #

    @api.depends('queue_date', 'served_date', 'livechat_end_dt')
    def _compute_wait_hours(self):
        for chat in self:
            end = chat.served_date or chat.livechat_end_dt
            wait = end - chat.queue_date if chat.queue_date and end else timedelta()
            chat.wait_hours = wait.total_seconds() / 3600

    # === BUSINESS METHODS: PLACE === #

    def _get_queue_info(self):
        """Return what the visitor is told of the queue: his place, and whether anybody is there.

        False when he does not wait.
        """
        self.ensure_one()
        # sudo: discuss.channel - how many wait before him is told to who waits
        chat = self.sudo()
        if chat.queue_state != 'waiting' or chat.livechat_end_dt:
            return False
        before = Domain('queue_date', '<', chat.queue_date) | (
            Domain('queue_date', '=', chat.queue_date) & Domain('id', '<', chat.id)
        )
        channel = chat.livechat_channel_id
        count = chat.search_count(channel._get_queue_domain() & before)
        limit = chat.helpdesk_team_id.livechat_queue_limit
        return {
            'position': count + 1,
            'is_staffed': channel._is_staffed() and (not limit or count < limit),
        }

    def _send_queue_info(self, info):
        self.ensure_one()
        Store(bus_channel=self).add(self, {'livechat_queue': info}).bus_send()

    @api.model
    def _refresh_queues(self, livechat_channels=None):
        """Tell everybody who waits his present place.

        :param livechat_channels: only there; None for everywhere
        """
        for channel, chats in (
            self._get_waiting(livechat_channels).grouped('livechat_channel_id').items()
        ):
            is_staffed = channel._is_staffed()
            limit = channel.helpdesk_team_id.livechat_queue_limit
            for position, chat in enumerate(chats, start=1):
                is_open = is_staffed and (not limit or position <= limit)
                chat._send_queue_info({'position': position, 'is_staffed': is_open})

    @api.model
    def _get_waiting(self, livechat_channels=None):
        """Return the chats that wait, first come, first served."""
        if livechat_channels is None:
            domain = Domain('queue_state', '=', 'waiting') & Domain('livechat_end_dt', '=', False)
        else:
            domain = livechat_channels._get_queue_domain()
        # sudo: discuss.channel - the queue is served whoever sets it going
        return self.sudo().search(domain, order='queue_date, id')

    # === BUSINESS METHODS: SERVICE === #

    @api.model
    def _serve_queues(self, livechat_channels=None):
        """Give those who wait to agents who have become free, in turn."""
        waiting = self._get_waiting(livechat_channels)._as_nobody()
        full = set()
        for chat in waiting:
            channel = chat.livechat_channel_id
            if channel not in full and chat._is_visitor_there() and not chat._serve():
                full.add(channel)
        if waiting:
            self._refresh_queues(waiting.livechat_channel_id)

    def _serve(self):
        """Give the chat to an agent who is free.

        :return: False if nobody is
        """
        self.ensure_one()
        assignment = self.livechat_channel_id._choose_agent(
            region=self.service_region_id, partner=self.customer_id, res_id=self.id
        )
        if not assignment.agent_id:
            return False
        agent = assignment.agent_id
        self._give_to(
            agent,
            self._with_visitor_lang().env._("%(agent)s is here for you.", agent=agent.name),
            assignment,
        )
        return True

    def _give_to(self, agent, text, assignment):
        """Let an agent into the chat, and whoever had it out of it.

        :param agent: the ``service.agent``
        :param str text: what agent and visitor read about it
        :param assignment: the ``service.assignment`` that explains it
        """
        self.ensure_one()
        partner = agent.user_id.partner_id
        former = self.livechat_operator_id
        self._add_members(
            users=agent.user_id,
            create_member_params={'livechat_member_type': 'agent'},
            post_joined_message=False,
        )
        vals = {
            'livechat_operator_id': partner.id,
            'name': f'{self._get_visitor_name()} {agent.user_id.livechat_username or agent.name}',
            'assignment_id': assignment.id,
        }
        if self.queue_state == 'waiting':
            vals.update(
                queue_state='served',
                served_date=fields.Datetime.now(),
                livechat_failure='no_answer',
            )
        self.write(vals)
        if former != partner:
            self._action_unfollow(partner=former, post_leave_message=False)
        self._send_queue_info(False)
        self._broadcast(partner.ids)
        self._post_notification(text)

    def _get_visitor_name(self):
        """Return how the visitor is called in the name of the chat."""
        histories = self.livechat_customer_history_ids
        return histories[:1].display_name or self.env._("Visitor")

    def _is_visitor_there(self, absence=ABSENCE):
        """Tell whether the visitor's page is open still, or was a moment ago."""
        self.ensure_one()
        histories = self.livechat_customer_history_ids
        presences = histories.guest_id.presence_ids | histories.partner_id.user_ids.presence_ids
        limit = fields.Datetime.now() - absence
        return not presences or any(
            presence.status != 'offline' or presence.last_poll >= limit for presence in presences
        )

    # === BUSINESS METHODS: END === #

    def _on_chat_end(self):
        """Hook called on chats of teams that have just ended."""
        self.filtered(lambda chat: chat.queue_state == 'waiting').queue_state = 'left'
        self.env['discuss.channel']._serve_queues()

    @api.model
    def _hand_over_chats(self, agents):
        """Give the chats of agents who go offline to colleagues, or back to the queue."""
        if not agents:
            return
        # sudo: discuss.channel - the chats of a colleague, by rule
        chats = self.sudo().search(
            [
                ('channel_type', '=', 'livechat'),
                ('livechat_end_dt', '=', False),
                ('helpdesk_team_id', '!=', False),
                ('livechat_operator_id', 'in', agents.sudo().user_id.partner_id.ids),
            ],
            order='create_date, id',
        )
        for agent in agents.sudo():
            for chat in chats.filtered(
                lambda chat, agent=agent: chat.livechat_operator_id == agent.user_id.partner_id
            ):
                chat._as_nobody()._hand_over(agent)

    def _hand_over(self, agent):
        """Find somebody else for the chat of an agent who leaves."""
        self.ensure_one()
        if not self._is_visitor_there(ABSENCE_END):
            self.livechat_end_dt = fields.Datetime.now()
            return
        env = self._with_visitor_lang().env
        assignment = self.livechat_channel_id._choose_agent(
            region=self.service_region_id,
            partner=self.customer_id,
            without=agent,
            res_id=self.id,
            note=self.env._("%(agent)s went offline.", agent=agent.name),
        )
        if assignment.agent_id:
            self._give_to(
                assignment.agent_id,
                env._(
                    "%(former)s had to leave. %(agent)s goes on with you.",
                    former=agent.name,
                    agent=assignment.agent_id.name,
                ),
                assignment,
            )
        else:
            self._requeue(agent, env._("%(agent)s had to leave.", agent=agent.name))

    def _requeue(self, agent, text):
        """Let the visitor wait again, before those who came after him."""
        self.ensure_one()
        desk = self.livechat_channel_id.desk_partner_id
        self._add_members(
            partners=desk,
            create_member_params={'livechat_member_type': 'bot'},
            post_joined_message=False,
        )
        self.write(
            {
                'livechat_operator_id': desk.id,
                'queue_state': 'waiting',
                'queue_date': self.queue_date or self.create_date,
                'served_date': False,
                'assignment_id': False,
            }
        )
        self._action_unfollow(partner=agent.user_id.partner_id, post_leave_message=False)
        self._post_notification(text)
        self._refresh_queues(self.livechat_channel_id)

    # === SCHEDULED ACTION === #

    @api.model
    def _cron_serve_queues(self):
        """Serve those who wait, in case that nobody else has: an agent came back from a call,
        opened his browser, or a visitor fell silent."""
        for chat in self._get_waiting()._as_nobody():
            if not chat._is_visitor_there(ABSENCE_END):
                chat.livechat_end_dt = fields.Datetime.now()
        channels = self._get_waiting().livechat_channel_id
        for left, channel in zip(reversed(range(len(channels))), channels, strict=True):
            try:
                with self.env.cr.savepoint():
                    self._serve_queues(channel)
            except Exception:  # the next run tries again; the other queues go on
                _logger.warning("The queue of %s could not be served.", channel.name, exc_info=True)
            self.env['ir.cron']._commit_progress(1, remaining=left)
