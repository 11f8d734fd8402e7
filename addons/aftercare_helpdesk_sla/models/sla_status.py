from odoo import fields, models


class SlaStatus(models.Model):
    """Clocks of tickets can be analysed by what the tickets are."""

    _inherit = 'sla.status'

    ticket_id = fields.Many2one(
        'helpdesk.ticket', readonly=True, index='btree_not_null', ondelete='cascade'
    )
    team_id = fields.Many2one(related='ticket_id.team_id')
    type_id = fields.Many2one(related='ticket_id.type_id')
    ticket_priority = fields.Selection(related='ticket_id.priority', string="Priority")
