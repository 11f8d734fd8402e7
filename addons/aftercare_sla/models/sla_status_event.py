from odoo import fields, models


class SlaStatusEvent(models.Model):
    """One row of the timeline that explains an SLA status."""

    _name = 'sla.status.event'
    _description = "SLA Timeline"
    _order = 'date, id'

    status_id = fields.Many2one('sla.status', required=True, index=True, ondelete='cascade')
    date = fields.Datetime(required=True)
    kind = fields.Selection(
        [
            ('started', "Started"),
            ('paused', "Paused"),
            ('resumed', "Resumed"),
            ('warned', "Warned"),
            ('reached', "Reached"),
            ('failed', "Failed"),
            ('cancelled', "Cancelled"),
        ],
        required=True,
    )
    worked_seconds = fields.Integer()
