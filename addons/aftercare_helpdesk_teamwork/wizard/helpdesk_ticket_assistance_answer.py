from odoo import fields, models


class HelpdeskTicketAssistanceAnswer(models.TransientModel):
    """A helper's answer to the colleague who has asked."""

    _name = 'helpdesk.ticket.assistance.answer'
    _description = "Answer a Request for Help"

    assistance_id = fields.Many2one(
        comodel_name='helpdesk.ticket.assistance', required=True, readonly=True, ondelete='cascade'
    )
    question = fields.Text(related='assistance_id.question')
    answer = fields.Text(required=True)

    # === ACTION METHODS === #

    def action_answer(self):
        """Close the request; who has asked is told."""
        self.ensure_one()
        self.assistance_id._answer(self.answer.strip())
        return {'type': 'ir.actions.act_window_close'}
