from psycopg2.errors import UniqueViolation
from werkzeug.exceptions import NotFound

from odoo.addons.aftercare_helpdesk_website import utils
from odoo.addons.aftercare_helpdesk_website.controllers.portal import HelpdeskPortal
from odoo.exceptions import AccessError, MissingError
from odoo.http import request, route
from odoo.tools import consteq, email_normalize

MAX_LENGTH = 20000


class HelpdeskComplaint(HelpdeskPortal):
    """The customer complains about the handling of a ticket, and reads what became of it."""

    # === PAGE OF A TICKET === #

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        """Override of `aftercare_helpdesk_website`: the way to complain, and the answer."""
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        is_customer = self._is_complainant(ticket, access_token)
        finding = ticket.complaint_finding if ticket.closed else False
        return values | {
            'can_complain': is_customer and ticket._can_complain(),
            'open_complaint': is_customer and ticket._get_open_complaint(),
            'complaint_finding': not ticket.complaint_is_withdrawn and finding,
        }

    def _is_complainant(self, ticket_sudo, access_token):
        """Tell whether it is the customer, signed in or by the link of a mail."""
        user = request.env.user
        if user._is_public():
            return bool(
                access_token
                and ticket_sudo.access_token
                and consteq(ticket_sudo.access_token, access_token)
            )
        return ticket_sudo._is_customer(user.partner_id)

    # === PAGE TO COMPLAIN === #

    @route(
        '/my/ticket/<int:ticket_id>/complaint',
        type='http',
        auth='public',
        website=True,
        methods=['GET'],
        readonly=True,
        sitemap=False,
    )
    def portal_ticket_complaint(self, ticket_id, access_token=None, **_kwargs):
        ticket_sudo = self._get_complainable(ticket_id, access_token)
        if complaint_sudo := ticket_sudo._get_open_complaint():
            return request.redirect(self._get_complaint_url(complaint_sudo))
        return self._render_complaint(ticket_sudo, access_token)

    @route(
        '/my/ticket/<int:ticket_id>/complaint/send',
        type='http',
        auth='public',
        website=True,
        methods=['POST'],
        sitemap=False,
    )
    def portal_ticket_complain(self, ticket_id, access_token=None, **post):
        ticket_sudo = self._get_complainable(ticket_id, access_token)
        if complaint_sudo := ticket_sudo._get_open_complaint():
            return request.redirect(self._get_complaint_url(complaint_sudo))
        text = utils.clean_text(post.get('description'))
        key, _issued = ticket_sudo.team_id._read_website_form_token(post.get('form_token'))
        cause_sudo = self._get_complaint_causes().filtered(
            lambda cause: str(cause.id) == post.get('cause')
        )
        error, status = self._check_complaint(ticket_sudo, text, key)
        if not error:
            complaint_sudo = self._create_complaint(ticket_sudo, text, cause_sudo, key)
            return request.redirect(self._get_complaint_url(complaint_sudo, 'complained'))
        return self._render_complaint(
            ticket_sudo, access_token, text=text, cause=cause_sudo, error=error, status=status
        )

    def _get_complainable(self, ticket_id, access_token):
        """Return the ticket, sudoed, if the visitor may complain about it.

        :raise NotFound: for everybody else, agents included
        """
        try:
            ticket_sudo = self._document_check_access(
                'helpdesk.ticket', ticket_id, access_token=access_token
            )
        except (AccessError, MissingError):
            raise NotFound
        if not self._is_complainant(ticket_sudo, access_token) or not ticket_sudo._can_complain():
            raise NotFound
        return ticket_sudo

    def _get_complaint_causes(self):
        # sudo: helpdesk.complaint.cause - what the form offers is read by everybody
        Cause_sudo = request.env['helpdesk.complaint.cause'].sudo()
        return Cause_sudo.search([('show_in_portal', '=', True)])

    def _get_complaint_url(self, complaint_sudo, done=''):
        """Return the address of a complaint's page; a visitor without account gets its link."""
        is_visitor = request.env.user._is_public()
        url = complaint_sudo.get_portal_url() if is_visitor else complaint_sudo.access_url
        separator = '&' if '?' in url else '?'
        return f'{url}{separator}done={done}#ticket' if done else url

    def _check_complaint(self, ticket_sudo, text, key):
        """Return why a complaint is refused and the HTTP status, (None, 200) if it is not."""
        if not text:
            return request.env._("Please tell us what went wrong."), 422
        if len(text) > MAX_LENGTH:
            return (
                request.env._("Please shorten this to %(length)s characters.", length=MAX_LENGTH),
                422,
            )
        if not key:
            return request.env._("This form was open for too long. Please send it once more."), 422
        # sudo: helpdesk.ticket.attempt - customers are counted, they cannot read the count
        Attempt_sudo = request.env['helpdesk.ticket.attempt'].sudo()
        sender = self._get_complaint_sender(ticket_sudo)
        if Attempt_sudo._is_over_limit(**sender):
            error = request.env._(
                "Too many tickets were sent from here within the last hour. Your text is kept"
                " below: please send it again later."
            )
            return error, 429
        Attempt_sudo.create({**sender, 'team_id': ticket_sudo.team_id.id, 'is_accepted': True})
        return None, 200

    def _get_complaint_sender(self, ticket_sudo):
        partner = self._ticket_get_actor(ticket_sudo)
        return {
            'ip': request.httprequest.remote_addr,
            'email': email_normalize(partner.email) or '',
            'is_account': not request.env.user._is_public(),
        }

    def _create_complaint(self, ticket_sudo, text, cause_sudo, key):
        """Create the complaint of a form, once however often the form is sent."""
        Ticket_sudo = ticket_sudo.browse()
        if found_sudo := Ticket_sudo.search([('website_form_key', '=', key)], limit=1):
            return found_sudo
        values = {
            'name': request.env._("Complaint about %(number)s", number=ticket_sudo.number),
            'description': text,
            'type_id': request.env['helpdesk.ticket.type']
            ._find_of_kind('complaint', ticket_sudo.team_id._get_complaint_team())
            .id,
            'complaint_ticket_id': ticket_sudo.id,
            'complaint_cause_id': cause_sudo.id,
            'website_form_key': key,
        }
        try:
            with request.env.cr.savepoint():
                return ticket_sudo.team_id._create_website_ticket(
                    values,
                    ip=request.httprequest.remote_addr,
                    author=self._ticket_get_actor(ticket_sudo),
                )
        except UniqueViolation as violation:
            # The same form came twice at once; the other worker has made its ticket
            if 'website_form_key' not in (violation.diag.constraint_name or ''):
                raise
            return ticket_sudo

    def _render_complaint(self, ticket_sudo, access_token, text='', status=200, **values):
        return request.render(
            'aftercare_helpdesk_complaint.complaint_form',
            {
                'ticket': ticket_sudo,
                'access_token': access_token,
                'form_token': ticket_sudo.team_id._make_website_form_token(),
                'causes': self._get_complaint_causes(),
                'text': text,
                'max_length': MAX_LENGTH,
                'page_name': 'ticket',
                'no_breadcrumbs': request.env.user._is_public(),
                'cause': None,
                'error': None,
                **values,
            },
            status=status,
        )
