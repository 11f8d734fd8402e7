import logging
import re

from markupsafe import Markup

from odoo import api, models
from odoo.tools import email_normalize, email_split
from odoo.tools.mail import email_split_tuples

_logger = logging.getLogger(__name__)

# Beyond this many known addresses a mail is a circular, and its readers did not ask for a ticket.
MAX_MAIL_FOLLOWERS = 10
# Nobody reads these addresses: to write to them, or to make customers of them, leads nowhere.
ROBOT_ADDRESS = re.compile(
    r'^(mailer-?daemon|postmaster|bounces?|(no|do-?not)[-_.]?reply)([-+._=].*)?@', re.IGNORECASE
)


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

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
        values = {
            'name': msg_dict.get('subject') or self.env._("No subject"),
            'description': msg_dict.get('body') or Markup('<p></p>'),
            'partner_id': self._find_or_create_sender(msg_dict).id,
            'partner_email': email_normalize(email) or email,
            'email_cc': ", ".join(self._mail_cc_sanitized_raw_dict(msg_dict.get('cc')).values()),
            'user_id': False,
            'channel_id': self.env['ir.model.data']._xmlid_to_res_id(
                'helpdesk_mgmt.helpdesk_ticket_channel_email'
            ),
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
