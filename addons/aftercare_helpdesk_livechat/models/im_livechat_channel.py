from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

QUEUE_MODEL = 'helpdesk.queue'
ON_DUTY = ('available', 'busy', 'away')


class ImLivechatChannel(models.Model):
    """The live chat of a team: its visitors go to the agents the assignment engine chooses."""

    _inherit = 'im_livechat.channel'

    helpdesk_team_id = fields.Many2one(
        comodel_name='helpdesk.ticket.team',
        index='btree_not_null',
        readonly=True,
        copy=False,
        ondelete='cascade',
    )
    # Who stands in the chat until an agent comes; core wants an operator in each chat.
    desk_partner_id = fields.Many2one(
        comodel_name='res.partner', readonly=True, copy=False, ondelete='restrict'
    )

    _helpdesk_team_uniq = models.Constraint(
        'UNIQUE(helpdesk_team_id)', "The team has a live chat already."
    )

    # === ACTION METHODS === #

    def action_join(self):
        """Override of `im_livechat`: the operators of a team's chat are its members."""
        self._check_own_operators()
        return super().action_join()

    def action_quit(self):
        """Override of `im_livechat`: see `action_join`."""
        self._check_own_operators()
        return super().action_quit()

    def _check_own_operators(self):
        # sudo: helpdesk.ticket.team - its name only
        if team_sudo := self.sudo().helpdesk_team_id[:1]:
            raise UserError(
                self.env._(
                    "The operators of this channel are the members of the team %(team)s. To take "
                    "a break, change your presence in the top bar.",
                    team=team_sudo.name,
                )
            )

    # === BUSINESS METHODS: WHO IS THERE === #

    def _is_served(self):
        """Tell whether the team behind the channel takes chats at all."""
        self.ensure_one()
        # sudo: helpdesk.ticket.team - visitors may know whether they can chat
        team_sudo = self.sudo().helpdesk_team_id
        return bool(team_sudo and team_sudo.active and team_sudo.use_livechat)

    def _is_livechat_available(self):
        """Override of `im_livechat`: who finds nobody may queue, or leave a message."""
        if self.helpdesk_team_id:
            return self._is_served()
        return super()._is_livechat_available()

    def _get_available_operators_by_livechat_channel(self, users=None):
        """Override of `im_livechat`: of a team only agents who said to be available.

        Core's own conditions hold as well: the browser is open, the limit of chats at once is not
        reached, and nobody is called away from a call.
        """
        result = super()._get_available_operators_by_livechat_channel(users)
        for channel in self.filtered('helpdesk_team_id'):
            result[channel] &= channel._get_present_agents().user_id
        return result

    def _get_team_agents(self):
        """Return the agents of the team, in sudo mode."""
        self.ensure_one()
        # sudo: helpdesk.ticket.team - who is chosen does not depend on who asks
        team_sudo = self.sudo().helpdesk_team_id
        agents_sudo = team_sudo._get_agents().get(team_sudo, self.env['service.agent'].sudo())
        company = self._get_chat_company()
        return agents_sudo.filtered(
            lambda agent: agent.company_id == company and agent.user_id in team_sudo.user_ids
        )

    def _get_chat_company(self):
        return self.sudo().helpdesk_team_id.company_id or self.env.company

    def _get_present_agents(self):
        """Return the agents who are available and have a free place."""
        agents_sudo = self._get_team_agents().filtered(lambda a: a.presence == 'available')
        counts = agents_sudo._get_chat_counts() if agents_sudo else {}
        return agents_sudo.filtered(
            lambda agent: not agent.max_open_tickets or counts[agent.id] < agent.max_open_tickets
        )

    def _get_free_agents(self, users=None):
        """Return the agents who could take one more chat now."""
        self.ensure_one()
        if not self._is_served():
            return self.env['service.agent'].sudo()
        free = self.sudo()._get_available_operators_by_livechat_channel(users)[self.sudo()]
        return self._get_team_agents().filtered(lambda agent: agent.user_id in free)

    def _is_staffed(self):
        """Tell whether anybody is at work, be it that all are busy: then waiting makes sense."""
        self.ensure_one()
        return self._is_served() and any(
            agent.presence in ON_DUTY and agent.user_id.presence_ids.status in ('online', 'away')
            for agent in self._get_team_agents()
        )

    # === BUSINESS METHODS: CHOICE === #

    def _choose_agent(
        self,
        region=None,
        partner=None,
        previous_partner_id=None,
        without=None,
        users=None,
        res_id=0,
        note=None,
        dry_run=False,
    ):
        """Choose the agent of a chat.

        :param region: ``service.region`` of the visitor
        :param partner: the customer, as far as known
        :param int previous_partner_id: who served the visitor last; he does again if he can
        :param without: agents who are out of the question
        :param users: choose among these only
        :return: the ``service.assignment`` in sudo mode, empty when nobody is free
        """
        agents_sudo = self._get_free_agents(users)
        if without:
            agents_sudo -= without.sudo()
        if not agents_sudo:
            return self.env['service.assignment'].sudo()
        previous = agents_sudo.filtered(
            lambda agent: agent.user_id.partner_id.id == previous_partner_id
        )
        if previous and previous != agents_sudo:
            note = note or self.env._("Served the visitor before.")
        # sudo: helpdesk.ticket.team - see above
        request = self.sudo().helpdesk_team_id._prepare_chat_request(
            previous or agents_sudo, self._get_chat_company(), region, partner, res_id, note
        )
        return self.env['service.agent'].sudo()._choose([request], dry_run=dry_run)[0]

    def _get_operator(
        self, previous_operator_id=None, lang=None, country_id=None, expertises=None, users=None
    ):
        """Override of `im_livechat`: for a team the assignment engine chooses."""
        if not self.helpdesk_team_id:
            return super()._get_operator(previous_operator_id, lang, country_id, expertises, users)
        assignment = self._choose_agent(previous_partner_id=previous_operator_id, users=users)
        return assignment.agent_id.user_id.with_env(self.env)

    def _get_operator_info(
        self, /, *, lang, country_id, previous_operator_id=None, chatbot_script_id=None, **kwargs
    ):
        """Override of `im_livechat`: choose by the visitor's region, or let him queue.

        ``visitor_ip`` and ``is_persisted`` come from our route; nothing is written before the
        visitor has said something.
        """
        scripts = self.rule_ids.chatbot_script_id
        if not self.helpdesk_team_id or (chatbot_script_id and chatbot_script_id in scripts.ids):
            return super()._get_operator_info(
                lang=lang,
                country_id=country_id,
                previous_operator_id=previous_operator_id,
                chatbot_script_id=chatbot_script_id,
                **kwargs,
            )
        return self._get_team_operator_info(
            kwargs.get('visitor_ip'), previous_operator_id, not kwargs.get('is_persisted', True)
        )

    def _get_team_operator_info(self, visitor_ip, previous_operator_id, dry_run):
        """Return who serves a visitor of the team, or that he has to wait."""
        user = self.env.user
        info = {
            'agent': self.env['res.users'],
            'chatbot_script': self.env['chatbot.script'],
            'operator_partner': self.env['res.partner'],
            'operator_model': 'res.users',
            'visitor_ip': visitor_ip,
            # sudo: service.region - the visitor cannot read regions
            'region': self.env['service.region'].sudo().find_by_ip(visitor_ip),
        }
        if not self._is_served():
            return info
        assignment = self._choose_agent(
            region=info['region'],
            partner=None if user._is_public() else user.partner_id,
            previous_partner_id=previous_operator_id,
            dry_run=dry_run,
        )
        info.update(assignment=assignment, agent=assignment.agent_id.user_id)
        if info['agent']:
            return {**info, 'operator_partner': info['agent'].partner_id}
        return {**info, 'operator_partner': self.desk_partner_id, 'operator_model': QUEUE_MODEL}

    def _get_livechat_discuss_channel_vals(
        self, /, *, chatbot_script=None, agent=None, operator_partner, operator_model, **kwargs
    ):
        """Override of `im_livechat`: remember who was chosen and where the visitor is."""
        vals = super()._get_livechat_discuss_channel_vals(
            chatbot_script=chatbot_script,
            agent=agent,
            operator_partner=operator_partner,
            operator_model=operator_model,
            **kwargs,
        )
        if not vals or not self.helpdesk_team_id:
            return vals
        user = self.env.user
        if not user._is_public():
            vals.update(customer_id=user.partner_id.id, customer_source='account')
        if kwargs.get('region'):
            vals['service_region_id'] = kwargs['region'].id
        if kwargs.get('assignment'):
            vals['assignment_id'] = kwargs['assignment'].id
        vals['visitor_ip'] = kwargs.get('visitor_ip')
        if operator_model == QUEUE_MODEL:
            vals.update(
                queue_state='waiting',
                queue_date=fields.Datetime.now(),
                livechat_failure='no_agent',
            )
        return vals

    def _get_channel_name(
        self, /, *, visitor_user=None, guest=None, agent, chatbot_script, operator_model, **kwargs
    ):
        """Override of `im_livechat`: nobody's name stands in the name of a chat that waits."""
        if operator_model == QUEUE_MODEL:
            visitor = visitor_user.display_name if visitor_user else guest.name
            return f'{visitor} {self.desk_partner_id.name}'
        return super()._get_channel_name(
            visitor_user=visitor_user,
            guest=guest,
            agent=agent,
            chatbot_script=chatbot_script,
            operator_model=operator_model,
            **kwargs,
        )

    # === BUSINESS METHODS: QUEUE === #

    def _get_queue_domain(self):
        """Return the chats that wait for an agent in these channels."""
        return (
            Domain('queue_state', '=', 'waiting')
            & Domain('livechat_end_dt', '=', False)
            & Domain('livechat_channel_id', 'in', self.ids)
        )

    def _get_queue_preview(self):
        """Return what a visitor is told before he has said anything, see ``_get_queue_info``."""
        self.ensure_one()
        # sudo: discuss.channel - how many wait is told to who would wait, too
        waiting = self.env['discuss.channel'].sudo().search_count(self._get_queue_domain())
        limit = self.sudo().helpdesk_team_id.livechat_queue_limit
        is_open = self._is_staffed() and (not limit or waiting < limit)
        return {'position': waiting + 1, 'is_staffed': is_open}
