from odoo.addons.aftercare_helpdesk_website.controllers import form
from odoo.tests import tagged

from .common import HelpdeskWebsiteCase


@tagged('post_install', '-at_install')
class TestTour(HelpdeskWebsiteCase):
    def test_visitor_sends_a_ticket_in_the_browser(self):
        # A tour types faster than people do
        self.patch(form, 'MIN_SECONDS', 0)
        self.start_tour('/helpdesk', 'aftercare_helpdesk_website_form')
        ticket = self._find_tickets("Tour: moth in the relay")
        self.assertEqual(len(ticket), 1)
        attachments = self.env['ir.attachment'].search(
            [('res_model', '=', 'helpdesk.ticket'), ('res_id', '=', ticket.id)]
        )
        self.assertEqual(attachments.mapped('name'), ['kept.txt'])
