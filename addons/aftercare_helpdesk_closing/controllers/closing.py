from werkzeug.exceptions import NotFound

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk
from odoo.exceptions import UserError
from odoo.http import Controller, request, route


class HelpdeskClosing(Controller):
    """The page behind the link of a mail. It changes nothing until its button is pressed:
    mail scanners follow every link."""

    @route(
        '/ticket/closing/<string:token>',
        type='http',
        auth='public',
        website=True,
        methods=['GET'],
        readonly=True,
        sitemap=False,
    )
    def ticket_closing(self, token, **_kwargs):
        return self._render(token, self._find_ticket(token))

    @route(
        '/ticket/closing/<string:token>/close',
        type='http',
        auth='public',
        website=True,
        methods=['POST'],
        sitemap=False,
    )
    def ticket_closing_close(self, token, stage_id='', **_kwargs):
        ticket_sudo = self._find_ticket(token)
        stage = ticket_sudo._get_customer_stages().filtered(lambda stage: str(stage.id) == stage_id)
        return self._act(token, ticket_sudo, 'closed', lambda: ticket_sudo._close_by_link(stage))

    @route(
        '/ticket/closing/<string:token>/reopen',
        type='http',
        auth='public',
        website=True,
        methods=['POST'],
        sitemap=False,
    )
    def ticket_closing_reopen(self, token, reason='', **_kwargs):
        ticket_sudo = self._find_ticket(token)
        return self._act(
            token, ticket_sudo, 'reopened', lambda: ticket_sudo._reopen_by_link(reason)
        )

    def _find_ticket(self, token):
        ticket_sudo = request.env['helpdesk.ticket']._find_by_closing_token(token)
        if not ticket_sudo:
            raise NotFound
        return ticket_sudo

    def _act(self, token, ticket_sudo, done, act):
        """Do what was asked for and show what became of it."""
        if done == 'closed' and ticket_sudo.closed:
            # Pressed twice
            return self._render(token, ticket_sudo, done)
        try:
            act()
        except UserError as error:
            return self._render(token, ticket_sudo, error=str(error), status=422)
        return self._render(token, ticket_sudo, done)

    def _render(self, token, ticket_sudo, done='', error='', status=200):
        response = request.render(
            'aftercare_helpdesk_closing.closing_page',
            {
                'token': token,
                'ticket': ticket_sudo,
                'done': done,
                'error': error,
                'stages': ticket_sudo._get_customer_stages(),
                'can_reopen': ticket_sudo._can_reopen_by_link(),
                'no_breadcrumbs': True,
            },
            status=status,
        )
        # The address is a key: it must not travel on, nor stay in a shared cache.
        response.headers['Referrer-Policy'] = 'no-referrer'
        response.headers['Cache-Control'] = 'no-store'
        response.headers['X-Robots-Tag'] = 'noindex'
        return response


class HelpdeskClosingPortal(CustomerPortalHelpdesk):
    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        """Override of `helpdesk_mgmt`: buttons for what the team lets its customers do."""
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        return values | {'closed_stages': ticket._get_customer_stages()}
