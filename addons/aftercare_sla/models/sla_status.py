from odoo import fields, models


class SlaStatus(models.Model):
    """The clock of one policy on one record."""

    _name = 'sla.status'
    _description = "SLA Status"
    _order = 'deadline, id'

    policy_id = fields.Many2one('sla.policy', required=True, ondelete='restrict', index=True)
    company_id = fields.Many2one(related='policy_id.company_id', store=True, index=True)
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field='res_model', required=True)
    deadline = fields.Datetime()
    reached_date = fields.Datetime()
    end_date = fields.Datetime()
    state = fields.Selection(
        [
            ('ongoing', "Ongoing"),
            ('paused', "Paused"),
            ('reached', "Reached"),
            ('failed', "Failed"),
            ('cancelled', "Cancelled"),
        ],
        required=True,
        default='ongoing',
    )
    event_ids = fields.One2many('sla.status.event', 'status_id')
