from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    agent_assignment_method = fields.Selection(
        [
            ('balanced', "Fewest customers"),
            ('round_robin', "In turn"),
            ('random', "At random"),
        ],
        string="New Customers Go To",
        default='balanced',
        required=True,
        help="Which of the agents of a region gets a new customer.",
    )
