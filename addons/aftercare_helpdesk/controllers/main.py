from werkzeug.exceptions import BadRequest, NotFound

from odoo import http
from odoo.addons.helpdesk_type.controllers.main import HelpdeskTicketControllerTypes
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools import consteq


class HelpdeskTicketController(HelpdeskTicketControllerTypes):
    """Mends the routes of `helpdesk_mgmt` that trusted whatever they were sent."""

    @http.route(auth='public', website=True, methods=['POST'])
    def support_ticket_close(self, ticket_id=None, stage_id=None, access_token=None, **kw):
        """Override of `helpdesk_mgmt`: close a ticket of one's own, and never by a mere link.

        Whoever opened the page by the link of a mail has a token instead of an account.
        """
        try:
            ticket_sudo = CustomerPortal()._document_check_access(
                'helpdesk.ticket', self._parse_id(ticket_id), access_token=access_token
            )
        except (AccessError, MissingError):
            raise NotFound
        has_token = (
            access_token
            and ticket_sudo.access_token
            and consteq(ticket_sudo.access_token, access_token)
        )
        if not has_token and not ticket_sudo._is_customer(request.env.user.partner_id):
            raise NotFound
        stage_sudo = (
            request.env['helpdesk.ticket.stage'].sudo().browse(self._parse_id(stage_id)).exists()
        )
        try:
            ticket_sudo._close_by_customer(stage_sudo)
        except UserError as error:
            raise BadRequest(str(error))
        return request.redirect(ticket_sudo.get_portal_url())

    @http.route(methods=['POST'])
    def submit_ticket(self, **kw):
        """Override of `helpdesk_mgmt`: refuse what is no ticket before it is made one."""
        if not (kw.get('subject') or '').strip() or not (kw.get('description') or '').strip():
            raise BadRequest(request.env._("Please say in a few words what it is about."))
        for name in ('team', 'category', 'type'):
            if kw.get(name):
                self._parse_id(kw[name])
        return super().submit_ticket(**kw)

    def _prepare_submit_ticket_vals(self, **kw):
        """Override of `helpdesk_mgmt`: only what the customer can choose in the form."""
        vals = super()._prepare_submit_ticket_vals(**kw)
        # sudo: helpdesk.ticket.* - what the form offers is read by everybody
        env = request.env(su=True)
        offered = [('show_in_portal', '=', True), ('company_id', 'in', [False, vals['company_id']])]
        if kw.get('team') and not env['helpdesk.ticket.team'].search_count(
            [('id', '=', vals.get('team_id')), ('visibility', '=', 'portal'), *offered]
        ):
            vals.pop('team_id', None)
            vals.pop('stage_id', None)
        if vals.get('category_id') and not env['helpdesk.ticket.category'].search_count(
            [('id', '=', vals['category_id']), *offered]
        ):
            vals['category_id'] = False
        return vals

    def _get_teams(self):
        """Override of `helpdesk_mgmt`: teams whose tickets customers may see."""
        teams = super()._get_teams()
        return teams and teams.filtered(lambda team: team.visibility == 'portal')

    @staticmethod
    def _parse_id(value):
        """Return a record id that was sent as text.

        :raises BadRequest: if it is none
        """
        if not (value or '').isdecimal() or int(value) > 2**31 - 1:
            raise BadRequest(request.env._("This form is out of date. Please open it again."))
        return int(value)
