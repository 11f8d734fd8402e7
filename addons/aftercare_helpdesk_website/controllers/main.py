from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.http import request, route


class HelpdeskTicketWebsite(HelpdeskTicketController):
    @route()
    def create_new_ticket(self, **kw):
        """Override of `helpdesk_mgmt`: every ticket starts at the forms of the teams."""
        return request.redirect('/helpdesk')
