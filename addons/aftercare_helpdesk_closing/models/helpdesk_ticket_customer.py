import binascii

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.misc import hash_sign, verify_hash_signed

LINK_SCOPE = 'aftercare_helpdesk_closing.link'
LINK_HOURS = 90 * 24
REASON_LENGTH = 5000


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    # === WHAT THE TEAM ALLOWS === #

    def _get_customer_stages(self):
        """Override of `aftercare_helpdesk`: none where the team closes its tickets itself."""
        stages = super()._get_customer_stages()
        if self.team_id and not self.team_id.customer_can_close:
            return stages.browse()
        return stages

    def _can_reopen(self):
        """Override of `aftercare_helpdesk`: not where the team wants a new ticket instead."""
        if self.team_id and not self.team_id.customer_can_reopen:
            return False
        return super()._can_reopen()

    def _can_reopen_by_link(self):
        """Tell whether the customer may take the closed ticket up again."""
        self.ensure_one()
        return bool(self.closed and not self.duplicate_id and self._can_reopen())

    # === LINK === #

    def _has_closing_link(self):
        """Tell whether mails to the customer have the link by which he closes the ticket."""
        self.ensure_one()
        return bool(
            self.partner_id
            and self.team_id.has_closing_link
            and self.team_id.visibility == 'portal'
            and self._get_customer_stages()
        )

    def _get_closing_url(self):
        """Return the address of the page on which the customer closes or reopens the ticket.

        It expires, and ends with the ticket's belonging to this customer.
        """
        self.ensure_one()
        # sudo: ir.config_parameter - signing reads the secret of the database
        token = hash_sign(
            self.sudo().env,
            LINK_SCOPE,
            [self.id, self.partner_id.id],
            expiration_hours=LINK_HOURS,
        )
        return f'{self.get_base_url()}/ticket/closing/{token}'

    @api.model
    def _find_by_closing_token(self, token):
        """Return the ticket of a link, sudoed, empty when it is forged, expired or outdated."""
        # sudo: helpdesk.ticket, ir.config_parameter - the link was given to this customer alone
        Ticket_sudo = self.sudo()
        try:
            values = verify_hash_signed(Ticket_sudo.env, LINK_SCOPE, token or '')
        except (ValueError, binascii.Error, UnicodeError, IndexError):
            values = None
        if not values:
            return Ticket_sudo
        ticket_id, partner_id = values
        ticket_sudo = Ticket_sudo.browse(ticket_id).exists()
        is_valid = (
            ticket_sudo.active
            and ticket_sudo.partner_id.id == partner_id
            and ticket_sudo.team_id.has_closing_link
            and ticket_sudo.team_id.visibility == 'portal'
        )
        return ticket_sudo if is_valid else Ticket_sudo

    def _close_by_link(self, stage):
        """Close the ticket for the customer who has used the link of a mail.

        :raises UserError: if the team does not let him
        """
        self.ensure_one()
        self._close_by_customer(stage)
        self.message_post(
            author_id=self.partner_id.id,
            body=self.env._("The customer used the link of a mail to close the ticket."),
            subtype_xmlid='mail.mt_note',
        )

    def _reopen_by_link(self, reason):
        """Take the closed ticket up again; the reason becomes the customer's message.

        :raises UserError: without a reason, or where the team or the time does not allow it
        """
        self.ensure_one()
        reason = (reason or '').strip()[:REASON_LENGTH]
        if not reason:
            raise UserError(self.env._("Please tell us what is still wrong."))
        if not self._can_reopen_by_link():
            raise UserError(self.env._("The ticket cannot be reopened any more."))
        # The message of a customer is what opens a closed ticket again.
        self.message_post(
            author_id=self.partner_id.id,
            body=plaintext2html(reason),
            message_type='comment',
            subtype_xmlid='mail.mt_comment',
        )
