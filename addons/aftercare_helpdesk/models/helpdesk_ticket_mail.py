import logging
import re
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import email_normalize, email_split, is_html_empty
from odoo.tools.mail import email_split_tuples

_logger = logging.getLogger(__name__)

# Beyond this many known addresses a mail is a circular, and its readers did not ask for a ticket.
MAX_MAIL_FOLLOWERS = 10
# For tickets without team.
REOPEN_DAYS = 14
# Nobody reads these addresses: to write to them, or to make customers of them, leads nowhere.
ROBOT_ADDRESS = re.compile(
    r'^(mailer-?daemon|postmaster|bounces?|(no|do-?not)[-_.]?reply)([-+._=].*)?@', re.IGNORECASE
)


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    # === FOLLOWERS AND LOG === #

    def _message_auto_subscribe(self, updated_values, followers_existing_policy='skip'):
        """Override of `mail`: new tickets get their followers all at once."""
        if self.env.context.get('aftercare_helpdesk_creating'):
            return True
        return super()._message_auto_subscribe(updated_values, followers_existing_policy)

    def _message_auto_subscribe_followers(self, updated_values, default_subtype_ids):
        """Override of `mail`: the customer follows, and the rules tell the agent, not a template."""
        followers = [
            (partner_id, subtype_ids, False)
            for partner_id, subtype_ids, _template in super()._message_auto_subscribe_followers(
                updated_values, default_subtype_ids
            )
        ]
        # sudo: res.partner - the customer may be hidden from who registers his ticket
        partner = self.env['res.partner'].sudo().browse(updated_values.get('partner_id') or ())
        if partner.active and partner.email:
            external = self.env['mail.message.subtype'].default_subtypes(self._name)[2]
            followers.append((partner.id, external.ids, False))
        return followers

    def _subscribe_new(self):
        """Subscribe agents, customers and the teams' followers to new tickets.

        The number of queries does not depend on the number of tickets.
        """
        if self.env.context.get('tracking_disable'):
            return
        # sudo: mail.followers - to subscribe them is part of creating the ticket
        Followers = self.env['mail.followers'].sudo()
        default, _internal, external = self.env['mail.message.subtype'].default_subtypes(self._name)
        wanted = self._get_team_followers()
        for ticket in self.sudo():
            for partner in ticket.user_id.partner_id | ticket.partner_id:
                if partner.active and (partner.email or not partner.partner_share):
                    subtypes = external if partner.partner_share else default
                    wanted[ticket.id].setdefault(partner.id, subtypes.ids)
        existing = {
            (follower.res_id, follower.partner_id.id)
            for follower in Followers.search_fetch(
                [('res_model', '=', self._name), ('res_id', 'in', self.ids)],
                ['res_id', 'partner_id'],
            )
        }
        Followers.create(
            [
                {
                    'res_model': self._name,
                    'res_id': ticket_id,
                    'partner_id': partner_id,
                    'subtype_ids': [Command.set(subtype_ids)],
                }
                for ticket_id, partners in wanted.items()
                for partner_id, subtype_ids in partners.items()
                if (ticket_id, partner_id) not in existing
            ]
        )

    def _get_team_followers(self):
        """Return what the followers of the teams follow on the teams' tickets.

        :return: dict of ticket id → dict of partner id → list of subtype ids
        """
        result = {ticket.id: {} for ticket in self}
        if not self.team_id:
            return result
        Subtype = self.env['mail.message.subtype']
        child_ids, _default, internal_ids, parents, _relation = (
            Subtype._get_auto_subscription_subtypes(self._name)
        )
        by_team = {team.id: {} for team in self.team_id}
        for _id, team_id, partner_id, subtype_ids, is_share, is_active in (
            self.env['mail.followers']
            .sudo()
            ._get_subscription_data(
                [('helpdesk.ticket.team', self.team_id.ids)],
                None,
                include_pshare=True,
                include_active=True,
            )
        ):
            wanted = {parents.get(id_, id_) for id_ in subtype_ids if id_ in (*parents, *child_ids)}
            if is_share:
                wanted -= set(internal_ids)
            if partner_id and is_active:
                by_team[team_id][partner_id] = list(wanted)
        for ticket in self:
            result[ticket.id].update(by_team.get(ticket.team_id.id, {}))
        return result

    def _log_creation(self):
        """Note in the chatter that the tickets were created; tell who follows that of a team."""
        context = self.env.context
        if context.get('mail_create_nolog') or context.get('tracking_disable'):
            return
        subtype = self._creation_subtype()
        # sudo: mail.followers - who follows is no secret to the ticket itself
        followed = self.browse(
            self.env['mail.followers']
            .sudo()
            .search(
                [
                    ('res_model', '=', self._name),
                    ('res_id', 'in', self.ids),
                    ('subtype_ids', 'in', subtype.ids),
                ]
            )
            .mapped('res_id')
        )
        body = Markup('<div summary="o_mail_notification"><p>%s</p></div>')
        for ticket in followed:
            ticket.sudo().message_post(
                subtype_id=subtype.id,
                author_id=self.env.user.partner_id.id,
                body=body % ticket._creation_message(),
            )
        silent = self - followed
        if silent:
            message = silent[:1]._creation_message()
            silent._message_log_batch(bodies=dict.fromkeys(silent.ids, message))

    # === MAIL GATEWAY === #

    @api.model
    def _route_mail(self, message, message_dict, routes):
        """Decide what becomes of a mail that was routed to tickets.

        Automatic answers open nothing and reopen nothing. An answer to a ticket that was closed
        long ago goes to the ticket that follows it up.

        :param message: the ``email.message.EmailMessage``
        :param dict message_dict: its parsed content
        :param list routes: see ``message_route``
        :return: list of routes
        """
        is_answer, is_automatic = self._detect_automatic(message, message_dict)
        if is_automatic:
            message_dict['message_type'] = 'auto_comment'
        result = []
        for route in routes:
            model, thread_id, custom_values, user_id, alias = route
            if model != self._name:
                result.append(route)
            elif not thread_id and (is_answer or self._is_own_address(message_dict)):
                _logger.info(
                    "Mail from %s with Message-Id %s opens no ticket: it is an automatic answer.",
                    message_dict.get('email_from'),
                    message_dict.get('message_id'),
                )
            elif not thread_id or is_automatic:
                result.append(route)
            else:
                # sudo: helpdesk.ticket - the gateway finds the ticket for the sender
                ticket = self.sudo().browse(thread_id)
                target = ticket
                if not ticket._is_agent(ticket._find_sender(message_dict)):
                    target = ticket._find_reply_target()
                if not target:
                    custom_values = {**(custom_values or {}), **ticket._prepare_follow_up()}
                result.append((model, target.id, custom_values, user_id, alias))
        return result

    @api.model
    def _detect_automatic(self, message, message_dict):
        """Tell an automatic mail from one that somebody has written (RFC 3834 and its elders).

        :return: tuple of (is an automatic answer, is automatic at all)
        """
        auto_submitted = (message.get('Auto-Submitted') or 'no').split(';')[0].strip().lower()
        precedence = (message.get('Precedence') or '').strip().lower()
        is_answer = (
            auto_submitted.startswith('auto-replied')
            or precedence == 'auto_reply'
            or any(header in message for header in ('X-Autoreply', 'X-Autorespond'))
            or (message.get('Return-Path') or '').strip() == '<>'
        )
        return is_answer, is_answer or auto_submitted != 'no' or precedence in ('bulk', 'junk')

    @api.model
    def _is_own_address(self, message_dict):
        """Tell whether a mail comes from one of the addresses it could be sent to: a loop."""
        sender = email_normalize(message_dict.get('email_from') or '')
        # sudo: mail.alias.domain - the gateway knows its own addresses
        return bool(sender and self.env['mail.alias.domain'].sudo()._find_aliases([sender]))

    def _find_sender(self, message_dict):
        """Return the known ``res.partner`` who has sent a mail about the ticket."""
        if message_dict.get('author_id'):
            return self.env['res.partner'].browse(message_dict['author_id'])
        if not message_dict.get('email_from'):
            return self.env['res.partner']
        return self._partner_find_from_emails_single([message_dict['email_from']], no_create=True)

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Override of `helpdesk_mgmt`: a sender becomes a customer, a circular no crowd."""
        values = {**self._prepare_mail_values(msg_dict), **(custom_values or {})}
        # The customer is the author, also of the message that is posted next.
        if values.get('partner_id') and not msg_dict.get('author_id'):
            msg_dict['author_id'] = values['partner_id']
        # Upstream would subscribe all recipients, and keep the address as it was written.
        message = {**msg_dict, 'to': '', 'cc': '', 'email_from': values['partner_email']}
        ticket = super().message_new(message, custom_values=values)
        ticket._subscribe_mail_recipients(msg_dict)
        return ticket

    def message_update(self, msg_dict, update_vals=None):
        """Override of `helpdesk_mgmt`: see `message_new`."""
        known = self._mail_cc_sanitized_raw_dict(self.email_cc)
        carbon_copies = {**self._mail_cc_sanitized_raw_dict(msg_dict.get('cc')), **known}
        if carbon_copies != known:
            update_vals = {'email_cc': ", ".join(carbon_copies.values()), **(update_vals or {})}
        self._subscribe_mail_recipients(msg_dict)
        return super().message_update({**msg_dict, 'to': '', 'cc': ''}, update_vals=update_vals)

    @api.model
    def _prepare_mail_values(self, msg_dict):
        """Return the values of a ticket that is opened by a mail."""
        name, email = next(iter(email_split_tuples(msg_dict.get('email_from') or '')), ('', ''))
        channel = self.env.ref(
            'helpdesk_mgmt.helpdesk_ticket_channel_email', raise_if_not_found=False
        )
        values = {
            'name': msg_dict.get('subject') or self.env._("No subject"),
            'description': msg_dict.get('body') or Markup('<p></p>'),
            'partner_id': self._find_or_create_sender(msg_dict).id,
            'partner_email': email_normalize(email) or email,
            'email_cc': ", ".join(self._mail_cc_sanitized_raw_dict(msg_dict.get('cc')).values()),
            'user_id': False,
            'channel_id': channel and channel.id,
        }
        if name:
            values['partner_name'] = name
        return values

    @api.model
    def _find_or_create_sender(self, msg_dict):
        """Return the customer who has sent a mail; nobody for robots and broken addresses."""
        partner = self._find_sender(msg_dict)
        email = email_normalize(msg_dict.get('email_from') or '')
        if partner or not email or ROBOT_ADDRESS.match(email):
            return partner
        # sudo: res.partner - the gateway acts for a stranger
        return self.sudo()._partner_find_from_emails_single([msg_dict['email_from']])

    def _subscribe_mail_recipients(self, msg_dict):
        """Subscribe the other recipients of a mail we know, unless there are suspiciously many."""
        emails = email_split(f"{msg_dict.get('to') or ''},{msg_dict.get('cc') or ''}")
        if not 0 < len(emails) <= MAX_MAIL_FOLLOWERS:
            return
        for ticket in self:
            partners = ticket._partner_find_from_emails_single(emails, no_create=True)
            ticket.message_subscribe(partners.ids)

    # === CONVERSATION === #

    def _message_post_after_hook(self, message, msg_values):
        """Override of `mail`: a message is somebody's turn; it may reopen the ticket."""
        result = super()._message_post_after_hook(message, msg_values)
        if message.message_type == 'email' and message.subtype_id == self._creation_subtype():
            if 'cid:' in (self.description or ''):
                # The images of the mail are attachments now.
                self.description = message.body
        elif self._is_conversation(message):
            if self._is_agent(message.author_id):
                self._on_agent_message(message)
            else:
                self._on_customer_message(message)
        return result

    @api.model
    def _is_conversation(self, message):
        """Tell whether a message is part of the talk of agent and customer."""
        return (
            message.message_type in ('comment', 'email')
            and message.subtype_id == self.env.ref('mail.mt_comment')
            and not (is_html_empty(message.body) and not message.attachment_ids)
        )

    def _is_agent(self, partner):
        """Tell whether a partner speaks for us on this ticket: staff who is not its customer."""
        # sudo: res.partner - the author may be hidden from the reader
        partner_sudo = partner.sudo()
        return bool(partner_sudo and not partner_sudo.partner_share and partner != self.partner_id)

    def _on_agent_message(self, message):
        """Hook called when an agent has written to the customer."""
        self._measure_agent_message()
        self._raise_event('ticket_replied', self._prepare_event_values(message))

    def _on_customer_message(self, message):
        """Hook called when the customer, or somebody he has invited, has written."""
        # sudo: helpdesk.ticket - the customer may not write, but what he says moves the ticket
        ticket = self.sudo()
        if ticket.closed:
            target = ticket._find_reply_target()
            if target != ticket:
                return ticket._forward_message(message, target)
            ticket._reopen_for_customer()
        elif ticket.is_waiting:
            ticket.stage_id = ticket.team_id._get_reopen_stage()
        ticket._measure_customer_message()
        ticket._raise_event('ticket_customer_replied', self._prepare_event_values(message))
        return None

    def _find_reply_target(self):
        """Return the ticket that an answer of the customer belongs to.

        :return: the ticket itself, the original it duplicates, an open ticket that follows it up,
            or an empty recordset if a new ticket is due
        """
        self.ensure_one()
        if self.duplicate_id and self.duplicate_id != self:
            return self.duplicate_id._find_reply_target()
        if not self.closed or self._can_reopen():
            return self
        follow_up = self.search([('origin_id', '=', self.id)], order='id desc', limit=1)
        return follow_up._find_reply_target() if follow_up else follow_up

    def _can_reopen(self):
        """Tell whether an answer still opens the closed ticket again."""
        self.ensure_one()
        days = self.team_id.reopen_days if self.team_id else REOPEN_DAYS
        since = fields.Datetime.now() - timedelta(days=days)
        return bool(days) and (not self.closed_date or self.closed_date >= since)

    def _reopen_for_customer(self):
        """Go on with a closed ticket, with another agent if the old one has left."""
        self.ensure_one()
        if not self.user_id.active:
            self.user_id = False
        self.stage_id = self.team_id._get_reopen_stage()
        self._assign_by_rule()

    def _prepare_follow_up(self):
        """Return the values of a new ticket in which the customer comes back to this one."""
        self.ensure_one()
        return {
            'origin_id': self.id,
            'team_id': self.team_id.id,
            'company_id': self.company_id.id,
            'type_id': self.type_id.id,
            'category_id': self.category_id.id,
            'partner_id': self.partner_id.id,
        }

    def _forward_message(self, message, target):
        """Carry an answer to a ticket that stays closed over to the one that follows it up.

        :param message: the ``mail.message`` posted on this ticket
        :param target: ``helpdesk.ticket`` that goes on, empty to open a new one
        """
        self.ensure_one()
        message_sudo = message.sudo()
        attachments = [attachment.copy() for attachment in message_sudo.attachment_ids]
        attachments = self.env['ir.attachment'].sudo().union(*attachments)
        if target:
            target.message_post(
                body=message_sudo.body,
                author_id=message_sudo.author_id.id,
                email_from=message_sudo.email_from,
                message_type='comment',
                subtype_xmlid='mail.mt_comment',
                attachment_ids=attachments.ids,
            )
        else:
            target = self.create(
                {
                    **self._prepare_follow_up(),
                    'name': self.name,
                    'description': message_sudo.body,
                    'channel_id': self.channel_id.id,
                    'user_id': False,
                }
            )
            attachments.write({'res_model': self._name, 'res_id': target.id})
        self._message_log(
            body=self.env._(
                "The ticket stays closed: the answer went to %(number)s.", number=target.number
            )
        )
        return target
