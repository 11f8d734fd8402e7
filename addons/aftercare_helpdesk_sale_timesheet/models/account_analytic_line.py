from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AccountAnalyticLine(models.Model):
    _inherit = 'account.analytic.line'

    is_ticket_billable = fields.Boolean(
        string="Bill to the Customer",
        default=True,
        help="Whether time on a ticket counts for the sales order of the ticket.",
    )
    is_time_billed = fields.Boolean(related='ticket_id.is_time_billed')

    # === COMPUTE METHODS === #

    @api.depends('ticket_id.sale_line_id', 'is_ticket_billable')
    def _compute_so_line(self):
        """Override of `sale_timesheet`: time on a ticket counts for the ticket's order."""
        on_tickets = self.filtered('ticket_id')
        super(AccountAnalyticLine, self - on_tickets)._compute_so_line()
        for line in on_tickets:
            if line.is_so_line_edited or not line._is_not_billed():
                continue
            line.so_line = line.is_ticket_billable and line._get_ticket_sale_line()

    @api.depends('timesheet_invoice_id.state')
    def _compute_partner_id(self):
        """Override of `aftercare_helpdesk_timesheet`: what is billed keeps its customer."""
        super(
            AccountAnalyticLine, self.filtered(lambda line: line._is_not_billed())
        )._compute_partner_id()

    # === CONSTRAINT METHODS === #

    @api.constrains('so_line', 'ticket_id')
    def _check_ticket_so_line(self):
        # sudo: sale.order.line - compared only
        for line in self.sudo():
            customer = line.ticket_id.partner_id.commercial_partner_id
            if not line.ticket_id or not line.so_line or not line._is_not_billed():
                continue
            if line.so_line.order_partner_id.commercial_partner_id != customer:
                raise ValidationError(
                    self.env._("The time of a ticket cannot be billed to another customer.")
                )

    # === BUSINESS METHODS === #

    def _get_ticket_sale_line(self):
        """Return the order line the time counts for.

        What was logged stays where it was when the ticket goes on with other hours of the same
        customer: they would be used up by time that was paid already.
        """
        self.ensure_one()
        ticket = self.ticket_id
        customer = ticket.partner_id.commercial_partner_id
        is_kept = self.so_line and self.so_line.order_partner_id.commercial_partner_id == customer
        return self.so_line if is_kept else ticket.sale_line_id

    def _check_can_write(self, values):
        """Override of `sale_timesheet`: what is invoiced stays billable."""
        # sudo: account.move - agents need not see what was invoiced to be told
        if 'is_ticket_billable' in values and any(
            not line._is_not_billed() for line in self.sudo()
        ):
            raise ValidationError(self.env._("This time is invoiced already."))
        return super()._check_can_write(values)
