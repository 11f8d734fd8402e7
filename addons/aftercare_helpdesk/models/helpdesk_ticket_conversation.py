from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import is_html_empty

# For tickets without team.
REOPEN_DAYS = 14


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

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
