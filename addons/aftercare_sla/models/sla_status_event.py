from odoo import api, fields, models
from odoo.tools import format_duration


class SlaStatusEvent(models.Model):
    """One row of the timeline that explains an SLA status; rows are added, never changed."""

    _name = 'sla.status.event'
    _description = "SLA Timeline"
    _order = 'date, id'
    _log_access = False

    status_id = fields.Many2one('sla.status', required=True, index=True, ondelete='cascade')
    date = fields.Datetime(required=True)
    kind = fields.Selection(
        [
            ('started', "Started"),
            ('paused', "Paused"),
            ('resumed', "Resumed"),
            ('adjusted', "Working time changed"),
            ('warned', "Due soon"),
            ('reached', "Reached"),
            ('failed', "Missed"),
            ('cancelled', "Ended"),
            ('error', "Action failed"),
        ],
        required=True,
    )
    worked_seconds = fields.Integer()
    worked_text = fields.Char(string="Time Used", compute='_compute_worked_text')
    note = fields.Char()
    user_id = fields.Many2one('res.users', string="By", default=lambda self: self.env.uid)

    @api.depends('worked_seconds')
    def _compute_worked_text(self):
        for event in self:
            event.worked_text = format_duration(event.worked_seconds / 3600)
