from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

MAX_CHATS = 5


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    use_livechat = fields.Boolean(
        string="Live Chat",
        copy=False,
        help="Visitors of the website chat with the members of the team.",
    )
    livechat_channel_ids = fields.One2many(
        comodel_name='im_livechat.channel', inverse_name='helpdesk_team_id'
    )
    livechat_channel_id = fields.Many2one(
        comodel_name='im_livechat.channel',
        string="Live Chat Channel",
        compute='_compute_livechat_channel_id',
        compute_sudo=True,
    )
    livechat_web_page = fields.Char(
        string="Chat Page", compute='_compute_livechat_channel_id', compute_sudo=True
    )
    livechat_script = fields.Text(
        string="Widget", compute='_compute_livechat_channel_id', compute_sudo=True
    )
    livechat_max_sessions = fields.Integer(
        string="Chats at Once",
        default=MAX_CHATS,
        help="How many visitors of the team one agent serves at the same time, within his "
        "capacity.",
    )
    livechat_queue_limit = fields.Integer(
        string="Longest Queue",
        help="When so many visitors wait, the next one is asked to leave a message. 0 for no "
        "limit.",
    )
    livechat_skill_ids = fields.Many2many(
        comodel_name='service.skill',
        relation='helpdesk_ticket_team_livechat_skill_rel',
        string="Skills for Chats",
        help="Agents who have them are preferred for chats.",
    )
    livechat_count = fields.Integer(string="Chats", compute='_compute_livechat_count')
    livechat_open_count = fields.Integer(
        string="Chats That Go On", compute='_compute_livechat_count'
    )
    livechat_waiting_count = fields.Integer(
        string="Visitors Waiting", compute='_compute_livechat_count'
    )
    livechat_satisfaction = fields.Integer(
        string="Happy Visitors", compute='_compute_livechat_satisfaction', compute_sudo=True
    )
    canned_response_ids = fields.Many2many(
        comodel_name='mail.canned.response',
        string="Quick Replies",
        help="Typed in a chat with :: and the shortcut.",
    )

    _livechat_max_sessions_positive = models.Constraint(
        'CHECK(livechat_max_sessions > 0)', "An agent serves one visitor at least."
    )
    _livechat_queue_limit_positive = models.Constraint(
        'CHECK(livechat_queue_limit >= 0)', "The longest queue cannot be negative."
    )

    # === COMPUTE METHODS === #

    @api.depends('livechat_channel_ids')
    def _compute_livechat_channel_id(self):
        for team in self:
            channel = team.livechat_channel_ids[:1]
            team.livechat_channel_id = channel
            team.livechat_web_page = channel.web_page
            team.livechat_script = channel.script_external

    @api.depends('livechat_channel_ids')
    def _compute_livechat_count(self):
        Chat = self.env['discuss.channel']
        is_open = [('helpdesk_team_id', 'in', self.ids), ('livechat_end_dt', '=', False)]
        total = dict(
            Chat._read_group(
                [('helpdesk_team_id', 'in', self.ids)], ['helpdesk_team_id'], ['__count']
            )
        )
        by_state = {
            (team, state): count
            for team, state, count in Chat._read_group(
                is_open, ['helpdesk_team_id', 'queue_state'], ['__count']
            )
        }
        for team in self:
            waiting = by_state.get((team, 'waiting'), 0)
            team.livechat_count = total.get(team, 0)
            team.livechat_waiting_count = waiting
            team.livechat_open_count = (
                sum(count for (owner, _state), count in by_state.items() if owner == team) - waiting
            )

    @api.depends('livechat_channel_ids')
    def _compute_livechat_satisfaction(self):
        for team in self:
            channel = team.livechat_channel_ids[:1]
            team.livechat_satisfaction = channel.rating_percentage_satisfaction if channel else -1

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        teams.filtered('use_livechat')._sync_livechat()
        return teams

    def write(self, vals):
        result = super().write(vals)
        names = {'use_livechat', 'name', 'user_ids', 'active', 'livechat_max_sessions', 'user_id'}
        if names & vals.keys():
            self._sync_livechat()
        return result

    # === ACTION METHODS === #

    def action_view_chats(self):
        """List the chats of the team."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'aftercare_helpdesk_livechat.discuss_channel_action'
        )
        return {
            **action,
            'name': self.env._("Chats of %(team)s", team=self.name),
            'domain': [('helpdesk_team_id', '=', self.id)],
            'context': {},
        }

    def action_view_livechat_channel(self):
        """Open the texts, colours and rules of the team's live chat."""
        self.ensure_one()
        if not self.livechat_channel_id:
            raise UserError(self.env._("Switch live chat on first."))
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'im_livechat.channel',
            'res_id': self.livechat_channel_id.id,
            'views': [(False, 'form')],
        }

    # === BUSINESS METHODS === #

    def _sync_livechat(self):
        """Create the channels of the teams that want one, and keep them in step with the teams."""
        # sudo: im_livechat.channel - belongs to the team; who leads it may set it up
        teams_sudo = self.sudo()
        missing = teams_sudo.filtered(lambda t: t.use_livechat and not t.livechat_channel_ids)
        if missing:
            missing._create_livechat_channels()
            self.env.registry.clear_cache()
        for team in teams_sudo.filtered('livechat_channel_ids'):
            channel = team.livechat_channel_ids
            is_served = channel._is_served()
            users = team.user_ids if is_served else self.env['res.users']
            values = {
                'name': team.name,
                'max_sessions': team.livechat_max_sessions,
                'user_ids': [Command.set(users.ids)],
            }
            if channel.user_ids == users:
                del values['user_ids']
            channel.write(values)
            channel.desk_partner_id.name = team.name
            if not is_served:
                self.env['discuss.channel']._refresh_queues(channel)

    def _create_livechat_channels(self):
        # An archived contact like that of a chatbot: nobody writes to it.
        partners = self.env['res.partner'].create(
            [{'name': team.name, 'active': False} for team in self]
        )
        self.env['im_livechat.channel'].create(
            [
                {
                    'name': team.name,
                    'helpdesk_team_id': team.id,
                    'desk_partner_id': partner.id,
                    'user_ids': [Command.set(team.user_ids.ids)],
                    'max_sessions_mode': 'limited',
                    'max_sessions': team.livechat_max_sessions,
                }
                for team, partner in zip(self, partners, strict=True)
            ]
        )

    def _prepare_chat_request(self, agents, company, region, partner, res_id, note):
        """Return the request to the assignment engine for a chat of the team.

        :param agents: the ``service.agent`` who could take it
        """
        self.ensure_one()
        request = self._prepare_assignment_request(
            {self: agents},
            company,
            partner=partner,
            region=region,
            skills=self.livechat_skill_ids,
        )
        return {
            **request,
            'res_model': 'discuss.channel',
            'res_id': res_id,
            # Nobody takes a visitor by hand: he is waiting.
            'method': 'balanced' if request['method'] == 'manual' else request['method'],
            'use_skills': bool(self.livechat_skill_ids),
            'leader': self.env['service.agent'],
            'note': note,
        }
