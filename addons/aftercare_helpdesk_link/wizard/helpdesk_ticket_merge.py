from odoo import api, fields, models
from odoo.exceptions import UserError


class HelpdeskTicketMerge(models.TransientModel):
    """Which tickets are merged, and into which."""

    _name = 'helpdesk.ticket.merge'
    _description = "Merge Tickets"

    ticket_ids = fields.Many2many(
        comodel_name='helpdesk.ticket', string="Tickets", required=True, readonly=True
    )
    target_id = fields.Many2one(
        comodel_name='helpdesk.ticket',
        string="Merge Into",
        compute='_compute_target_id',
        store=True,
        readonly=False,
        help="The ticket that goes on. All others are closed and point at it.",
    )
    is_single = fields.Boolean(compute='_compute_is_single')
    is_foreign = fields.Boolean(compute='_compute_is_foreign')
    is_confirmed = fields.Boolean(string="They belong together: each may read what the other wrote")
    is_customer_told = fields.Boolean(
        string="Write to the Customer",
        help="Tell the customers of the merged tickets where their request goes on.",
    )

    @api.depends('ticket_ids')
    def _compute_is_single(self):
        for merge in self:
            merge.is_single = len(merge.ticket_ids) == 1

    @api.depends('ticket_ids')
    def _compute_target_id(self):
        """The oldest that is open: customers know its number best."""
        for merge in self:
            tickets = merge.ticket_ids._origin.sorted(lambda ticket: (ticket.closed, ticket.id))
            merge.target_id = tickets[:1] if len(tickets) > 1 else False

    @api.depends('ticket_ids', 'target_id')
    def _compute_is_foreign(self):
        for merge in self:
            tickets = (merge.ticket_ids | merge.target_id)._origin
            merge.is_foreign = len(tickets._get_customer_keys()) > 1

    def action_merge(self):
        """Merge, and show the ticket that goes on."""
        self.ensure_one()
        if not self.target_id:
            raise UserError(self.env._("Choose the ticket that goes on."))
        if self.is_foreign and not self.is_confirmed:
            raise UserError(
                self.env._("These tickets have different customers. Please confirm to merge them.")
            )
        self.ticket_ids._merge_into(self.target_id, self.is_customer_told)
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'helpdesk.ticket',
            'res_id': self.target_id.id,
            'view_mode': 'form',
        }
