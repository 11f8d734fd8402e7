from odoo import api, models
from odoo.tools import html2plaintext

TEXT_LENGTH = 2000


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    def _raise_event(self, code, extra=None):
        """Tell whom the notification rules name that something happened to the tickets."""
        if self:
            self.env['notification.event']._notify(code, self, extra)

    @api.model
    def _raise_events(self, events):
        """Do the same for several events at once.

        :param dict events: code → tickets
        """
        self.env['notification.event']._notify_many(
            [(code, tickets, None) for code, tickets in events.items() if tickets]
        )

    def _prepare_event_values(self, message):
        """Return what the templates of an answer may quote."""
        # sudo: mail.message - who is told may read what was written
        message_sudo = message.sudo()
        return {
            'author': message_sudo.author_id.name or message_sudo.email_from or '',
            'text': html2plaintext(message_sudo.body or '')[:TEXT_LENGTH],
        }

    def _notification_get_recipients(self, audience):
        """Override of `aftercare_notification`: the manager of a ticket leads its team."""
        if audience == 'manager':
            return {ticket.id: ticket.team_id.user_id.partner_id for ticket in self}
        return super()._notification_get_recipients(audience)

    def _notification_get_url(self, partner, audience):
        """Override of `aftercare_notification`: no link to what the customer may not see."""
        if audience == 'customer' and self.team_id and self.team_id.visibility != 'portal':
            return False
        return super()._notification_get_url(partner, audience)

    def _get_priority_label(self):
        """Return the word for the ticket's priority in the reader's language."""
        self.ensure_one()
        return dict(self._fields['priority']._description_selection(self.env))[self.priority or '0']

    def _notification_filter_relevant(self, code):
        """Override of `aftercare_notification`: nobody has to hear late of work that is done."""
        relevant = super()._notification_filter_relevant(code)
        if code == 'ticket_assigned':
            return relevant.filtered(lambda ticket: ticket.user_id and not ticket.closed)
        return relevant

    def _send_ticket_rating_mail(self, force_send=False):
        """Override of `helpdesk_mgmt_rating`: ask once, and only who can answer.

        The mail that tells of the closing asks already, where the rules send one.
        """
        companies = self._get_companies_mailing_customers('ticket_closed')
        asked = self.filtered(
            lambda ticket: ticket._is_rating_asked() and ticket.company_id not in companies
        )
        return super(HelpdeskTicket, asked)._send_ticket_rating_mail(force_send=False)

    def _get_companies_mailing_customers(self, code):
        """Return those of the tickets' companies whose rules mail an event to the customer."""
        # sudo: notification.event - the rules hold for everybody, whoever may read them
        event = self.env['notification.event'].sudo().search([('code', '=', code)])
        if not event:
            return self.env['res.company']
        return self.company_id.filtered(
            lambda company: any(
                rule.audience == 'customer' and rule.channel == 'mail'
                for rule in event._get_rules(company)[company]
            )
        )

    def _rating_get_parent_field_name(self):
        """Override of `rating`: what customers say of a ticket, they say of its team."""
        return 'team_id'

    def _is_rating_asked(self):
        """Tell whether the customer is asked for his opinion in the stage the ticket is in."""
        self.ensure_one()
        return bool(
            self.rating_status == 'stage_change'
            and self.stage_id.rating_mail_template_id
            and not self.duplicate_id
            and self.partner_id.email
            and not self.rating_ids.filtered('consumed')
        )
