from werkzeug.exceptions import BadRequest, TooManyRequests

from odoo.addons.aftercare_helpdesk.controllers.main import HelpdeskTicketController
from odoo.http import request, route
from odoo.tools import email_normalize

from .. import utils


class HelpdeskTicketWebsite(HelpdeskTicketController):
    @route()
    def create_new_ticket(self, **kw):
        """Override of `helpdesk_mgmt`: every ticket starts at the forms of the teams."""
        return request.redirect('/helpdesk')

    @route()
    def submit_ticket(self, **kw):
        """Override of `aftercare_helpdesk`: the limits of the forms hold for the old one too."""
        user = request.env.user
        # sudo: helpdesk.ticket.attempt, helpdesk.ticket.team - limits nobody may read or write
        Attempt_sudo = request.env['helpdesk.ticket.attempt'].sudo()
        Team_sudo = request.env['helpdesk.ticket.team'].sudo()
        sender = {
            'ip': request.httprequest.remote_addr,
            'email': email_normalize(user.email) or user.login,
            'is_account': True,
        }
        if Attempt_sudo._is_over_limit(**sender):
            raise TooManyRequests(
                request.env._("Too many tickets were sent from here within the last hour.")
            )
        for upload in request.httprequest.files.getlist('attachment'):
            if upload.filename:
                name = utils.clean_filename(upload.filename)
                if error := Team_sudo._check_website_file(name, upload.read()):
                    raise BadRequest(error)
                upload.seek(0)
        Attempt_sudo.create({**sender, 'is_accepted': True})
        return super().submit_ticket(**kw)
