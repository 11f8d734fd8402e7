from werkzeug.exceptions import NotFound

from odoo import fields
from odoo.addons.im_livechat.controllers.main import LivechatController
from odoo.addons.im_livechat.tools.misc import force_guest_env
from odoo.addons.mail.tools.discuss import add_guest_to_context
from odoo.http import request, route
from odoo.tools import email_normalize

# More messages from one address within an hour come from a robot.
MESSAGES_PER_HOUR = 10
MAX_LENGTHS = {'name': 100, 'email': 254, 'phone': 40, 'text': 10000}


class HelpdeskLivechatController(LivechatController):
    @route()
    @add_guest_to_context
    def get_session(
        self,
        channel_id,
        previous_operator_id=None,
        chatbot_script_id=None,
        persisted=True,
        **kwargs,
    ):
        """Override of `im_livechat`: the choice depends on where the visitor is."""
        kwargs.update(visitor_ip=request.httprequest.remote_addr, is_persisted=bool(persisted))
        result = super().get_session(
            channel_id, previous_operator_id, chatbot_script_id, persisted, **kwargs
        )
        if result and not persisted:
            self._add_queue_preview(channel_id, result)
        return result

    def _add_queue_preview(self, channel_id, result):
        """Tell a visitor for whom nobody is free how many would be before him."""
        # sudo: im_livechat.channel - visitors cannot read channels
        channel_sudo = request.env['im_livechat.channel'].sudo().browse(channel_id)
        desk = channel_sudo.desk_partner_id
        for thread in result['store_data'].get('discuss.channel', []):
            if desk and thread.get('livechat_operator_id') == desk.id:
                thread['livechat_queue'] = channel_sudo._get_queue_preview()

    @route('/im_livechat/leave_message', type='jsonrpc', auth='public', methods=['POST'])
    @add_guest_to_context
    def leave_message(self, livechat_channel_id, text, channel_id=None, **contact):
        """Make a ticket of a visitor's message.

        :param int channel_id: the chat in which he has waited, if he has
        :return: dict with ``number``, or with ``error`` to show
        """
        values = self._prepare_message(text, contact)
        if error := self._check_message(values):
            return {'error': error}
        chat = self._get_chat_of_message(livechat_channel_id, channel_id)
        ticket_sudo = chat._leave_message(**values)
        return {'number': ticket_sudo.number, 'email': ticket_sudo.partner_email or ''}

    @route(
        '/im_livechat/cors/leave_message',
        type='jsonrpc',
        auth='public',
        methods=['POST'],
        cors='*',
    )
    def cors_leave_message(self, livechat_channel_id, text, guest_token='', **kwargs):
        """Do the same for a page of another site."""
        force_guest_env(guest_token, raise_if_not_found=False)
        return self.leave_message(livechat_channel_id, text, **kwargs)

    def _prepare_message(self, text, contact):
        user = request.env.user
        values = {name: str(contact.get(name) or '').strip() for name in ('name', 'email', 'phone')}
        values['text'] = str(text or '').strip()
        if not user._is_public():
            values.update(name=user.name, email=user.email or '')
        return values

    def _check_message(self, values):
        """Return in words what is wrong with a message, False if nothing is."""
        env = request.env
        if not values['text']:
            return env._("Please write your message.")
        if env.user._is_public() and not email_normalize(values['email']):
            return env._("Please give an e-mail address at which we can answer.")
        if any(len(values[name]) > length for name, length in MAX_LENGTHS.items()):
            return env._("This is too long. Please shorten it.")
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        # sudo: discuss.channel - visitors are counted, they cannot read the count
        sent = (
            env['discuss.channel']
            .sudo()
            .search_count(
                [
                    ('queue_state', '=', 'message'),
                    ('visitor_ip', '=', request.httprequest.remote_addr),
                    ('create_date', '>', since),
                ],
                limit=MESSAGES_PER_HOUR,
            )
        )
        if sent >= MESSAGES_PER_HOUR:
            return env._("Too many messages were sent from here. Please try again in an hour.")
        return False

    def _get_chat_of_message(self, livechat_channel_id, channel_id):
        """Return the visitor's own chat, a new one if he has none.

        :raises NotFound: if it is not his, or the team takes no chats
        """
        # sudo: im_livechat.channel - visitors cannot read channels
        channel_sudo = request.env['im_livechat.channel'].sudo().browse(livechat_channel_id)
        if not channel_sudo.exists() or not channel_sudo._is_served():
            raise NotFound
        if channel_id:
            chat = request.env['discuss.channel'].search(
                [('id', '=', channel_id), ('livechat_channel_id', '=', livechat_channel_id)]
            )
            # sudo: discuss.channel - the state of his own chat
            if not chat or not chat.is_member or chat.sudo().queue_state != 'waiting':
                raise NotFound
            return chat
        result = self._create_chat_of_message(channel_sudo)
        return request.env['discuss.channel'].browse(result.id)

    def _create_chat_of_message(self, channel_sudo):
        """Return a chat in which nobody but the visitor ever was."""
        env = request.env
        # sudo: mail.guest - as core does when a visitor says his first word
        guest = env['mail.guest']
        if env.user._is_public():
            guest = guest.sudo()._get_or_create_guest(
                guest_name=self._get_guest_name(),
                country_code=request.geoip.country_code,
                timezone=guest._get_timezone_from_request(request),
            )
            request.update_context(guest=guest)
        ip = request.httprequest.remote_addr
        vals = channel_sudo.with_context(guest=guest)._get_livechat_discuss_channel_vals(
            operator_partner=channel_sudo.desk_partner_id,
            operator_model='helpdesk.queue',
            agent=env['res.users'],
            chatbot_script=env['chatbot.script'],
            region=env['service.region'].sudo().find_by_ip(ip),
            visitor_ip=ip,
        )
        vals['queue_state'] = 'message'
        lang = env['res.lang'].search([('code', '=', request.cookies.get('frontend_lang'))])
        vals['livechat_lang_id'] = lang.id
        return request.env['discuss.channel'].sudo().create(vals)

    @route()
    @add_guest_to_context
    def feedback(self, channel_id, rate, reason=None, **kwargs):
        """Override of `im_livechat`: it is the agent who is rated, whoever else was there."""
        result = super().feedback(channel_id, rate, reason, **kwargs)
        if result:
            # sudo: rating.rating, discuss.channel - just created, or found, by the visitor
            rating_sudo = request.env['rating.rating'].sudo().browse(result)
            chat_sudo = request.env['discuss.channel'].sudo().browse(rating_sudo.res_id)
            if chat_sudo.helpdesk_team_id:
                rating_sudo.rated_partner_id = chat_sudo._get_rated_agent()
        return result
