from odoo import api, fields, models


class ServiceAssignment(models.Model):
    """Why an agent was given a record."""

    _name = 'service.assignment'
    _description = "Assignment"
    _order = 'id desc'

    date = fields.Datetime(default=fields.Datetime.now, readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field='res_model', readonly=True)
    agent_id = fields.Many2one('service.agent', readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one('res.company', readonly=True)
    method = fields.Selection(
        [
            ('manual', "By hand"),
            ('random', "At random"),
            ('balanced', "Fewest open"),
            ('round_robin', "In turn"),
        ],
        readonly=True,
    )
    reason = fields.Text(compute='_compute_reason')
    candidate_ids = fields.One2many('service.assignment.candidate', 'assignment_id', readonly=True)

    _resource_idx = models.Index('(res_model, res_id)')

    def _compute_reason(self):
        self.reason = ''

    @api.model
    def _get_explanation_action(self, res_model, res_id):
        """Return the action that explains in a dialog who was chosen for a record and why."""
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'views': [(False, 'list')],
            'domain': [('res_model', '=', res_model), ('res_id', '=', res_id)],
            'target': 'new',
        }
