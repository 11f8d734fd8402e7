from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    helpdesk_tickets_per_ip = fields.Integer(
        string="Tickets per IP Address",
        config_parameter='aftercare_helpdesk_website.tickets_per_ip',
    )
    helpdesk_tickets_per_email = fields.Integer(
        string="Tickets per E-mail Address",
        config_parameter='aftercare_helpdesk_website.tickets_per_email',
    )
