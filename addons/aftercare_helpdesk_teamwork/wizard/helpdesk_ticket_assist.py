from odoo import api, fields, models


class HelpdeskTicketAssist(models.TransientModel):
    """Asks colleagues for help with a ticket."""

    _name = 'helpdesk.ticket.assist'
    _description = "Ask for Help"

    ticket_id = fields.Many2one(
        comodel_name='helpdesk.ticket', required=True, readonly=True, ondelete='cascade'
    )
    user_ids = fields.Many2many(
        comodel_name='res.users',
        string="Whom",
        required=True,
        domain="[('id', 'in', available_user_ids)]",
    )
    available_user_ids = fields.Many2many(
        comodel_name='res.users', compute='_compute_available_user_ids'
    )
    question = fields.Text(required=True)

    # === COMPUTE METHODS === #

    @api.depends('ticket_id')
    def _compute_available_user_ids(self):
        # sudo: res.groups - who works in the helpdesk is no secret among colleagues
        users = self.env.ref('helpdesk_mgmt.group_helpdesk_user_own').sudo().all_user_ids
        for assist in self:
            ticket = assist.ticket_id
            busy = self.env.user | ticket.user_id | ticket.helper_ids
            assist.available_user_ids = (users - busy).filtered(
                lambda user, company=ticket.company_id: (
                    user.active and not user._is_superuser() and company in user.company_ids
                )
            )

    # === ACTION METHODS === #

    def action_ask(self):
        """Ask the colleagues: they see the ticket and find it among their activities."""
        self.ensure_one()
        self.env['helpdesk.ticket.assistance']._request(
            self.ticket_id, self.user_ids, self.question.strip()
        )
        return {'type': 'ir.actions.act_window_close'}
