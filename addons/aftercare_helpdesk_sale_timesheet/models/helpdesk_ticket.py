from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.sql import column_exists, create_column

GROUP = 'helpdesk_mgmt.group_helpdesk_user_own'
# Below this share of the prepaid hours the agent is warned.
LOW_SHARE = 0.2


class HelpdeskTicket(models.Model):
    _inherit = 'helpdesk.ticket'

    is_time_billed = fields.Boolean(related='team_id.is_time_billed')
    sale_line_id = fields.Many2one(
        comodel_name='sale.order.line',
        string="Billed To",
        compute='_compute_sale_line_id',
        store=True,
        readonly=False,
        index='btree_not_null',
        ondelete='set null',
        copy=False,
        groups=GROUP,
        help="The item of a sales order the time on the ticket counts for.",
    )
    sale_order_id = fields.Many2one(
        related='sale_line_id.order_id',
        store=True,
        index='btree_not_null',
        groups=GROUP,
    )
    can_open_sale_order = fields.Boolean(compute='_compute_can_open_sale_order', groups=GROUP)
    sale_line_choices = fields.Json(
        compute='_compute_sale_line_choices', groups=GROUP, export_string_translation=False
    )
    prepaid_hours_left = fields.Float(compute='_compute_prepaid', compute_sudo=True, groups=GROUP)
    prepaid_state = fields.Selection(
        selection=[('ok', "Enough left"), ('low', "Nearly used up"), ('used', "Used up")],
        string="Prepaid Hours",
        compute='_compute_prepaid',
        compute_sudo=True,
        groups=GROUP,
    )

    # === COMPUTE METHODS === #

    @api.depends('partner_id', 'team_id')
    def _compute_sale_line_id(self):
        """Keep what was chosen for the customer, otherwise take what has hours left."""
        billed = self.filtered(lambda ticket: ticket.partner_id and ticket._is_time_billed())
        (self - billed).sale_line_id = False
        lines = billed._find_sale_lines()
        for ticket in billed:
            customer = ticket._get_billed_customer()
            # sudo: sale.order.line - of the ticket's customer, whoever works on the ticket
            current = ticket.sale_line_id.sudo()
            if current.order_partner_id.commercial_partner_id != customer:
                candidates = ticket._filter_sale_lines(lines.get(customer))
                ticket.sale_line_id = next(
                    (line for line in candidates if line._is_ticket_time_left()), False
                )

    @api.depends('partner_id', 'team_id', 'sale_line_id')
    @api.depends_context('lang')
    def _compute_sale_line_choices(self):
        lines = self._find_sale_lines()
        for ticket in self:
            customer = ticket._get_billed_customer()
            # sudo: sale.order.line - of the ticket's customer, whoever works on the ticket
            current = ticket.sale_line_id.sudo()
            candidates = ticket._filter_sale_lines(lines.get(customer))
            ticket.sale_line_choices = [
                line._get_ticket_choice()
                for line in candidates
                if line == current or line._is_ticket_time_left()
            ]

    @api.depends('sale_line_id.remaining_hours', 'sale_line_id.product_uom_qty')
    def _compute_prepaid(self):
        hour = self.env.ref('uom.product_uom_hour')
        for ticket in self:
            line = ticket.sale_line_id
            if not line.remaining_hours_available:
                ticket.prepaid_hours_left = 0
                ticket.prepaid_state = False
                continue
            sold = line.product_uom_id._compute_quantity(line.product_uom_qty, hour, round=False)
            left = ticket.prepaid_hours_left = line.remaining_hours
            if left <= 0:
                ticket.prepaid_state = 'used'
            else:
                ticket.prepaid_state = 'low' if left < sold * LOW_SHARE else 'ok'

    @api.depends('sale_line_id')
    @api.depends_context('uid')
    def _compute_can_open_sale_order(self):
        allowed = set(self.sudo(False).sale_order_id._filtered_access('read')._ids)
        for ticket in self:
            ticket.can_open_sale_order = ticket.sale_order_id.id in allowed

    # === CONSTRAINT METHODS === #

    @api.constrains('sale_line_id')
    def _check_sale_line_id(self):
        # sudo: sale.order.line - compared only
        for ticket in self.sudo().filtered('sale_line_id'):
            if not ticket._filter_sale_lines(ticket.sale_line_id):
                raise ValidationError(
                    self.env._(
                        "The sales order item %(item)s does not belong to the customer of the "
                        "ticket, or no time can be billed with it.",
                        item=ticket.sale_line_id.order_id.name,
                    )
                )

    # === CRUD METHODS === #

    def _auto_init(self):
        """Override: when this is installed no team bills its time, so nothing to compute."""
        for name in ('sale_line_id', 'sale_order_id'):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, 'int4')
        return super()._auto_init()

    # === ACTION METHODS === #

    def action_view_sale_order(self):
        """Open the sales order the time counts for."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'sale.order',
            'view_mode': 'form',
            'res_id': self.sale_order_id.id,
        }

    # === BUSINESS METHODS === #

    def _is_time_billed(self):
        """Tell whether the time on the ticket counts for sales orders."""
        # sudo: helpdesk.ticket.team - the switches hold for everybody
        team_sudo = self.team_id.sudo()
        return team_sudo.allow_timesheets and team_sudo.is_time_billed

    def _get_billed_customer(self):
        """Return the commercial partners of the tickets."""
        # sudo: res.partner - the customer of a ticket one works on
        return self.partner_id.sudo().commercial_partner_id

    def _find_sale_lines(self):
        """Return the order lines the time of the customers may count for.

        :return: dict of commercial partner → ``sale.order.line``, by superuser rights, sorted
        """
        billed = self.filtered(lambda ticket: ticket.partner_id and ticket._is_time_billed())
        # sudo: sale.order.line - what a customer has bought in support hours is what agents go by
        SaleLine = self.env['sale.order.line'].sudo()
        customers = billed._get_billed_customer()
        if not customers:
            return {}
        lines = SaleLine.search(SaleLine._get_ticket_time_domain(customers))
        return {
            customer: found._sort_for_tickets()
            for customer, found in lines.grouped(
                lambda line: line.order_partner_id.commercial_partner_id
            ).items()
        }

    def _filter_sale_lines(self, lines):
        """Return which order lines the time on this ticket may count for.

        :param lines: ``sale.order.line`` by superuser rights, or None
        """
        self.ensure_one()
        if not lines:
            # sudo: sale.order.line - nothing, but of the same kind as something
            return self.env['sale.order.line'].sudo()
        customer = self._get_billed_customer()
        # sudo: helpdesk.ticket.team - its company is no secret
        company = self.company_id or self.team_id.sudo().company_id
        return lines.filtered(
            lambda line: (
                line.order_partner_id.commercial_partner_id == customer
                and (not company or line.company_id == company)
                and line.qty_delivered_method == 'timesheet'
                and line.state == 'sale'
            )
        )
