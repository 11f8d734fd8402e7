from odoo import fields, models


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    priority = fields.Selection(
        selection=[
            ('0', "Normal"),
            ('1', "Important"),
            ('2', "Urgent"),
            ('3', "Immediate"),
        ],
        default='0',
    )
    # Stored, so that lists, counters and indexes can be limited to open tickets.
    closed = fields.Boolean(store=True)
    is_cancelled = fields.Boolean(related='stage_id.is_cancelled', store=True)
    is_waiting = fields.Boolean(related='stage_id.is_waiting')
    region_id = fields.Many2one(comodel_name='service.region')
    agent_id = fields.Many2one(comodel_name='service.agent', compute='_compute_agent_id')
    assignment_ids = fields.One2many(
        comodel_name='service.assignment',
        inverse_name='res_id',
        domain=[('res_model', '=', 'helpdesk.ticket')],
    )
    first_response_date = fields.Datetime(copy=False, readonly=True)

    def _compute_agent_id(self):
        agents = self.env['service.agent'].sudo().search([('user_id', 'in', self.user_id.ids)])
        by_user = {agent.user_id: agent for agent in agents}
        for ticket in self:
            ticket.agent_id = by_user.get(ticket.user_id, False)

    def action_explain_assignment(self):
        """Open the assignment that chose the agent, with the numbers of every candidate."""
        self.ensure_one()
        assignment = self.assignment_ids.sorted('id')[-1:]
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Why me?"),
            'res_model': 'service.assignment',
            'res_id': assignment.id,
            'view_mode': 'form',
            'target': 'new',
        }
