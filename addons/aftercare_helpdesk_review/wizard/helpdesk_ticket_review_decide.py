from odoo import api, fields, models


class HelpdeskTicketReviewDecide(models.TransientModel):
    """What a reviewer says about tickets that somebody wants to close."""

    _name = 'helpdesk.ticket.review.decide'
    _description = "Decision of a Reviewer"

    ticket_ids = fields.Many2many(
        comodel_name='helpdesk.ticket', string="Tickets", required=True, readonly=True
    )
    decision = fields.Selection(
        selection=[('approved', "Approve"), ('refused', "Return")], required=True
    )
    comment = fields.Text()
    is_final = fields.Boolean(
        string="Decide for All", help="Close now, without waiting for the other reviewers."
    )
    can_decide_alone = fields.Boolean(compute='_compute_can_decide_alone')

    @api.depends('ticket_ids')
    @api.depends_context('uid')
    def _compute_can_decide_alone(self):
        is_manager = self.env.user.has_group('helpdesk_mgmt.group_helpdesk_manager')
        for decide in self:
            decide.can_decide_alone = is_manager and any(
                ticket.review_missing > 1 and self.env.user in ticket.sudo().review_user_ids
                for ticket in decide.ticket_ids
            )

    def action_decide(self):
        """Decide on all tickets the same way."""
        self.ensure_one()
        for ticket in self.ticket_ids:
            ticket._decide_review(self.decision, self.comment, self.is_final)
        return {'type': 'ir.actions.act_window_close'}
