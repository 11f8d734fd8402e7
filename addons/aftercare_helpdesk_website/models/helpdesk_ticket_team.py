from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = 'helpdesk.ticket.team'

    is_website_form = fields.Boolean(string="Publish the Ticket Form")
    website_slug = fields.Char(string="Form Address")
