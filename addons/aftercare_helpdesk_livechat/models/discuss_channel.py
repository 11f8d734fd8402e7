from markupsafe import Markup

from odoo import api, fields, models
from odoo.addons.im_livechat.models.discuss_channel import is_livechat_channel
from odoo.addons.mail.tools.discuss import Store


class DiscussChannel(models.Model):
    """The chat of a visitor with a helpdesk team."""

    _inherit = 'discuss.channel'

    helpdesk_team_id = fields.Many2one(
        related='livechat_channel_id.helpdesk_team_id',
        string="Team",
        store=True,
        index='btree_not_null',
    )
    service_region_id = fields.Many2one(
        comodel_name='service.region',
        string="Region",
        readonly=True,
        index='btree_not_null',
        help="Where the visitor is, by his IP address.",
    )
    visitor_ip = fields.Char(
        string="IP Address", readonly=True, groups='helpdesk_mgmt.group_helpdesk_manager'
    )
    # The last decision of the engine; all of them are found by model and id.
    assignment_id = fields.Many2one(
        comodel_name='service.assignment',
        readonly=True,
        index='btree_not_null',
        groups='helpdesk_mgmt.group_helpdesk_user_own',
        ondelete='set null',
    )
    helpdesk_ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket',
        string="Ticket",
        readonly=True,
        index='btree_not_null',
        groups='helpdesk_mgmt.group_helpdesk_user_own',
        ondelete='set null',
        copy=False,
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        # sudo: service.assignment - made before the chat existed
        for channel in channels.sudo().filtered('assignment_id'):
            channel.assignment_id._bind(channel)
        return channels

    def write(self, vals):
        """Override of `im_livechat`: who ends a chat makes room for the next visitor."""
        ended = self.browse()
        if vals.get('livechat_end_dt'):
            # sudo: discuss.channel - the queue is nobody's business
            ended = self.sudo().filtered(lambda c: c.helpdesk_team_id and not c.livechat_end_dt)
        result = super().write(vals)
        if ended:
            ended._on_chat_end()
        return result

    def unlink(self):
        """Override of `mail`: the decisions about a chat go with it."""
        chats = self.filtered(is_livechat_channel)
        ids = chats.ids
        result = super().unlink()
        if ids:
            self.env['service.assignment']._forget(self.browse(ids))
        return result

    # === ACTION METHODS === #

    def action_explain_assignment(self):
        """Show in a dialog who was chosen for the chat, and why."""
        self.ensure_one()
        return self.env['service.assignment']._get_explanation_action(self._name, self.id)

    def action_open_chat(self):
        """Open the chat in a window at the bottom of the screen."""
        self.ensure_one()
        self.check_access('read')
        Store(bus_channel=self.env.user).add(
            self, extra_fields={'open_chat_window': True}
        ).bus_send()
        return True

    # === STORE === #

    def _to_store_defaults(self, target):
        result = super()._to_store_defaults(target) + [
            Store.Attr(
                'livechat_queue', lambda c: c._get_queue_info(), predicate=is_livechat_channel
            )
        ]
        if target.is_internal(self.env):
            result.append(
                Store.Attr(
                    'helpdesk_chat', lambda c: c._get_chat_info(), predicate=is_livechat_channel
                )
            )
        return result

    def _sync_field_names(self):
        field_names = super()._sync_field_names()
        field_names['internal_users'].append(
            Store.Attr('helpdesk_chat', lambda c: c._get_chat_info(), predicate=is_livechat_channel)
        )
        return field_names

    def _get_chat_info(self):
        """Return what the agent's screen knows of the chat; visitors never get it."""
        # sudo: discuss.channel - its number and team, for who may read the chat
        chat_sudo = self.sudo()
        ticket_sudo = chat_sudo.helpdesk_ticket_id
        return {
            'team_id': chat_sudo.helpdesk_team_id.id,
            'ticket': bool(ticket_sudo)
            and {'id': ticket_sudo.id, 'number': ticket_sudo.number, 'name': ticket_sudo.name},
        }

    # === BUSINESS METHODS === #

    def _as_nobody(self):
        """Return the chats as seen by nobody in particular, with all rights.

        What the queue does must not look as if the visitor or colleague had done it whose
        request has set it going.
        """
        # sudo: discuss.channel - members come and go by rule
        return self.with_user(self.env.ref('base.public_user')).sudo().with_context(guest=None)

    def _with_visitor_lang(self):
        """Return the chat in the language of its visitor, who reads what is posted."""
        self.ensure_one()
        lang = (
            self.livechat_lang_id.code or self.customer_id.lang or self.env.company.partner_id.lang
        )
        return self.with_context(lang=lang or self.env.lang)

    def _post_notification(self, text):
        """Write a line about the chat itself into it, which agent and visitor read."""
        self.ensure_one()
        return self.message_post(
            author_id=self.env.ref('base.partner_root').id,
            body=Markup('<div class="o_mail_notification o_hide_author">%s</div>') % text,
            message_type='notification',
            subtype_xmlid='mail.mt_comment',
        )

    def _get_human_operator(self, users, chatbot_script_step):
        """Override of `im_livechat`: whom a chatbot forwards to is chosen by the same rules."""
        # sudo: discuss.channel - as core does: the visitor may get the agent of his chat
        chat = self.sudo()
        if not chat.helpdesk_team_id:
            return super()._get_human_operator(users, chatbot_script_step)
        assignment = chat.livechat_channel_id._choose_agent(
            region=chat.service_region_id,
            partner=chat.customer_id,
            users=users,
            res_id=chat.id,
        )
        chat.assignment_id = assignment
        return assignment.agent_id.user_id

    def _get_rated_agent(self):
        """Return the ``res.partner`` of the agent who had the chat last."""
        self.ensure_one()
        agents = self.livechat_agent_history_ids.partner_id
        operator = self.livechat_operator_id
        return operator if operator in agents else agents[-1:]
