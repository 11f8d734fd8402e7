from markupsafe import Markup

from odoo import fields, models
from odoo.addons.base.models.ir_qweb_fields import nl2br
from odoo.exceptions import AccessError
from odoo.tools import email_normalize, html2plaintext, plaintext2html
from odoo.tools.misc import format_datetime

COMMAND = '/ticket'
TITLE_LENGTH = 80


class DiscussChannel(models.Model):
    _inherit = 'discuss.channel'

    # What was said later is not in the ticket's description.
    ticket_message_id = fields.Integer(
        string="Last Message in the Ticket", readonly=True, groups='base.group_user'
    )

    # === ACTION METHODS === #

    def execute_command_ticket(self, **kwargs):
        """Make a ticket of the chat: what ``/ticket title`` calls."""
        self.ensure_one()
        title = html2plaintext(kwargs.get('body') or '').strip().removeprefix(COMMAND).strip()
        existed = bool(self.sudo().helpdesk_ticket_id)
        ticket = self._make_ticket(title)
        link = Markup('<a href="#" data-oe-model="helpdesk.ticket" data-oe-id="%s">%s</a>') % (
            ticket.id,
            ticket.display_name,
        )
        text = (
            self.env._("This chat is ticket %s already.", link)
            if existed
            else self.env._("Ticket %s was made of this chat.", link)
        )
        self.env.user._bus_send_transient_message(self, text)

    def action_create_ticket(self, title=''):
        """Make a ticket of the chat, or return the one it is already.

        :return: the id of the ``helpdesk.ticket``
        """
        self.ensure_one()
        return self._make_ticket(title).id

    # === BUSINESS METHODS === #

    def _check_can_serve(self):
        """Refuse who does not answer for the team of the chat.

        :raises AccessError: for visitors, colleagues of other teams and whoever is no agent
        """
        self.ensure_one()
        user = self.env.user
        if not user._is_internal() or not user.has_group('helpdesk_mgmt.group_helpdesk_user_own'):
            raise AccessError(self.env._("Only agents of the helpdesk may do this."))
        self.check_access('read')
        if self.channel_type != 'livechat':
            raise AccessError(self.env._("This is no live chat."))
        # sudo: helpdesk.ticket.team - its members only
        team_sudo = self.sudo().helpdesk_team_id
        if user.has_group('helpdesk_mgmt.group_helpdesk_manager'):
            return
        if team_sudo and user not in team_sudo.user_ids | team_sudo.user_id:
            raise AccessError(
                self.env._("You are not a member of the team %(team)s.", team=team_sudo.name)
            )
        if not team_sudo and not self.is_member:
            raise AccessError(self.env._("You do not take part in this chat."))

    def _make_ticket(self, title=''):
        """Return the ticket of the chat, made now if there is none: never a second one."""
        self._check_can_serve()
        # sudo: discuss.channel - agents may not write to chats, but this one is theirs
        chat_sudo = self.sudo()
        if chat_sudo.helpdesk_ticket_id:
            return chat_sudo.helpdesk_ticket_id.with_env(self.env)
        user = self.env.user
        team_sudo = chat_sudo.helpdesk_team_id
        is_member = not team_sudo or user in team_sudo.user_ids
        ticket = self.env['helpdesk.ticket'].create(
            chat_sudo._prepare_ticket(title, user if is_member else self.env['res.users'])
        )
        chat_sudo._link_ticket(ticket)
        return ticket

    def _prepare_ticket(self, title, user):
        """Return the values of the ticket the chat becomes.

        :param user: the agent who has it; nobody if the rules of the team shall choose
        """
        self.ensure_one()
        customer = self.customer_id
        vals = {
            'name': (title or self._get_ticket_title())[:TITLE_LENGTH],
            'description': self._get_transcript() or Markup('<p></p>'),
            'channel_id': self.env.ref(
                'aftercare_helpdesk_livechat.helpdesk_ticket_channel_livechat'
            ).id,
            'user_id': user.id,
            'partner_id': customer.id,
            'partner_name': customer.name or self._get_visitor_name(),
            'partner_email': customer.email or self.visitor_email,
        }
        if self.helpdesk_team_id:
            vals['team_id'] = self.helpdesk_team_id.id
        if self.service_region_id:
            vals['region_id'] = self.service_region_id.id
        return vals

    def _get_ticket_title(self):
        """Return the first line the visitor has written."""
        visitors = self.livechat_customer_history_ids
        for message in self.message_ids.sorted('id'):
            is_visitor = (
                message.author_guest_id and message.author_guest_id in visitors.guest_id
            ) or (message.author_id and message.author_id in visitors.partner_id)
            lines = html2plaintext(message.body or '').strip().splitlines()
            if is_visitor and message.message_type == 'comment' and lines:
                return lines[0]
        return self._with_visitor_lang().env._("Chat with %s", self._get_visitor_name())

    def _get_transcript(self, since=0):
        """Return what was said, with the time and the name of who said it.

        :param int since: only messages with a higher id
        """
        self.ensure_one()
        messages = self.message_ids.filtered(
            lambda message: message.message_type == 'comment' and message.id > since
        )
        parts = []
        for message in (messages - messages._filter_empty()).sorted('id'):
            author = message.author_id.user_livechat_username or message.author_id.name
            lines = [
                Markup('<strong>%s</strong> <span class="text-muted">%s</span>')
                % (
                    author or message.author_guest_id.name or '',
                    format_datetime(self.env, message.date, dt_format='short'),
                )
            ]
            if text := html2plaintext(message.body or '').strip():
                lines.append(nl2br(text))
            lines += [f'📎 {attachment.name}' for attachment in message.attachment_ids]
            parts.append(Markup('<p>%s</p>') % Markup('<br/>').join(lines))
        return Markup('').join(parts)

    def _log_rest(self):
        """Note on the ticket what was said after it had been made."""
        for chat in self.filtered('helpdesk_ticket_id'):
            if rest := chat._get_transcript(chat.ticket_message_id):
                chat.helpdesk_ticket_id._message_log(
                    body=Markup('<p><em>%s</em></p>%s') % (self.env._("The chat went on:"), rest)
                )

    def _on_chat_end(self):
        """Override to complete the tickets of the chats."""
        self._log_rest()
        return super()._on_chat_end()

    def _link_ticket(self, ticket):
        """Tell chat and ticket of each other, and the visitor the number."""
        self.ensure_one()
        attachments = self.message_ids.filtered(
            lambda message: message.message_type == 'comment'
        ).attachment_ids
        for attachment in attachments:
            attachment.copy({'res_model': ticket._name, 'res_id': ticket.id})
        self.helpdesk_ticket_id = ticket
        self.ticket_message_id = max(self.message_ids.ids, default=0)
        self._as_nobody()._post_notification(
            self._with_visitor_lang().env._(
                "Ticket %(number)s was opened for this chat.", number=ticket.number
            )
        )

    # === BUSINESS METHODS: MESSAGES LEFT === #

    def _leave_message(self, name, email, phone, text):
        """Make a ticket of what a visitor has written who could not, or would not, wait.

        :return: the ``helpdesk.ticket``, in sudo mode
        """
        self.ensure_one()
        # sudo: discuss.channel, helpdesk.ticket - the visitor has none but this form
        chat = self.sudo()
        guest = self.env['res.partner']._get_current_persona()[1]
        if guest:
            chat._note_contact(guest, name, email, phone)
        chat.message_post(
            body=plaintext2html(text),
            message_type='comment',
            subtype_xmlid='mail.mt_comment',
        )
        ticket = chat.helpdesk_ticket_id
        if not ticket:
            title = text.strip().splitlines()[0]
            vals = chat._prepare_ticket(title, self.env['res.users'])
            if guest:
                vals.update(
                    partner_name=name or vals['partner_name'], partner_email=chat.visitor_email
                )
            ticket = self.env['helpdesk.ticket'].sudo().create(vals)
            chat._link_ticket(ticket)
        chat.queue_state = 'message'
        chat.livechat_end_dt = fields.Datetime.now()
        chat._send_queue_info(False)
        return ticket

    def _note_contact(self, guest, name, email, phone):
        """Note who the guest says he is in the form, and find or make the customer."""
        self.ensure_one()
        if name:
            # sudo: mail.guest - the guest's own name
            guest.sudo()._update_name(name)
        self.write(
            {'visitor_email': email_normalize(email) or False, 'visitor_phone': phone or False}
        )
        # Answers go to the address in the form, whatever he has written before.
        if self.customer_source != 'agent':
            self.customer_id = False
            self._find_customer(sources=('email',))
        if not self.customer_id:
            self._create_customer(name)
