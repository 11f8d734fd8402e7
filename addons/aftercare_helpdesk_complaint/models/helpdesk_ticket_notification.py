from odoo import api, models

# What is said of a complaint instead of what is said of any ticket.
COMPLAINT_EVENTS = {
    'ticket_created': 'complaint_received',
    'ticket_closed': 'complaint_answered',
}


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    # === BUSINESS METHODS === #

    def _filter_answered_complaints(self):
        """Return the complaints that are open, or were closed with an answer."""
        return self.filtered(
            lambda ticket: ticket.ticket_kind == 'complaint' and not ticket.is_cancelled
        )

    def _raise_event(self, code, extra=None):
        """Override of `aftercare_helpdesk`: complaints have words of their own."""
        complaints = self.browse()
        if code in COMPLAINT_EVENTS:
            complaints = self._filter_answered_complaints()
            super(HelpdeskTicket, complaints)._raise_event(COMPLAINT_EVENTS[code], extra)
        return super(HelpdeskTicket, self - complaints)._raise_event(code, extra)

    @api.model
    def _raise_events(self, events):
        """Override of `aftercare_helpdesk`: likewise for several events at once."""
        events = dict(events)
        for code, own_code in COMPLAINT_EVENTS.items():
            tickets = events.get(code, self.browse())
            if complaints := tickets._filter_answered_complaints():
                events.update({code: tickets - complaints, own_code: complaints})
        return super()._raise_events(events)

    def _get_companies_mailing_customers(self, code):
        """Override of `aftercare_helpdesk`: whether the event of a complaint is mailed.

        The answer to a complaint does not ask for a rating, so that is asked for separately.
        """
        if self and code in COMPLAINT_EVENTS and self == self._filter_answered_complaints():
            if code == 'ticket_closed':
                return self.env['res.company']
            code = COMPLAINT_EVENTS[code]
        return super()._get_companies_mailing_customers(code)
