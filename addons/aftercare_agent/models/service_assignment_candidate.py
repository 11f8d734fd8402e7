from odoo import fields, models


class ServiceAssignmentCandidate(models.Model):
    """The numbers of one agent at the moment of an assignment."""

    _name = 'service.assignment.candidate'
    _description = "Assignment Candidate"

    assignment_id = fields.Many2one('service.assignment', readonly=True, index=True)
    agent_id = fields.Many2one('service.agent', readonly=True)
    eligible = fields.Boolean(readonly=True)
    score = fields.Integer(readonly=True)
    open_count = fields.Integer(readonly=True)
    last_assignment_date = fields.Datetime(readonly=True)
    presence = fields.Char(readonly=True)
    explanation = fields.Char(readonly=True)
